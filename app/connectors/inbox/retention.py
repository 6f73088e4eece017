"""Retention of inbound events: their bodies are deleted after a period, their rows and keys are kept."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.connectors.models import inbound_event
from app.kit.agency_guard import across_agencies


def drop_old_bodies(conn: sa.Connection, now: datetime, kept: timedelta) -> int:
    """Delete the bodies of completed events that arrived longer than `kept` ago; return how many.

    The rows stay, so that an event is never applied twice.
    """
    columns = inbound_event.c
    old = (columns.arrived_at < now - kept, columns.due_at.is_(None), columns.sealed.is_not(None))
    dropped = sa.update(inbound_event).where(*old).values(sealed=None)
    return conn.execute(dropped.options(across_agencies("requests to every agency are kept as long"))).rowcount
