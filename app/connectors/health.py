"""How a connection fares as its workers find it: since when its CRM refuses us, and when the agency is told of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import LoadedConnection
from app.connectors.models import connection
from app.webhooks.events import ConnectionUnhealthy
from app.webhooks.outbox import emit

GRACE_PERIOD = timedelta(minutes=15)
"""A CRM that refuses for less than this is about to be asked again; nobody needs to hear of it."""
HEALTHY: Mapping[str, Any] = {"failed_at": None, "failure": None, "failing_told_at": None}
"""What stands on a connection that nothing is wrong with."""


def record_failure(work: Work, loaded: LoadedConnection, failure: str) -> None:
    """Its CRM could not be asked, or refused. After a quarter of an hour of it the agency is told, once."""
    columns, mine = connection.c, _mine(loaded)
    since = sa.func.coalesce(columns.failed_at, sa.bindparam("since", work.now, columns.failed_at.type))
    work.conn.execute(sa.update(connection).where(mine).values(failure=failure, failed_at=since))
    overdue = sa.and_(mine, columns.failed_at <= work.now - GRACE_PERIOD, columns.failing_told_at.is_(None))
    if work.conn.execute(sa.update(connection).where(overdue).values(failing_told_at=work.now)).rowcount:
        emit(work, ConnectionUnhealthy(connection_id=loaded.id, status="failing"))


def record_success(work: Work, loaded: LoadedConnection) -> None:
    """Its CRM answers."""
    work.conn.execute(sa.update(connection).where(_mine(loaded)).values(**HEALTHY))


def _mine(loaded: LoadedConnection) -> sa.ColumnElement[bool]:
    return sa.and_(connection.c.agency_id == loaded.agency_id, connection.c.id == loaded.id)
