"""Sending at an admin's word: a test, one event again, or every event of a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit import due
from app.kit.db import add_many
from app.kit.dialects import insert, staying
from app.kit.errors import conflict
from app.webhooks.endpoints import queries
from app.webhooks.endpoints.schemas import DeliveryOut, EventReplayIn, EventReplayOut
from app.webhooks.models import event, webhook_delivery
from app.webhooks.outbox import delivery_row, event_row
from app.webhooks.types import TEST

MOST_REPLAYED = 20_000
"""Events that one call sends again, beside those of the same instant as the last of them."""
_STEP = 1000


def send_test(work: Work, id: UUID) -> DeliveryOut:
    """Send this endpoint an event of the type `endpoint.test`, through the same way as every other: it waits where the
    endpoint is paused. Raises 409 where it is disabled."""
    one = queries.get_row(work, id, lock=True)
    if one["disabled_at"] is not None:
        raise conflict(
            "endpoint_disabled",
            "This endpoint is disabled: nothing is sent to it. Enable it first with PATCH `disabled`: false.",
        )
    row = event_row(work, work.agency_id, TEST, {"endpoint_id": str(id)})
    add_many(work.conn, event, [row])
    delivery_id = _deliver(work, id, [row["id"]])[0]
    return queries.get_delivery(work, id, delivery_id)


def replay_delivery(work: Work, id: UUID, delivery_id: UUID) -> DeliveryOut:
    """Send one event again, with the same id, whatever became of it before."""
    queries.get_row(work, id, lock=True)
    work.expect(queries.get_delivery(work, id, delivery_id))
    due.revive(work.conn, webhook_delivery, work.now, [(work.agency_id, delivery_id)], state="waiting", settled_at=None)
    return queries.get_delivery(work, id, delivery_id)


def replay_events(work: Work, id: UUID, body: EventReplayIn) -> EventReplayOut:
    """Send every event of a time again, those too that happened before the endpoint was made; the oldest first.

    Where there are more than one call takes, it answers the instant of the first that is left. What is under way is
    left alone: it is being sent as it is, and sent once more it would be one too many for the endpoint's concurrency.
    """
    row = queries.get_row(work, id, lock=True)
    types = row["event_types"] if body.event_types is None else body.event_types
    found: list[tuple[datetime, UUID, UUID | None]] = []
    continue_since = None
    for one in _wanted(work, id, types, body):
        if len(found) >= MOST_REPLAYED and one[0] > found[-1][0]:
            continue_since = one[0]
            break
        found.append(one)
    again = [delivery_id for _, _, delivery_id in found if delivery_id is not None]
    for start in range(0, len(again), _STEP):
        keys = [(work.agency_id, delivery_id) for delivery_id in again[start : start + _STEP]]
        due.revive(work.conn, webhook_delivery, work.now, keys, state="waiting", settled_at=None)
    _deliver(work, id, [event_id for _, event_id, delivery_id in found if delivery_id is None])
    return EventReplayOut(replayed=len(found), continue_since=continue_since)


def _wanted(
    work: Work, endpoint_id: UUID, types: Sequence[str] | None, body: EventReplayIn
) -> Iterator[tuple[datetime, UUID, UUID | None]]:
    """Yield the instant and id of every event to send, the oldest first, and the id of its delivery if there is one.

    Each statement reads one table. A join of the two took minutes on PostgreSQL when thousands of events came soon
    after its statistics had been taken of empty tables: it compared every event with every delivery.
    """
    columns, known = event.c, webhook_delivery.c
    place = sa.tuple_(columns.occurred_at, columns.id)
    page = (
        sa.select(columns.occurred_at, columns.id)
        .where(columns.agency_id == work.agency_id, columns.occurred_at >= body.since, columns.type != TEST)
        .order_by(columns.occurred_at, columns.id)
        .limit(_STEP)
    )
    if body.until is not None:
        page = page.where(columns.occurred_at < body.until)
    if types is not None:
        page = page.where(columns.type.in_(types))
    deliveries: sa.Select[Any] = sa.select(known.event_id, known.id, known.state, known.claim, known.due_at).where(
        known.agency_id == work.agency_id, known.endpoint_id == endpoint_id
    )
    rows = work.conn.execute(page).all()
    while rows:
        of_these = work.conn.execute(deliveries.where(known.event_id.in_([row.id for row in rows])))
        delivered = {row.event_id: row for row in of_these}
        wanted = [row for row in rows if _is_wanted(delivered.get(row.id), work.now, only_failed=body.only_failed)]
        # Old events are deleted meanwhile: these stay until their deliveries are written.
        kept = sa.select(columns.id).where(
            columns.agency_id == work.agency_id, columns.id.in_([row.id for row in wanted])
        )
        staying_ids = set(work.conn.scalars(staying(kept, event)))
        for row in wanted:
            if row.id in staying_ids:
                yield row.occurred_at, row.id, delivered[row.id].id if row.id in delivered else None
        last = (sa.literal(rows[-1].occurred_at, columns.occurred_at.type), sa.literal(rows[-1].id, columns.id.type))
        rows = work.conn.execute(page.where(place > sa.tuple_(*last))).all()


def _is_wanted(delivery: sa.Row[Any] | None, now: datetime, *, only_failed: bool) -> bool:
    if delivery is None:
        return True
    under_way = delivery.claim is not None and delivery.due_at is not None and delivery.due_at > now
    return not under_way and (delivery.state == "failed" or not only_failed)


def _deliver(work: Work, endpoint_id: UUID, event_ids: Sequence[UUID]) -> list[UUID]:
    rows = [
        delivery_row(work.new_id("delivery"), work.agency_id, event_id, endpoint_id, work.now) for event_id in event_ids
    ]
    for start in range(0, len(rows), _STEP):
        # The sweep for what was not handed out may have come first.
        statement = insert(work.conn, webhook_delivery).on_conflict_do_nothing()
        work.conn.execute(statement, rows[start : start + _STEP])
    return [row["id"] for row in rows]
