"""The schedule of sync runs: which lists of a CRM are polled or backfilled, and from which instant on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.contract import Connector
from app.connectors.models import backfill, connection, sync_run
from app.connectors.registry import CONNECTORS
from app.kit.agency_guard import across_agencies
from app.kit.db import insert_row, insert_rows
from app.kit.ids import new_id


def schedule_polls(work: UnitOfWork, connection_id: UUID, connector: Connector) -> None:
    """Create a sync run for each polled list of a new connection. The polls begin now."""
    polled = [stream.name for stream in connector.streams if stream.every is not None]
    runs = [_run_row(work, connection_id, name, position) for position, name in enumerate(polled)]
    insert_rows(work.conn, sync_run, runs)


def schedule_missing_polls(conn: sa.Connection, now: datetime) -> int:
    """Create a sync run for each polled list that a connector gained after its connections were made;
    return how many.
    """
    planned = 0
    for system, connector in CONNECTORS.items():
        for position, stream in enumerate(stream for stream in connector.streams if stream.every is not None):
            has_it = sa.exists().where(
                sync_run.c.agency_id == connection.c.agency_id,
                sync_run.c.connection_id == connection.c.id,
                sync_run.c.backfill_id.is_(None),
                sync_run.c.stream == stream.name,
            )
            found = conn.execute(
                sa.select(connection.c.agency_id, connection.c.id)
                .where(connection.c.system == system, ~has_it)
                .options(across_agencies("a new stream reaches the connections of every agency"))
            ).all()
            rows = [_row(agency_id, new_id("sync_run"), id, stream.name, position, now) for agency_id, id in found]
            insert_rows(conn, sync_run, rows)
            planned += len(rows)
    return planned


def wake_polls(work: UnitOfWork, connection_id: UUID) -> None:
    """Make all polls and running backfills of a connection due now, also those that failed too often."""
    columns = sync_run.c
    mine = sa.and_(
        columns.agency_id == work.agency_id, columns.connection_id == connection_id, columns.due_at.is_not(None)
    )
    work.conn.execute(sa.update(sync_run).where(mine).values(due_at=work.now, claim=None, attempts=0))


def start_backfill(work: UnitOfWork, connection_id: UUID, connector: Connector, since: datetime, reason: str) -> UUID:
    """Create a backfill of everything that changed in the CRM since an instant; return its id.

    It has a sync run for each list, one after the other. The first is due at once.
    """
    id = work.new_id("backfill")
    row = {"agency_id": work.agency_id, "id": id, "connection_id": connection_id}
    insert_row(work.conn, backfill, row | {"since": since, "reason": reason, "created_at": work.now})
    streams = [stream.name for stream in connector.streams if stream.backfill]
    runs = [
        _run_row(
            work, connection_id, name, position, backfill_id=id, since=since, due_at=None if position else work.now
        )
        for position, name in enumerate(streams)
    ]
    insert_rows(work.conn, sync_run, runs)
    return id


def _run_row(work: UnitOfWork, connection_id: UUID, stream: str, position: int, **values: Any) -> dict[str, Any]:
    return _row(work.agency_id, work.new_id("sync_run"), connection_id, stream, position, work.now) | values


def _row(agency_id: UUID, id: UUID, connection_id: UUID, stream: str, position: int, now: datetime) -> dict[str, Any]:
    return {
        "agency_id": agency_id,
        "id": id,
        "connection_id": connection_id,
        "backfill_id": None,
        "stream": stream,
        "position": position,
        "since": now - timedelta(minutes=5),
        "due_at": now,
        "cursor": {},
        "seen": 0,
        "new": 0,
        "attempts": 0,
    }
