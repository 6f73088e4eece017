"""Use-cases of imports: a file is imported in batches, each in one transaction with its counts and errors."""

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
from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_row, insert_rows
from app.kit.due_rows import NOT_DUE
from app.spreadsheets.batching import Batch, Batcher
from app.spreadsheets.dates import DateOrder
from app.spreadsheets.file_reader import Row, read_sheet
from app.spreadsheets.importable_tables import TABLES, Table
from app.spreadsheets.importer import RowImporter, RowRefused
from app.spreadsheets.models import spreadsheet_error, spreadsheet_import, spreadsheet_part
from app.spreadsheets.queries import get_import, has_running_import
from app.spreadsheets.schemas import ImportReport
from app.spreadsheets.time_examples import FIRST_ROWS, times_read
from app.spreadsheets.times import TimeFormat


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of an import request. The defaults are the agency's time zone and the first visible sheet."""

    system: str
    dry_run: bool = False
    time_zone: str | None = None
    dates: DateOrder = "iso"
    charset: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class ImportFile:
    """An uploaded file that has been read, checked as a whole and split into batches."""

    table: Table
    columns: Sequence[str]
    first_rows: Sequence[Row]
    batches: Sequence[Batch]
    options: ImportOptions


def read_file(body: bytes, table: Table, options: ImportOptions) -> ImportFile:
    """Read an uploaded file and split its rows into batches, without using the database.

    Raises the same errors as `read_sheet`.
    """
    sheet = read_sheet(body, table, charset=options.charset, sheet=options.sheet)
    batches = list(Batcher(table, sheet, options.system).batches(dry_run=options.dry_run))
    return ImportFile(table, sheet.columns, sheet.rows[:FIRST_ROWS], batches, options)


class _DryRunRollback(Exception):
    """Raised at the end of a dry run's batch to roll back its changes."""


def start_import(work: UnitOfWork, file: ImportFile) -> ImportReport:
    """Start the import of a file and return its report.

    A file of one batch is imported at once if no other import of the agency is running. Other files are stored for the
    worker. An agency's imports run one after the other, so that a file can refer to an earlier file.
    """
    busy = has_running_import(work)
    row = insert_row(work.conn, spreadsheet_import, _new_import(work, file))
    if len(file.batches) <= 1 and not busy:
        for batch in file.batches:
            import_rows(work, row, batch)
        finish_import(work, row["id"])
    else:
        _store_batches(work, row["id"], file.batches)
    return get_import(work, row["id"])


def import_rows(work: UnitOfWork, stored: Mapping[Any, Any], batch: Batch) -> int:
    """Import the rows of one batch, store the counts of outcomes and the errors, and return the number of rows.

    A dry run stores only the counts and errors.
    """
    outcomes: Counter[str] = Counter()
    errors: list[dict[str, Any]] = []
    times = TimeFormat(ZoneInfo(stored["time_zone"]), stored["dates"])
    with suppress(_DryRunRollback), work.conn.begin_nested():
        importer = RowImporter(
            _row_work(work), TABLES[stored["table_name"]], stored["columns"], stored["system"], times
        )
        for row in batch.before:
            with suppress(RowRefused):
                importer.import_row(row)
        for row in batch.rows:
            try:
                outcomes[importer.import_row(row)] += 1
            except RowRefused as row_refused:
                outcomes["refused"] += 1
                errors += [_error(work, stored["id"], row.number, *error) for error in row_refused.errors]
        if stored["dry_run"]:
            raise _DryRunRollback
    insert_rows(work.conn, spreadsheet_error, errors)
    columns = spreadsheet_import.c
    counted = {name: columns[name] + outcomes[name] for name in ("created", "changed", "unchanged", "refused")}
    work.conn.execute(sa.update(spreadsheet_import).where(_is_import(work, stored["id"])).values(**counted))
    return len(batch.rows)


def finish_import(work: UnitOfWork, import_id: UUID) -> None:
    """Mark an import as done, so that the worker does not claim it again."""
    values = {"state": "done", "finished_at": work.now, **NOT_DUE}
    work.conn.execute(sa.update(spreadsheet_import).where(_is_import(work, import_id)).values(**values))


def stop_import(work: UnitOfWork, import_id: UUID, reason: str) -> None:
    """Stop an import that has failed.

    Imported rows stay and the remaining rows are deleted; the file can be sent again.
    """
    scope = (spreadsheet_part.c.agency_id == work.agency_id, spreadsheet_part.c.import_id == import_id)
    work.conn.execute(sa.delete(spreadsheet_part).where(*scope))
    values = {"state": "stopped", "stopped_reason": reason, "finished_at": work.now, "due_at": None, "claim": None}
    work.conn.execute(sa.update(spreadsheet_import).where(_is_import(work, import_id)).values(**values))


def _is_import(work: UnitOfWork, import_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(spreadsheet_import.c.agency_id == work.agency_id, spreadsheet_import.c.id == import_id)


def _row_work(work: UnitOfWork) -> UnitOfWork:
    """Return a copy of a unit of work for importing rows, without the request's recruiter and If-Match header.

    Rows are then recorded in the same way as by the worker.
    """
    return replace(work, caller=Caller(work.agency_id, Role.admin), if_match=None)


def _new_import(work: UnitOfWork, file: ImportFile) -> dict[str, Any]:
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
        "rows": sum(len(batch.rows) for batch in file.batches),
        "created": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 0,
        "created_at": work.now,
        "due_at": work.now,
        "attempts": 0,
    }


def _time_zone(work: UnitOfWork) -> str:
    zone: str = work.conn.scalars(sa.select(agency.c.time_zone).where(agency.c.id == work.agency_id)).one()
    return zone


def _store_batches(work: UnitOfWork, import_id: UUID, batches: Sequence[Batch]) -> None:
    rows = [
        {
            "agency_id": work.agency_id,
            "id": work.new_id("spreadsheet_part"),
            "import_id": import_id,
            "number": number,
            "sealed_rows": work.seal.lock(work.agency_id, batch.to_bytes()),
        }
        for number, batch in enumerate(batches)
    ]
    insert_rows(work.conn, spreadsheet_part, rows)


def _error(work: UnitOfWork, import_id: UUID, row: int, column: str | None, code: str, detail: str) -> dict[str, Any]:
    return {
        "agency_id": work.agency_id,
        "id": work.new_id("spreadsheet_error"),
        "import_id": import_id,
        "row_number": row,
        "column_name": column,
        "code": code,
        "detail": detail,
    }
