"""Mending what no sender will settle: a last attempt that nobody told of, and times that a wrong clock has set."""

from datetime import datetime

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import skip_locked, write_rows
from app.kit.ids import new_id
from app.webhooks.models import attempt, endpoint, webhook_delivery
from app.webhooks.sending.schedule import LONGEST_WAIT, MOST_ATTEMPTS

STEP = 1000
FARTHEST = 2 * LONGEST_WAIT
"""No wait is as long as this, its jitter included."""


def give_up_lost(conn: sa.Connection, now: datetime) -> int:
    """Deliveries whose last attempt was begun and never settled have failed; the attempt is listed as `lost`.

    Its sender died of it or with it. Answers how many; they can be sent again as every other that failed.
    """
    columns = webhook_delivery.c
    lost = sa.select(columns.agency_id, columns.id, columns.endpoint_id, columns.attempts).where(
        sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts >= MOST_ATTEMPTS
    )
    lost = lost.limit(STEP).options(across_agencies("a worker ends lost attempts of every agency"))
    found = conn.execute(skip_locked(conn, lost)).all()
    failed = {"state": "failed", "settled_at": now, "due_at": None, "claim": None, "attempts": 0}
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


def bring_back(conn: sa.Connection, now: datetime) -> int:
    """What a clock that was far ahead has put off is due now. Answers how many deliveries and endpoints that were."""
    due_at, until = webhook_delivery.c.due_at, endpoint.c.throttled_until
    deliveries = sa.update(webhook_delivery).where(sa.text("due_at IS NOT NULL"), due_at > now + FARTHEST)
    endpoints = sa.update(endpoint).where(until > now + FARTHEST)
    all_of_them = across_agencies("a clock that was wrong was wrong for every agency")
    # Endpoints first, as by everybody else who changes both.
    moved = conn.execute(endpoints.values(throttled_until=None, throttle_seconds=0).options(all_of_them)).rowcount
    return moved + conn.execute(deliveries.values(due_at=now, claim=None).options(all_of_them)).rowcount
