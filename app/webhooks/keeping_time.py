"""How long events are kept, and what became of them."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.webhooks.models import delivery, event, webhook_delivery

STEP = 5000


def forget_events(conn: sa.Connection, now: datetime, kept: timedelta) -> int:
    """Drop old events with their deliveries and attempts, a step at a time; what is still to be sent stays."""
    columns = event.c
    to_be_sent = [
        sa.exists().where(
            table.c.agency_id == columns.agency_id, table.c.event_id == columns.id, table.c.due_at.is_not(None)
        )
        for table in (webhook_delivery, delivery)
    ]
    old = conn.execute(
        sa.select(columns.agency_id, columns.id)
        .where(columns.occurred_at < now - kept, columns.place.is_not(None), *(~waits for waits in to_be_sent))
        .limit(STEP)
    ).all()
    if old:
        agencies, ids = {agency_id for agency_id, _ in old}, [id for _, id in old]
        of_them = (delivery.c.agency_id.in_(agencies), delivery.c.event_id.in_(ids))
        conn.execute(sa.delete(delivery).where(*of_them))
        conn.execute(sa.delete(event).where(columns.agency_id.in_(agencies), columns.id.in_(ids)))
    return len(old)
