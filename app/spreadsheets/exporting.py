"""A table as a CSV file, page by page: its rows under the columns and the names that an import takes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.damage import UNREADABLE, fetch_all, is_damaged, read_rows
from app.spreadsheets.cells import listed
from app.spreadsheets.escaping import escape
from app.spreadsheets.naming import name_of, names_of, recruiters_named
from app.spreadsheets.tables import Reference, Table

PAGE = 500
# Excel takes a file without it for the machine's old code page, and spoils every name that has an accent.
_BYTE_ORDER_MARK = "\ufeff"


def export_page(work: Work, after: UUID | None, table: Table) -> tuple[bytes, UUID | None]:
    """The rows after the one with this id, in the order of their making, and where to go on; None: that was all.

    The first page has the header. What was voided counts for nothing and is left out.
    """
    columns = table.stored.c
    statement = sa.select(table.stored).where(columns.agency_id == work.agency_id).order_by(columns.id).limit(PAGE)
    if "voided_at" in columns:
        statement = statement.where(columns.voided_at.is_(None))
    if after is not None:
        statement = statement.where(columns.id > after)
    rows = fetch_all(work.conn, statement)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    if after is None:
        lines.write(_BYTE_ORDER_MARK)
        writer.writerow(table.told)
    writer.writerows(_lines(work, table, statement, rows))
    return lines.getvalue().encode(), rows[-1].id if len(rows) == PAGE else None


def _lines(work: Work, table: Table, statement: sa.Select[Any], rows: Sequence[sa.Row[Any]]) -> Iterable[list[str]]:
    whole = [row._mapping for row in rows if not is_damaged(row)]
    try:
        return list(_Written(work, table, whole).lines())
    except UNREADABLE:
        # What a damaged row refers to cannot be read together with the others.
        return chain.from_iterable(
            read_rows(statement, rows, lambda row: list(_Written(work, table, [row._mapping]).lines()))
        )


class _Written:
    """The rows of one page; what they refer to is read once for all of them."""

    def __init__(self, work: Work, table: Table, rows: Sequence[sa.RowMapping]) -> None:
        self._table, self._rows = table, rows
        self._named = {
            reference.field: names_of(work, reference.table, _ids(rows, reference)) for reference in table.references
        }
        recruiters = {row["recruiter_id"] for row in rows} - {None} if table.takes_recruiter else set()
        self._recruiters = recruiters_named(work, recruiters)

    def lines(self) -> Iterable[list[str]]:
        for row in self._rows:
            yield [escape(cell) for cell in self._line(row)]

    def _line(self, row: sa.RowMapping) -> list[str]:
        name = name_of(row)
        line = list(name)
        for reference in self._table.references:
            line += self._reference(row, reference, name[0])
        if self._table.takes_recruiter:
            line.append(self._recruiters.get(row["recruiter_id"], ""))
        for column in self._table.columns:
            value = _at(row, column.comes_from)
            # No shape takes an empty list for more than what is left out.
            line.append("" if value is None or value == [] else column.kind.write(value))
        return line

    def _reference(self, row: sa.RowMapping, reference: Reference, system: str) -> tuple[str, str]:
        """The two cells of a reference. Its system is left out where it is the row's own."""
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
