"""A file's bytes as the rows of a table: header, cells, and what is wrong with the file as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from app.kit.errors import Problem, invalid
from app.spreadsheets.cells import raw_items
from app.spreadsheets.delimited import bare, malformed, read_records
from app.spreadsheets.escaping import is_error, is_exponent, trim
from app.spreadsheets.tables import Table
from app.spreadsheets.workbooks import TypedCell, UnreadableCell, as_text, is_workbook, read_workbook

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 100_000
_NAMED = 50
"""How many columns a refusal names at most."""

Fault = tuple[str | None, str, str]
"""A column, or none where it is the row as a whole; a stable code; a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `number` is as a spreadsheet counts, `fault` why it cannot be taken whatever its other cells hold."""

    number: int
    cells: list[str]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that can be taken: its columns by Keepwarm's names, and its rows."""

    columns: list[str]
    rows: list[Row]


def read_sheet(body: bytes, table: Table, *, charset: str | None = None, sheet: str | None = None) -> Sheet:
    """Read a CSV file or a workbook.

    Raises 400 `malformed_csv` or `malformed_xlsx`, 413 for a workbook that needs too much memory, 415 for an older
    one, or 422 for columns, for more rows than a file may have and for a sheet that is not there.
    """
    if is_workbook(body):
        return _sheet(read_workbook(body, sheet), table)
    if sheet is not None:
        raise invalid("/query/sheet", "A CSV file has no sheets; leave out `sheet`, or send an .xlsx workbook.")
    return _sheet(read_records(body, charset, table.taken), table)


def _sheet(records: Iterable[tuple[int, Sequence[str | TypedCell]]], table: Table) -> Sheet:
    records = iter(records)
    _, header = next(records, (0, []))
    if not header:
        raise malformed("The file has no header: its first row must name the columns.")
    columns = _columns([cell if isinstance(cell, str) else str(cell.value) for cell in header], table)
    roles = [_Role(name, name in table.ids, name in table.lists, name in table.times) for name in columns]
    rows: list[Row] = []
    for number, cells in records:
        if len(rows) == MOST_ROWS:
            raise Problem(422, "too_many_rows", f"A file may have at most {MOST_ROWS} rows; send the rest by itself.")
        rows.append(_row(number, cells, roles))
    return Sheet(columns, rows)


def _columns(header: Sequence[str], table: Table) -> list[str]:
    known = {bare(name): name for name in table.taken}
    if unknown := list(islice((name for name in header if bare(name) not in known), _NAMED)):
        takes = f"{table.name.replace('-', ' ').capitalize()} have {', '.join(table.taken)}."
        raise _columns_are_wrong("unknown_columns", f"The file has columns that are not known. {takes}", unknown)
    names = [bare(name) for name in header]
    if twice := [known[name] for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise _columns_are_wrong("columns_twice", "The file has a column twice.", twice)
    columns = [known[name] for name in names]
    if missing := [either for either in table.required() if not set(either) & set(columns)]:
        named = [" or ".join(either) for either in missing]
        raise _columns_are_wrong("missing_columns", f"The file lacks {', '.join(named)}.", named)
    return columns


def _columns_are_wrong(code: str, detail: str, columns: Sequence[str]) -> Problem:
    shown = [trim(name)[:100] or "(no name)" for name in columns]
    pointers = ("/" + name.replace("~", "~0").replace("/", "~1") for name in shown)
    return Problem(422, code, detail, errors=[{"pointer": pointer, "detail": detail} for pointer in pointers])


@dataclass(frozen=True, slots=True)
class _Role:
    """What the cells of a column stand for."""

    column: str
    is_id: bool
    is_list: bool
    is_time: bool

    def text(self, cell: str | TypedCell) -> str:
        """Return the cell's text. Raises UnreadableCell for a value that a spreadsheet program has spoilt."""
        if isinstance(cell, TypedCell):
            return as_text(cell, is_id=self.is_id, is_time=self.is_time)
        if is_error(cell):
            raise UnreadableCell(f"The cell holds {trim(cell)}, an error of the spreadsheet; correct it, or empty it.")
        if self.is_id and any(map(is_exponent, raw_items(cell) if self.is_list else [cell])):
            raise UnreadableCell(
                "The spreadsheet has turned this id into a number in scientific notation, and its last digits may be "
                "lost; give the column the format Text and write the ids again."
            )
        return cell


def _row(number: int, cells: Sequence[str | TypedCell], roles: Sequence[_Role]) -> Row:
    texts: list[str] = []
    fault: Fault | None = None
    for cell, role in zip(cells, roles, strict=False):
        try:
            texts.append(role.text(cell))
        except UnreadableCell as error:
            texts.append("")
            fault = fault or (role.column, "invalid", str(error))
    if len(cells) > len(roles):
        detail = f"The row has {len(cells)} cells, the header {len(roles)}: is there a cell that wants quotation marks?"
        fault = (None, "too_many_cells", detail)
    return Row(number, texts, fault)
