"""Backfills of a connection: start them, and read their progress."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.connection_lookup import get_connection_row
from app.connectors.models import backfill, sync_run
from app.connectors.registry import CONNECTORS
from app.connectors.sync.schedule import start_backfill
from app.connectors.sync.schemas import BackfillIn, BackfillOut, SyncRunOut
from app.kit.errors import conflict, not_found
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging


def backfill_since(work: UnitOfWork, connection_id: UUID, body: BackfillIn) -> BackfillOut:
    """Start a backfill of a connection and return it.

    Raise a 409 if another backfill of the connection is running or the CRM has no API to read from. Raise a 422 if
    `since` is in the future.
    """
    row = get_connection_row(work, connection_id, lock=True)
    connector = CONNECTORS[row["system"]]
    work.happened("/since", body.since)
    if not any(stream.backfill for stream in connector.streams):
        raise conflict("no_backfill", f"{connector.title} has no API to read from. Send the events again from there.")
    running = sa.select(backfill.c.id).where(
        backfill.c.agency_id == work.agency_id,
        backfill.c.connection_id == connection_id,
        backfill.c.finished_at.is_(None),
    )
    if work.conn.scalar(running) is not None:
        raise conflict(
            "backfill_running", "A backfill of this connection is still running. Wait until it has finished."
        )
    id = start_backfill(work, connection_id, connector, body.since, "asked for")
    return get_backfill(work, connection_id, id)


def get_backfill(work: UnitOfWork, connection_id: UUID, id: UUID) -> BackfillOut:
    """Return one backfill of a connection with its progress. Raise a 404 if there is none with this id."""
    columns = backfill.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id, columns.id == id)
    row = work.conn.execute(sa.select(backfill).where(*mine)).mappings().one_or_none()
    if row is None:
        raise not_found("backfill")
    return _shown(work, row)


def list_backfills(work: UnitOfWork, connection_id: UUID, paging: Paging) -> Page[BackfillOut]:
    """Return a page of a connection's backfills with their progress, in the order of their creation."""
    get_connection_row(work, connection_id)
    columns = backfill.c
    statement = sa.select(backfill).where(columns.agency_id == work.agency_id, columns.connection_id == connection_id)
    return paging.page(work.conn, statement, [columns.id], [UUID], lambda row: _shown(work, row._mapping))


def _shown(work: UnitOfWork, row: Any) -> BackfillOut:
    columns = sync_run.c
    statement = sa.select(sync_run).where(columns.agency_id == work.agency_id, columns.backfill_id == row["id"])
    runs = work.conn.execute(statement.order_by(columns.position)).mappings()
    return row_to_model(BackfillOut, {**row, "streams": [row_to_model(SyncRunOut, one) for one in runs]})
