"""How long events are kept, and what became of them."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.webhooks.models import delivery, event, feed

STEP = 5000


def forget_events(conn: sa.Connection, now: datetime, kept: timedelta) -> int:
    """Drop old events with their deliveries and attempts, a step at a time, and note how far. Answers how many.

    They are kept longer than the schedule of attempts lasts: what still waits by then waits for a paused or disabled
    endpoint.
    """
    columns = event.c
    found = sa.select(columns.agency_id, columns.id, columns.place)
    found = found.where(columns.occurred_at < now - kept, columns.place.is_not(None))
    found = found.limit(STEP).options(across_agencies("events of every agency are kept as long"))
    old = conn.execute(found).all()
    if old:
        agencies, ids = {agency_id for agency_id, *_ in old}, [id for _, id, _ in old]
        conn.execute(sa.delete(delivery).where(delivery.c.agency_id.in_(agencies), delivery.c.event_id.in_(ids)))
        conn.execute(sa.delete(event).where(columns.agency_id.in_(agencies), columns.id.in_(ids)))
    last: dict[UUID, int] = {}
    for agency_id, _, place in old:
        last[agency_id] = max(place, last.get(agency_id, 0))
    for agency_id, place in sorted(last.items()):
        less = sa.and_(feed.c.agency_id == agency_id, feed.c.forgotten_place < place)
        conn.execute(sa.update(feed).where(less).values(forgotten_place=place))
    return len(old)
