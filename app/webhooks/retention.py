"""Retention of outgoing events: delete events that are older than the configured period."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.webhooks.models import delivery, event, feed

MAX_DELETED_EVENTS = 5000


def delete_expired_events(conn: sa.Connection, now: datetime, period: timedelta) -> int:
    """Delete one batch of events older than `period`, with their deliveries and attempts; return how many events.

    The period is longer than the retry schedule. A delivery that still waits belongs to a paused or disabled endpoint.
    """
    columns = event.c
    found = sa.select(columns.agency_id, columns.id, columns.position)
    found = found.where(columns.occurred_at < now - period, columns.position.is_not(None))
    found = found.limit(MAX_DELETED_EVENTS).options(across_agencies("every agency has the same retention of events"))
    old = conn.execute(found).all()
    if old:
        agencies, ids = {agency_id for agency_id, *_ in old}, [id for _, id, _ in old]
        conn.execute(sa.delete(delivery).where(delivery.c.agency_id.in_(agencies), delivery.c.event_id.in_(ids)))
        conn.execute(sa.delete(event).where(columns.agency_id.in_(agencies), columns.id.in_(ids)))
    last: dict[UUID, int] = {}
    for agency_id, _, position in old:
        last[agency_id] = max(position, last.get(agency_id, 0))
    for agency_id, position in sorted(last.items()):
        behind = sa.and_(feed.c.agency_id == agency_id, feed.c.expired_position < position)
        conn.execute(sa.update(feed).where(behind).values(expired_position=position))
    return len(old)
