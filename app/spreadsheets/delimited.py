"""CSV files as records: decoding, the delimiter, and errors for files that cannot be read."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator

from app.kit.errors import Problem

CHARSETS = ("utf-8", "utf-16", "windows-125x", "iso-8859-x", "macintosh")
"""The text encodings that a request may declare, as shown in an error message."""

_CHARSET = re.compile(r"utf-?8|utf-?16|us-ascii|(windows-|cp)125[0-8]|iso-8859-\d{1,2}|mac(intosh|roman)|x-mac-roman")
_DELIMITERS = ",;\t"
# Excel writes this line before the header. Other programs show it as a row.
_SEP = re.compile(r'"?sep=(?P<delimiter>[^\r\n])"?[,;\t]*(\r\n|\r|\n|$)', re.IGNORECASE)
_HEADER_LENGTH = 10_000
"""The number of characters at the start of a file in which the delimiter is searched."""
_REASONS = {
    "unexpected end of data": "a quotation mark is opened and never closed",
    "field larger than field limit": "a cell holds more than 131072 characters; a quotation mark may be missing",
    "expected after": "a quoted cell contains a quotation mark; write it twice",
}

Record = tuple[int, list[str]]
"""A row of a file: its number as a spreadsheet program counts, and its cells."""


def known_charset(name: str) -> bool:
    """Return True for a text encoding that a request may declare."""
    return _CHARSET.fullmatch(name.lower()) is not None


def read_records(body: bytes, charset: str | None, columns: Collection[str]) -> Iterator[Record]:
    """Yield every row of a CSV file that is not empty, without the empty cells at its end.

    The delimiter is the one that finds most of the names in `columns` in the header. Raises 400 `malformed_csv`.
    """
    text = _text(body, charset)
    if not text.strip():
        raise malformed("The file is empty.")
    first = 1
    if named := _SEP.match(text):
        text, first, delimiter = text[named.end() :], 2, named["delimiter"]
        if delimiter in "\"'" or delimiter.isalnum():
            raise malformed("The first line names an invalid delimiter. Write `sep=;` or leave it out.")
    else:
        delimiter = _delimiter(text, columns)
    return _records(text, delimiter, first)


def malformed(detail: str) -> Problem:
    """Return the error 400 `malformed_csv` for a file that cannot be read."""
    return Problem(400, "malformed_csv", detail)


def _text(body: bytes, charset: str | None) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = "utf-16"  # Excel's “Unicode Text”
    elif body.startswith(codecs.BOM_UTF8) or charset is None:
        charset = "utf-8"
    if charset.lower() in ("utf-8", "utf8", "us-ascii"):
        charset = "utf-8-sig"
    try:
        text = body.decode("mac-roman" if charset.lower() in ("macintosh", "x-mac-roman") else charset)
    except UnicodeDecodeError as error:
        raise malformed(
            f"The file is not {charset.removesuffix('-sig').upper()} text (byte {error.start + 1}). Save it as “CSV "
            "UTF-8”, or name its encoding, as in `Content-Type: text/csv; charset=windows-1252`."
        ) from None
    except LookupError:
        raise malformed(f"There is no encoding {charset[:40]}. Save the file as “CSV UTF-8”.") from None
    if "\0" in text:
        raise malformed("The file contains a NUL character. Save it as “CSV UTF-8”.")
    return text


def _delimiter(text: str, columns: Collection[str]) -> str:
    """Return the delimiter that splits the header into the most known column names; a comma if no delimiter does."""
    header = re.split(r"[\r\n]", text[:_HEADER_LENGTH].lstrip(f"{_DELIMITERS}\r\n "), maxsplit=1)[0]
    known = {normalised(name) for name in columns}
    return max(_DELIMITERS, key=lambda delimiter: sum(normalised(name) in known for name in header.split(delimiter)))


def normalised(name: str) -> str:
    """Return a column's name for comparison: in lower case, without blanks, underscores and hyphens.

    Invisible characters are removed, too.
    """
    return re.sub(r"[\s_\-\u00ad\u200b\u2060\ufeff]+", "", name.strip().strip('"')).casefold()


def _records(text: str, delimiter: str, first: int) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    number = first - 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = next((text for part, text in _REASONS.items() if part in str(error)), "it is not CSV")
            raise malformed(f"Row {number} cannot be read: {reason}.") from None
        if cells is None:
            return
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells
