"""Recovery of webhook deliveries whose worker crashed at the last attempt, or whose due time a fast clock set."""

from datetime import datetime

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import skip_locked, write_rows
from app.kit.due_rows import NOT_DUE, is_lost
from app.kit.ids import new_id
from app.webhooks.models import attempt, endpoint, webhook_delivery
from app.webhooks.sending.schedule import MAX_DELIVERY_ATTEMPTS, MAX_RETRY_DELAY

MAX_RECOVERED_DELIVERIES = 1000
MAX_DUE_AHEAD = 2 * MAX_RETRY_DELAY
"""The furthest due time that is accepted. It exceeds every retry delay: a later due time comes from a fast clock."""


def fail_lost_attempts(conn: sa.Connection, now: datetime) -> int:
    """Mark deliveries as failed whose last attempt was claimed and never completed; return how many.

    Records the attempt with the error `lost`. The deliveries can be replayed like any other failed delivery.
    """
    columns = webhook_delivery.c
    lost = sa.select(columns.agency_id, columns.id, columns.endpoint_id, columns.attempts)
    lost = (
        lost.where(is_lost(webhook_delivery, now, MAX_DELIVERY_ATTEMPTS))
        .limit(MAX_RECOVERED_DELIVERIES)
        .options(across_agencies("a worker fails lost attempts of every agency"))
    )
    found = conn.execute(skip_locked(conn, lost)).all()
    failed = {"state": "failed", "settled_at": now, **NOT_DUE}
    deliveries = [{"key_agency_id": row.agency_id, "key_id": row.id} | failed for row in found]
    attempts = [
        {
            "agency_id": row.agency_id,
            "id": new_id("attempt"),
            "delivery_id": row.id,
            "endpoint_id": row.endpoint_id,
            "number": row.attempts,
            "at": now,
            "milliseconds": 0,
            "error": "lost",
        }
        for row in found
    ]
    write_rows(conn, [("update", webhook_delivery, deliveries), ("insert", attempt, attempts)])
    return len(found)


def reset_skewed_times(conn: sa.Connection, now: datetime) -> int:
    """Make deliveries due now, and lift the throttles of endpoints, if a fast clock set their time too far ahead.

    Return how many rows were changed.
    """
    due_at, until = webhook_delivery.c.due_at, endpoint.c.throttled_until
    deliveries = sa.update(webhook_delivery).where(sa.text("due_at IS NOT NULL"), due_at > now + MAX_DUE_AHEAD)
    endpoints = sa.update(endpoint).where(until > now + MAX_DUE_AHEAD)
    every_agency = across_agencies("a skewed clock affects every agency")
    # Every writer that changes both locks endpoints first.
    moved = conn.execute(endpoints.values(throttled_until=None, throttle_seconds=0).options(every_agency)).rowcount
    return moved + conn.execute(deliveries.values(due_at=now, claim=None).options(every_agency)).rowcount
