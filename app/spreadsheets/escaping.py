"""Escaping of exported cells, so that no spreadsheet program runs or changes them and an import restores them exactly.

An apostrophe is added before a cell that a program would run as a formula or change. Another is added before each
formula inside the cell that could start a new cell under another delimiter.

Sources: OWASP, “CSV Injection”, and OWASP/www-community#443 (`d,e,'=1+1;=1+2` runs its second formula in Excel and in
LibreOffice).
"""

import re

from app.kit.field_types import is_blank

_FORMULA_STARTS = "=+\\-@＝＋－＠"  # noqa: RUF001  the wide forms are formulas to Japanese editions
_STRAY = "\u200b\u2060\ufeff\u00ad"
_FORMULA = re.compile(rf"[\s\"{_STRAY}]*[{_FORMULA_STARTS}]|[\t\r\n]")
_TYPED_FORMULA = re.compile(rf"'+[{_FORMULA_STARTS}]")
_PADDING = "".join(character for character in map(chr, range(0x3001)) if character.isspace()) + _STRAY
# A delimiter, then what a program skips before the text of a new cell; then apostrophes and the formula.
_NEW_CELL = re.compile(rf"([,;|\t\r\n][\s\"{_STRAY}]*)('*[{_FORMULA_STARTS}])")
_ESCAPED_NEW_CELL = re.compile(rf"([,;|\t\r\n][\s\"{_STRAY}]*)'('*[{_FORMULA_STARTS}])")
# Spreadsheets write exponents with a sign or a decimal mark. `12e4` may be an id in hexadecimal and is left alone.
_EXPONENT = re.compile(r"[+-]?(\d+[.,\u066b]\d+[eE][+-]?\d{1,3}|\d+[eE][+-]\d{1,3})")
_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BUSY!|GETTING_DATA)|#{3,20}|Err:\d{3}"
)


def escape(text: str) -> str:
    """Return the text of a cell that shows `text` and that no spreadsheet program runs as a formula or changes."""
    return "'" + _NEW_CELL.sub(r"\1'\2", text) if _needs_escape(text) else text


def unescape(cell: str) -> str:
    """Return the text that `escape` was given.

    A cell that is not escaped is returned without the blanks at its ends.
    """
    start = cell.lstrip(_PADDING)
    if start.startswith("'"):
        text = _ESCAPED_NEW_CELL.sub(r"\1\2", start[1:])
        if escape(text) == start:
            return text
        if _TYPED_FORMULA.match(start):  # typed by hand, or exported before delimiters were escaped
            return trim(start[1:])
    return trim(cell)


def trim(cell: str) -> str:
    """Return a cell without blanks and invisible characters at its ends; "" if nothing in it is visible."""
    return "" if is_blank(cell) else cell.strip(_PADDING)


def is_exponent(cell: str) -> bool:
    """Return True if the cell is a number in scientific notation, such as `4.71E+11` or `4,71E+11`."""
    return _EXPONENT.fullmatch(trim(cell)) is not None


def is_error(cell: str) -> bool:
    """Return True if the cell is a spreadsheet error, such as `#N/A`, or `#####` for a column too narrow."""
    return _ERROR.fullmatch(trim(cell)) is not None


def _needs_escape(text: str) -> bool:
    bare = text.lstrip("'")
    return bool(
        trim(bare) != bare or _FORMULA.match(bare) or _NEW_CELL.search(text) or is_exponent(bare) or is_error(bare)
    )
