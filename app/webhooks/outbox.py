"""The outbox: an event is a row in the transaction of the fact that it tells of, and so is its delivery to each."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.db import add_many
from app.webhooks.models import delivery, event, subscription


def event_row(
    work: Work,
    agency_id: UUID,
    type: str,
    data: Mapping[str, Any],
    application_id: UUID | None = None,
    sequence: int | None = None,
) -> dict[str, Any]:
    """The row of one event. `data` holds ids, kinds and instants; never personal data."""
    return {
        "agency_id": agency_id,
        "id": work.new_id("event"),
        "type": type,
        "occurred_at": work.now,
        "application_id": application_id,
        "sequence": sequence,
        "data": dict(data),
    }


def emit(
    work: Work, type: str, data: Mapping[str, Any], application_id: UUID | None = None, sequence: int | None = None
) -> None:
    """Write one event and its deliveries in the caller's transaction."""
    row = event_row(work, work.agency_id, type, data, application_id, sequence)
    add_many(work.conn, event, [row])
    hand_out(work, [row])


def hand_out(work: Work, events: Sequence[Mapping[str, Any]]) -> None:
    """Write a delivery of each event, already written, to everybody who subscribed to its type."""
    if not events:
        return
    columns = subscription.c
    subscribers = work.conn.execute(
        sa.select(columns.agency_id, columns.type, columns.subscriber_id).where(
            columns.agency_id.in_({row["agency_id"] for row in events}),
            columns.type.in_({row["type"] for row in events}),
        )
    ).all()
    wanted: dict[tuple[UUID, str], list[UUID]] = {}
    for agency_id, type, subscriber_id in subscribers:
        wanted.setdefault((agency_id, type), []).append(subscriber_id)
    rows = [
        {
            "agency_id": row["agency_id"],
            "id": work.new_id("delivery"),
            "event_id": row["id"],
            "subscriber_id": subscriber_id,
            "state": "waiting",
            "due_at": work.now,
            "attempts": 0,
        }
        for row in events
        for subscriber_id in wanted.get((row["agency_id"], row["type"]), ())
    ]
    add_many(work.conn, delivery, rows)


def forget(work: Work, subscriber_id: UUID) -> None:
    """Let go of a subscriber who is no more, and of what was still to be delivered to them."""
    subscribe(work, subscriber_id, ())
    mine = sa.and_(delivery.c.agency_id == work.agency_id, delivery.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(delivery).where(mine))


def subscribe(work: Work, subscriber_id: UUID, types: Sequence[str]) -> None:
    """Have a subscriber told of events of these types from now on, and of no others."""
    mine = sa.and_(subscription.c.agency_id == work.agency_id, subscription.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(subscription).where(mine))
    rows = [{"agency_id": work.agency_id, "subscriber_id": subscriber_id, "type": type} for type in types]
    add_many(work.conn, subscription, rows)
