"""A file's bytes as the rows of a table: encoding, delimiter, header, and what is wrong with the file as a whole."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.kit.errors import Problem
from app.spreadsheets.tables import Table

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 100_000
_DELIMITERS = ",;\t"
_HEADER = 10_000
"""In how many characters the delimiter shows."""
_NAMED = 50
"""How many columns a refusal names at most."""
_REASONS = {
    "unexpected end of data": "a quotation mark is opened and never closed",
    "field larger than field limit": "a cell holds more than 131072 characters, perhaps for a missing quotation mark",
    "expected after": "a quotation mark stands inside a quoted cell; write it twice",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is as a spreadsheet counts, `fault` why it cannot be taken whatever it says."""

    number: int
    cells: list[str]
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be taken: its columns by Keepwarm's names, and its rows."""

    columns: list[str]
    rows: list[Row]


def read_sheet(body: bytes, table: Table) -> Sheet:
    """Read a file. Raises 400 `malformed_csv`, or 422 for columns or for more rows than a file may have."""
    text = _text(body)
    records = _records(text, _delimiter(text, table))
    number, header = next(records, (0, []))
    if not header:
        raise _malformed("The file has no header: its first row must name the columns.")
    columns = _columns(header, table)
    rows: list[Row] = []
    for number, cells in records:
        if len(rows) == MOST_ROWS:
            raise Problem(422, "too_many_rows", f"A file may have at most {MOST_ROWS} rows; send the rest by itself.")
        rows.append(_row(number, cells, len(columns)))
    return Sheet(columns, rows)


def _malformed(detail: str) -> Problem:
    return Problem(400, "malformed_csv", detail)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(
            f"The file is not UTF-8 text (byte {error.start + 1}). Save it as “CSV UTF-8”, and not as UTF-16."
        ) from None
    if "\0" in text:
        raise _malformed("The file holds a NUL character, which no text has. Save it as “CSV UTF-8”.")
    if not text.strip():
        raise _malformed("The file is empty.")
    return text


def _delimiter(text: str, table: Table) -> str:
    """The one that parts the header into the most columns that are known; a comma where none does."""
    header = re.split(r"[\r\n]", text[:_HEADER].lstrip(f"{_DELIMITERS}\r\n "), maxsplit=1)[0]
    known = {_bare(name) for name in table.taken}
    return max(_DELIMITERS, key=lambda delimiter: sum(_bare(name) in known for name in header.split(delimiter)))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with its number, without the empty cells at its end."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = next((said for part, said in _REASONS.items() if part in str(error)), "it is not CSV")
            raise _malformed(f"Row {number} cannot be read: {reason}.") from None
        if cells is None:
            return
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield number, cells


def _columns(header: Sequence[str], table: Table) -> list[str]:
    known = {_bare(name): name for name in table.taken}
    if unknown := list(islice((name for name in header if _bare(name) not in known), _NAMED)):
        takes = f"{table.name.replace('-', ' ').capitalize()} have {', '.join(table.taken)}."
        raise _columns_are_wrong("unknown_columns", f"The file has columns that are not known. {takes}", unknown)
    bare = [_bare(name) for name in header]
    if twice := [known[name] for name in dict.fromkeys(bare) if bare.count(name) > 1]:
        raise _columns_are_wrong("columns_twice", "The file has a column twice.", twice)
    columns = [known[name] for name in bare]
    if missing := [either for either in table.required() if not set(either) & set(columns)]:
        named = [" or ".join(either) for either in missing]
        raise _columns_are_wrong("missing_columns", f"The file lacks {', '.join(named)}.", named)
    return columns


def _columns_are_wrong(code: str, detail: str, columns: Sequence[str]) -> Problem:
    shown = [name.strip()[:100] or "(no name)" for name in columns]
    pointers = ("/" + name.replace("~", "~0").replace("/", "~1") for name in shown)
    return Problem(422, code, detail, errors=[{"pointer": pointer, "detail": detail} for pointer in pointers])


def _bare(name: str) -> str:
    """A column's name without regard to case, blanks, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", name.strip().strip('"')).casefold()


def _row(number: int, cells: list[str], columns: int) -> Row:
    if len(cells) > columns:
        detail = f"The row has {len(cells)} cells, the header {columns}: is there a cell that wants quotation marks?"
        return Row(number, cells[:columns], ("too_many_cells", detail))
    return Row(number, cells)
