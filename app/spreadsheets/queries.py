"""Queries of imports, limited to the caller's agency."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.damaged_rows import check_damage
from app.kit.errors import not_found
from app.kit.pagination import Page, Paging
from app.spreadsheets.models import spreadsheet_error, spreadsheet_import
from app.spreadsheets.schemas import ImportOut, ImportReport, RowError

FIRST_ERRORS = 100


@check_damage(spreadsheet_import)
def get_import(work: UnitOfWork, import_id: UUID) -> ImportReport:
    """Return an import with its first errors. Raises 404 for an unknown import."""
    row = _row(work, import_id)
    errors = work.conn.execute(_errors(work, import_id).order_by(*_ERROR_ORDER).limit(FIRST_ERRORS)).mappings()
    return ImportReport.model_validate(
        _import_out(row) | {"read": row["read"] or [], "errors": [_error_out(error) for error in errors]}
    )


def list_imports(work: UnitOfWork, paging: Paging) -> Page[ImportOut]:
    """Return a page of imports in the order in which their files were sent."""
    columns = spreadsheet_import.c
    statement = sa.select(spreadsheet_import).where(columns.agency_id == work.agency_id)
    return paging.page(
        work.conn, statement, [columns.id], [UUID], lambda row: ImportOut.model_validate(_import_out(row._mapping))
    )


def list_errors(work: UnitOfWork, import_id: UUID, paging: Paging) -> Page[RowError]:
    """Return a page of the errors of an import in the order of its rows. Raises 404 for an unknown import."""
    _row(work, import_id)
    return paging.page(
        work.conn, _errors(work, import_id), _ERROR_ORDER, [int, UUID], lambda row: _error_out(row._mapping)
    )


def has_running_import(work: UnitOfWork) -> bool:
    """Return True if an import of the agency is not finished yet."""
    columns = spreadsheet_import.c
    running = sa.select(columns.id).where(columns.agency_id == work.agency_id, columns.state == "running").limit(1)
    return work.conn.execute(running).one_or_none() is not None


_ERROR_ORDER = [spreadsheet_error.c.row_number, spreadsheet_error.c.id]


def _errors(work: UnitOfWork, import_id: UUID) -> sa.Select[Any]:
    columns = spreadsheet_error.c
    return sa.select(spreadsheet_error).where(columns.agency_id == work.agency_id, columns.import_id == import_id)


def _row(work: UnitOfWork, import_id: UUID) -> sa.RowMapping:
    columns = spreadsheet_import.c
    which = sa.select(spreadsheet_import).where(columns.agency_id == work.agency_id, columns.id == import_id)
    row = work.conn.execute(which).mappings().one_or_none()
    if row is None:
        raise not_found("import")
    return row


def _import_out(row: sa.RowMapping) -> dict[str, Any]:
    applied = {name: row[name] for name in ("created", "changed", "unchanged")}
    plain = {name: row[name] for name in ImportOut.model_fields if name in row}
    return plain | {"table": row["table_name"], "applied": applied}


def _error_out(row: sa.RowMapping) -> RowError:
    return RowError(row=row["row_number"], column=row["column_name"], code=row["code"], detail=row["detail"])
