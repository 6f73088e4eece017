"""Use-cases of imports: a file is taken in parts, each in one transaction with the report of what became of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.models import agency
from app.access.work import Work
from app.kit.db import add, add_many
from app.spreadsheets.arranging import Arrangement, Part
from app.spreadsheets.dates import DateOrder
from app.spreadsheets.examples import FIRST_ROWS, times_read
from app.spreadsheets.models import spreadsheet_error, spreadsheet_import, spreadsheet_part
from app.spreadsheets.queries import get_import, is_busy
from app.spreadsheets.reading import Row, read_sheet
from app.spreadsheets.schemas import ImportReport
from app.spreadsheets.tables import TABLES, Table
from app.spreadsheets.taking import Refused, Taker
from app.spreadsheets.times import TimeFormat


@dataclass(frozen=True, slots=True)
class Options:
    """What a request says of its file. Without `time_zone` the agency's holds, without `sheet` the first visible."""

    system: str
    dry_run: bool = False
    time_zone: str | None = None
    dates: DateOrder = "iso"
    charset: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be taken, as it was sent."""

    table: Table
    columns: Sequence[str]
    first_rows: Sequence[Row]
    parts: Sequence[Part]
    options: Options


def read_file(body: bytes, table: Table, options: Options) -> File:
    """Read what was sent; touches no database. Raises what `read_sheet` raises."""
    sheet = read_sheet(body, table, charset=options.charset, sheet=options.sheet)
    parts = list(Arrangement(table, sheet, options.system).parts(dry_run=options.dry_run))
    return File(table, sheet.columns, sheet.rows[:FIRST_ROWS], parts, options)


class _TriedOnly(Exception):
    """Takes back all that a dry run has done."""


def start_import(work: Work, file: File) -> ImportReport:
    """Take a file: at once where it is one part and nothing else waits, else in the worker's steps.

    The imports of an agency are taken one after the other, so that those that were sent later may refer to it.
    """
    busy = is_busy(work)
    row = add(work.conn, spreadsheet_import, _new_import(work, file))
    if len(file.parts) <= 1 and not busy:
        for part in file.parts:
            take_part(work, row, part)
        finish(work, row["id"])
    else:
        _keep(work, row["id"], file.parts)
    return get_import(work, row["id"])


def take_part(work: Work, of: Mapping[Any, Any], part: Part) -> int:
    """Take the rows of one part of the import `of` and count what became of them. Of a dry run only that is kept."""
    outcomes: Counter[str] = Counter()
    errors: list[dict[str, Any]] = []
    times = TimeFormat(ZoneInfo(of["time_zone"]), of["dates"])
    with suppress(_TriedOnly), work.conn.begin_nested():
        taker = Taker(_for_rows(work), TABLES[of["table_name"]], of["columns"], of["system"], times)
        for row in part.before:
            with suppress(Refused):
                taker.take(row)
        for row in part.rows:
            try:
                outcomes[taker.take(row)] += 1
            except Refused as refused:
                outcomes["refused"] += 1
                errors += [_error(work, of["id"], row.number, *error) for error in refused.errors]
        if of["dry_run"]:
            raise _TriedOnly
    add_many(work.conn, spreadsheet_error, errors)
    columns = spreadsheet_import.c
    counted = {name: columns[name] + outcomes[name] for name in ("created", "changed", "unchanged", "refused")}
    work.conn.execute(sa.update(spreadsheet_import).where(_this(work, of["id"])).values(**counted))
    return len(part.rows)


def finish(work: Work, import_id: UUID) -> None:
    """Nothing is left of the file."""
    values = {"state": "done", "finished_at": work.now, "due_at": None, "claim": None, "attempts": 0}
    work.conn.execute(sa.update(spreadsheet_import).where(_this(work, import_id)).values(**values))


def stop(work: Work, import_id: UUID, because: str) -> None:
    """Give up on an import. What was taken stays, what is left of the file is dropped: it can be sent again."""
    mine = (spreadsheet_part.c.agency_id == work.agency_id, spreadsheet_part.c.import_id == import_id)
    work.conn.execute(sa.delete(spreadsheet_part).where(*mine))
    values = {"state": "stopped", "stopped_because": because, "finished_at": work.now, "due_at": None, "claim": None}
    work.conn.execute(sa.update(spreadsheet_import).where(_this(work, import_id)).values(**values))


def _this(work: Work, import_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(spreadsheet_import.c.agency_id == work.agency_id, spreadsheet_import.c.id == import_id)


def _for_rows(work: Work) -> Work:
    """The rows' own work, the same whether a request or the worker takes them: no caller's recruiter, no If-Match."""
    return replace(work, caller=Caller(work.agency_id, Role.admin), if_match=None)


def _new_import(work: Work, file: File) -> dict[str, Any]:
    options = file.options
    time_zone = options.time_zone or _time_zone(work)
    times = TimeFormat(ZoneInfo(time_zone), options.dates)
    return {
        "agency_id": work.agency_id,
        "id": work.new_id("spreadsheet_import"),
        "table_name": file.table.name,
        "system": options.system,
        "dry_run": options.dry_run,
        "state": "running",
        "columns": list(file.columns),
        "time_zone": time_zone,
        "dates": options.dates,
        "read": times_read(file.table, file.columns, file.first_rows, times),
        "rows": sum(len(part.rows) for part in file.parts),
        "created": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "created_at": work.now,
        "due_at": work.now,
        "attempts": 0,
    }


def _time_zone(work: Work) -> str:
    zone: str = work.conn.scalars(sa.select(agency.c.time_zone).where(agency.c.id == work.agency_id)).one()
    return zone


def _keep(work: Work, import_id: UUID, parts: Sequence[Part]) -> None:
    rows = [
        {
            "agency_id": work.agency_id,
            "id": work.new_id("spreadsheet_part"),
            "import_id": import_id,
            "number": number,
            "sealed_rows": work.seal.lock(work.agency_id, part.packed()),
        }
        for number, part in enumerate(parts)
    ]
    add_many(work.conn, spreadsheet_part, rows)


def _error(work: Work, import_id: UUID, row: int, column: str | None, code: str, detail: str) -> dict[str, Any]:
    return {
        "agency_id": work.agency_id,
        "id": work.new_id("spreadsheet_error"),
        "import_id": import_id,
        "row_number": row,
        "column_name": column,
        "code": code,
        "detail": detail,
    }
