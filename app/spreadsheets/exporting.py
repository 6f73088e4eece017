"""Export of a table as a CSV file, page by page, with the columns that an import reads."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.damaged_rows import UNREADABLE, fetch_decodable, is_damaged, read_rows
from app.spreadsheets.cells import listed
from app.spreadsheets.escaping import escape
from app.spreadsheets.importable_tables import Reference, Table
from app.spreadsheets.references import recruiter_names, ref_of, refs_of

PAGE_SIZE = 500
# Without it Excel reads the file in the machine's legacy code page and corrupts accented names.
_BYTE_ORDER_MARK = "\ufeff"


def export_page(work: UnitOfWork, after: UUID | None, table: Table) -> tuple[bytes, UUID | None]:
    """Return one page of a table as CSV bytes, and the id after which the next page starts; None after the last page.

    The page holds the rows after the id `after`. The first page, without `after`, has the header. Voided records are
    left out.
    """
    columns = table.stored.c
    statement = sa.select(table.stored).where(columns.agency_id == work.agency_id).order_by(columns.id).limit(PAGE_SIZE)
    if "voided_at" in columns:
        statement = statement.where(columns.voided_at.is_(None))
    if after is not None:
        statement = statement.where(columns.id > after)
    rows = fetch_decodable(work.conn, statement)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    if after is None:
        lines.write(_BYTE_ORDER_MARK)
        writer.writerow(table.exported_columns)
    writer.writerows(_lines(work, table, statement, rows))
    return lines.getvalue().encode(), rows[-1].id if len(rows) == PAGE_SIZE else None


def _lines(
    work: UnitOfWork, table: Table, statement: sa.Select[Any], rows: Sequence[sa.Row[Any]]
) -> Iterable[list[str]]:
    whole = [row._mapping for row in rows if not is_damaged(row)]
    try:
        return list(_PageCells(work, table, whole).lines())
    except UNREADABLE:
        # References of a damaged row cannot be read together with those of the others.
        return chain.from_iterable(
            read_rows(statement, rows, lambda row: list(_PageCells(work, table, [row._mapping]).lines()))
        )


class _PageCells:
    """The cells of one page of an export. Records to which the rows refer are read once for the whole page."""

    def __init__(self, work: UnitOfWork, table: Table, rows: Sequence[sa.RowMapping]) -> None:
        self._table, self._rows = table, rows
        self._named = {
            reference.field: refs_of(work, reference.table, _ids(rows, reference)) for reference in table.references
        }
        recruiters = {row["recruiter_id"] for row in rows} - {None} if table.takes_recruiter else set()
        self._recruiters = recruiter_names(work, recruiters)

    def lines(self) -> Iterable[list[str]]:
        for row in self._rows:
            yield [escape(cell) for cell in self._cells(row)]

    def _cells(self, row: sa.RowMapping) -> list[str]:
        name = ref_of(row)
        line = list(name)
        for reference in self._table.references:
            line += self._reference(row, reference, name[0])
        if self._table.takes_recruiter:
            line.append(self._recruiters.get(row["recruiter_id"], ""))
        for column in self._table.columns:
            value = _at(row, column.stored_path)
            # An empty list means the same as an absent value in every shape.
            line.append("" if value is None or value == [] else column.kind.write(value))
        return line

    def _reference(self, row: sa.RowMapping, reference: Reference, system: str) -> tuple[str, str]:
        """Return the cells of a reference to another record: the system and the external id.

        The system is left empty if it is the system of the row itself.
        """
        named = self._named[reference.field]
        names = [named[id] for id in _ids([row], reference) if id in named]
        if not reference.many:
            its, id = names[0] if names else ("", "")
            return ("" if its == system else its), id
        systems = [its for its, _ in names]
        return ("" if set(systems) <= {system} else listed(systems)), listed([id for _, id in names]) if names else ""


def _ids(rows: Sequence[Mapping[Any, Any]], reference: Reference) -> list[UUID]:
    found = [row[reference.field] for row in rows]
    if reference.many:
        return [UUID(id) for ids in found for id in ids]
    return [id for id in found if id is not None]


def _at(row: Mapping[Any, Any], path: Sequence[str]) -> Any:
    value: Any = row
    for step in path:
        value = None if value is None else value.get(step)
    return value
