"""How a connection fares as its workers find it: since when its CRM refuses us, and when the agency is told of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import Linked
from app.connectors.models import connection
from app.webhooks.outbox import emit

PATIENCE = timedelta(minutes=15)
"""A CRM that refuses for less than this is about to be asked again; nobody needs to hear of it."""
WELL: Mapping[str, Any] = {"failed_at": None, "failure": None, "failing_told_at": None}
"""What stands on a connection that nothing is wrong with."""


def failed(work: Work, link: Linked, failure: str) -> None:
    """Its CRM could not be asked, or refused. After a quarter of an hour of it the agency is told, once."""
    columns, mine = connection.c, _mine(link)
    since = sa.func.coalesce(columns.failed_at, sa.bindparam("since", work.now, columns.failed_at.type))
    work.conn.execute(sa.update(connection).where(mine).values(failure=failure, failed_at=since))
    overdue = sa.and_(mine, columns.failed_at <= work.now - PATIENCE, columns.failing_told_at.is_(None))
    if work.conn.execute(sa.update(connection).where(overdue).values(failing_told_at=work.now)).rowcount:
        emit(work, "connection.unhealthy", {"connection_id": str(link.id), "status": "failing"})


def went_well(work: Work, link: Linked) -> None:
    """Its CRM answers."""
    work.conn.execute(sa.update(connection).where(_mine(link)).values(**WELL))


def _mine(link: Linked) -> sa.ColumnElement[bool]:
    return sa.and_(connection.c.agency_id == link.agency_id, connection.c.id == link.id)
