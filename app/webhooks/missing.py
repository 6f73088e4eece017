"""The sweep for what was not handed out: an event that an endpoint subscribed to and that has no delivery gets one."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import insert
from app.kit.ids import new_id
from app.kit.logs import log
from app.webhooks.models import event, subscription, webhook_delivery
from app.webhooks.outbox import ALL, delivery_row, removed
from app.webhooks.types import TEST

LOOKS_BACK = timedelta(hours=24)
UNDER_WAY = timedelta(minutes=1)
"""What happened just now may stand in a transaction that has yet to end."""
STEP = 1000


def hand_out_missing(conn: sa.Connection, now: datetime) -> int:
    """Write the deliveries that are missing, a step at a time. Answers how many.

    Deliveries are written with their event, to whoever had subscribed by then. One is missing where the event's
    transaction began after the subscription's and ended before it: neither saw the other.
    """
    happened, wants, known = event.c, subscription.c, webhook_delivery.c
    told = sa.exists().where(
        known.agency_id == happened.agency_id,
        known.event_id == happened.id,
        known.endpoint_id == wants.subscriber_id,
    )
    wanted = sa.and_(
        wants.agency_id == happened.agency_id,
        wants.kind == "endpoint",
        wants.type.in_((ALL, happened.type)),
        happened.type != TEST,
        happened.occurred_at >= wants.since,
    )
    found = conn.execute(
        sa.select(happened.agency_id, happened.id, wants.subscriber_id)
        .join(subscription, wanted)
        .where(happened.occurred_at.between(now - LOOKS_BACK, now - UNDER_WAY), ~told)
        .distinct()
        .limit(STEP)
        .options(across_agencies("the tidying of a worker looks at the events of every agency"))
    ).all()
    gone = removed(conn, {(agency_id, endpoint_id) for agency_id, _, endpoint_id in found})
    rows = [
        delivery_row(new_id("delivery"), agency_id, event_id, endpoint_id, now)
        for agency_id, event_id, endpoint_id in found
        if (agency_id, endpoint_id) not in gone
    ]
    if rows:
        conn.execute(insert(conn, webhook_delivery).on_conflict_do_nothing(), rows)
        log.warning("events had not been handed out", deliveries=len(rows))
    return len(rows)
