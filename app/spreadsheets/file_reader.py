"""Reading of CSV files and workbooks as rows of a table: header, cells, and errors of the file as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from app.kit.errors import Problem, invalid
from app.spreadsheets.cells import raw_items
from app.spreadsheets.delimited import malformed, normalised, read_records
from app.spreadsheets.escaping import is_error, is_exponent, trim
from app.spreadsheets.importable_tables import Table
from app.spreadsheets.xlsx_records import TypedCell, UnreadableCell, as_text, is_workbook, read_workbook

MAX_BYTES = 16 * 1024 * 1024
MAX_ROWS = 100_000
_MAX_NAMED_COLUMNS = 50
"""The maximum number of unknown columns that an error message lists."""

Fault = tuple[str | None, str, str]
"""An error of a row: the column (None for the whole row), a stable code, and a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its number as a spreadsheet program counts, and its cells as text.

    A row with a `fault` is refused without an attempt to import it.
    """

    number: int
    cells: list[str]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of a file: its rows, and its columns by the names that Keepwarm gives them."""

    columns: list[str]
    rows: list[Row]


def read_sheet(body: bytes, table: Table, *, charset: str | None = None, sheet: str | None = None) -> Sheet:
    """Return the columns and rows of a CSV file or of a sheet of an .xlsx workbook.

    Raises 400 `malformed_csv` or `malformed_xlsx`, 413 for a workbook that needs too much memory, and 415 for the older
    format .xls. Raises 422 for wrong columns, too many rows or an unknown sheet.
    """
    if is_workbook(body):
        return _sheet(read_workbook(body, sheet), table)
    if sheet is not None:
        raise invalid("/query/sheet", "A CSV file has no sheets; leave out `sheet`, or send an .xlsx workbook.")
    return _sheet(read_records(body, charset, table.imported_columns), table)


def _sheet(records: Iterable[tuple[int, Sequence[str | TypedCell]]], table: Table) -> Sheet:
    records = iter(records)
    _, header = next(records, (0, []))
    if not header:
        raise malformed("The file has no header: its first row must name the columns.")
    columns = _columns([cell if isinstance(cell, str) else str(cell.value) for cell in header], table)
    kinds = [_ColumnValues(name, name in table.ids, name in table.lists, name in table.times) for name in columns]
    rows: list[Row] = []
    for number, cells in records:
        if len(rows) == MAX_ROWS:
            raise Problem(
                422, "too_many_rows", f"A file may have at most {MAX_ROWS} rows. Send the rest in another file."
            )
        rows.append(_row(number, cells, kinds))
    return Sheet(columns, rows)


def _columns(header: Sequence[str], table: Table) -> list[str]:
    known = {normalised(name): name for name in table.imported_columns}
    if unknown := list(islice((name for name in header if normalised(name) not in known), _MAX_NAMED_COLUMNS)):
        takes = f"{table.name.replace('-', ' ').capitalize()} have {', '.join(table.imported_columns)}."
        raise _column_problem("unknown_columns", f"The file has unknown columns. {takes}", unknown)
    names = [normalised(name) for name in header]
    if twice := [known[name] for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise _column_problem("columns_twice", "The file has a column twice.", twice)
    columns = [known[name] for name in names]
    if missing := [either for either in table.required() if not set(either) & set(columns)]:
        named = [" or ".join(either) for either in missing]
        raise _column_problem("missing_columns", f"The file lacks {', '.join(named)}.", named)
    return columns


def _column_problem(code: str, detail: str, columns: Sequence[str]) -> Problem:
    shown = [trim(name)[:100] or "(no name)" for name in columns]
    pointers = ("/" + name.replace("~", "~0").replace("/", "~1") for name in shown)
    return Problem(422, code, detail, errors=[{"pointer": pointer, "detail": detail} for pointer in pointers])


@dataclass(frozen=True, slots=True)
class _ColumnValues:
    """The kind of values in a column: ids, lists or times."""

    column: str
    is_id: bool
    is_list: bool
    is_time: bool

    def text(self, cell: str | TypedCell) -> str:
        """Return the text of a cell of this column.

        Raises UnreadableCell for a value that a spreadsheet program has changed.
        """
        if isinstance(cell, TypedCell):
            return as_text(cell, is_id=self.is_id, is_time=self.is_time)
        if is_error(cell):
            raise UnreadableCell(
                f"The cell holds {trim(cell)}, an error of the spreadsheet. Correct it, or clear the cell."
            )
        if self.is_id and any(map(is_exponent, raw_items(cell) if self.is_list else [cell])):
            raise UnreadableCell(
                "The spreadsheet has turned this id into a number in scientific notation, and its last digits may be "
                "lost. Give the column the format Text and enter the ids again."
            )
        return cell


def _row(number: int, cells: Sequence[str | TypedCell], kinds: Sequence[_ColumnValues]) -> Row:
    texts: list[str] = []
    fault: Fault | None = None
    for cell, kind in zip(cells, kinds, strict=False):
        try:
            texts.append(kind.text(cell))
        except UnreadableCell as error:
            texts.append("")
            fault = fault or (kind.column, "invalid", str(error))
    if len(cells) > len(kinds):
        detail = f"The row has {len(cells)} cells, the header {len(kinds)}: quotation marks may be missing."
        fault = (None, "too_many_cells", detail)
    return Row(number, texts, fault)
