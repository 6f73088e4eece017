"""Reconciliation: find events without a delivery to a subscribed webhook endpoint, and create the delivery."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import insert
from app.kit.ids import new_id
from app.kit.logs import log
from app.webhooks.event_types import TEST
from app.webhooks.models import event, subscription, webhook_delivery
from app.webhooks.outbox import ALL_TYPES, delivery_row, endpoints_being_deleted

LOOKBACK = timedelta(hours=24)
COMMIT_DELAY = timedelta(minutes=1)
"""The least age of an event that is checked. The transaction of a newer event may still be open."""
MAX_CREATED_DELIVERIES = 1000


def create_missing_deliveries(conn: sa.Connection, now: datetime) -> int:
    """Create one batch of missing deliveries to webhook endpoints; return how many were created.

    An event's deliveries are written with it, for the subscriptions that are committed by then. A delivery is missing
    if the event and the subscription were written in concurrent transactions.
    """
    event_columns, subscription_columns, delivery_columns = event.c, subscription.c, webhook_delivery.c
    delivery_exists = sa.exists().where(
        delivery_columns.agency_id == event_columns.agency_id,
        delivery_columns.event_id == event_columns.id,
        delivery_columns.endpoint_id == subscription_columns.subscriber_id,
    )
    subscribed = sa.and_(
        subscription_columns.agency_id == event_columns.agency_id,
        subscription_columns.kind == "endpoint",
        subscription_columns.type.in_((ALL_TYPES, event_columns.type)),
        event_columns.type != TEST,
        event_columns.occurred_at >= subscription_columns.since,
    )
    found = conn.execute(
        sa.select(event_columns.agency_id, event_columns.id, subscription_columns.subscriber_id)
        .join(subscription, subscribed)
        .where(event_columns.occurred_at.between(now - LOOKBACK, now - COMMIT_DELAY), ~delivery_exists)
        .distinct()
        .limit(MAX_CREATED_DELIVERIES)
        .options(across_agencies("reconciliation reads the events of every agency"))
    ).all()
    deleted = endpoints_being_deleted(conn, {(agency_id, endpoint_id) for agency_id, _, endpoint_id in found})
    rows = [
        delivery_row(new_id("delivery"), agency_id, event_id, endpoint_id, now)
        for agency_id, event_id, endpoint_id in found
        if (agency_id, endpoint_id) not in deleted
    ]
    if rows:
        conn.execute(insert(conn, webhook_delivery).on_conflict_do_nothing(), rows)
        log.warning("missing deliveries created", deliveries=len(rows))
    return len(rows)
