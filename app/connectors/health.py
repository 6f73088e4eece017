"""Failures of a connection's CRM: since when requests fail, and when the agency was notified."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import connection
from app.webhooks.events import ConnectionUnhealthy
from app.webhooks.outbox import emit

GRACE_PERIOD = timedelta(minutes=15)
"""A failure shorter than this is not reported to the agency."""
HEALTHY: Mapping[str, Any] = {"failed_at": None, "failure": None, "failure_notified_at": None}
"""The column values that clear the recorded failure of a connection."""


def record_failure(work: UnitOfWork, loaded: LoadedConnection, failure: str) -> None:
    """Record that a request to the CRM failed, with its message.

    After 15 minutes of failures the event `connection.unhealthy` is emitted, once.
    """
    columns, mine = connection.c, _mine(loaded)
    since = sa.func.coalesce(columns.failed_at, sa.bindparam("since", work.now, columns.failed_at.type))
    work.conn.execute(sa.update(connection).where(mine).values(failure=failure, failed_at=since))
    overdue = sa.and_(mine, columns.failed_at <= work.now - GRACE_PERIOD, columns.failure_notified_at.is_(None))
    if work.conn.execute(sa.update(connection).where(overdue).values(failure_notified_at=work.now)).rowcount:
        emit(work, ConnectionUnhealthy(connection_id=loaded.id, status="failing"))


def record_success(work: UnitOfWork, loaded: LoadedConnection) -> None:
    """Clear the recorded failure of a connection, because a request to its CRM succeeded."""
    work.conn.execute(sa.update(connection).where(_mine(loaded)).values(**HEALTHY))


def _mine(loaded: LoadedConnection) -> sa.ColumnElement[bool]:
    return sa.and_(connection.c.agency_id == loaded.agency_id, connection.c.id == loaded.id)
