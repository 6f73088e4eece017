"""Replay of events to a webhook endpoint: a test event, one delivery again, or all events of a period."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit import due_rows
from app.kit.db import insert_rows
from app.kit.dialects import insert, lock_against_deletion
from app.kit.errors import conflict
from app.webhooks.endpoints import queries
from app.webhooks.endpoints.schemas import DeliveryOut, EventReplayIn, EventReplayOut
from app.webhooks.event_types import TEST
from app.webhooks.events import EndpointTested
from app.webhooks.models import event, webhook_delivery
from app.webhooks.outbox import delivery_row, event_row

MAX_REPLAYED = 20_000
"""The most events that one call replays, plus further events of the same instant as the last one."""
_BATCH_SIZE = 1000


def send_test(work: UnitOfWork, id: UUID) -> DeliveryOut:
    """Create an event `endpoint.test` and its delivery to one webhook endpoint, and return the delivery.

    The delivery waits while the endpoint is paused. Raises 409 if the endpoint is disabled.
    """
    endpoint_row = queries.get_row(work, id, lock=True)
    if endpoint_row["disabled_at"] is not None:
        raise conflict(
            "endpoint_disabled",
            "This endpoint is disabled: nothing is sent to it. Enable it first with PATCH `disabled`: false.",
        )
    row = event_row(work, work.agency_id, EndpointTested(endpoint_id=id))
    insert_rows(work.conn, event, [row])
    delivery_id = _create_deliveries(work, id, [row["id"]])[0]
    return queries.get_delivery(work, id, delivery_id)


def replay_delivery(work: UnitOfWork, id: UUID, delivery_id: UUID) -> DeliveryOut:
    """Make one delivery due again, in any state, and return it. The event id stays the same. Checks If-Match."""
    queries.get_row(work, id, lock=True)
    work.expect(queries.get_delivery(work, id, delivery_id))
    due_rows.revive(
        work.conn, webhook_delivery, work.now, [(work.agency_id, delivery_id)], state="waiting", settled_at=None
    )
    return queries.get_delivery(work, id, delivery_id)


def replay_events(work: UnitOfWork, id: UUID, body: EventReplayIn) -> EventReplayOut:
    """Send the events of a period to a webhook endpoint again, the oldest first.

    Events from before the endpoint was made are included. If there are more events than one call replays,
    `continue_since` is the instant of the next one. Deliveries with a running attempt are skipped: a second attempt
    would exceed the endpoint's concurrency.
    """
    row = queries.get_row(work, id, lock=True)
    types = row["event_types"] if body.event_types is None else body.event_types
    selected: list[_SelectedEvent] = []
    continue_since = None
    for one in _select_events(work, id, types, body):
        if len(selected) >= MAX_REPLAYED and one.occurred_at > selected[-1].occurred_at:
            continue_since = one.occurred_at
            break
        selected.append(one)
    existing = [one.delivery_id for one in selected if one.delivery_id is not None]
    for start in range(0, len(existing), _BATCH_SIZE):
        keys = [(work.agency_id, delivery_id) for delivery_id in existing[start : start + _BATCH_SIZE]]
        due_rows.revive(work.conn, webhook_delivery, work.now, keys, state="waiting", settled_at=None)
    _create_deliveries(work, id, [one.event_id for one in selected if one.delivery_id is None])
    return EventReplayOut(replayed=len(selected), continue_since=continue_since)


class _SelectedEvent(NamedTuple):
    """An event to replay, with the id of its delivery to the endpoint; None if it has no delivery yet."""

    occurred_at: datetime
    event_id: UUID
    delivery_id: UUID | None


def _select_events(
    work: UnitOfWork, endpoint_id: UUID, types: Sequence[str] | None, body: EventReplayIn
) -> Iterator[_SelectedEvent]:
    """Yield the events of a period to send to an endpoint again, the oldest first.

    Each statement reads one table. A join took minutes on PostgreSQL when its statistics were from empty tables: it
    compared every event with every delivery.
    """
    columns, deliveries = event.c, webhook_delivery.c
    position = sa.tuple_(columns.occurred_at, columns.id)
    page = (
        sa.select(columns.occurred_at, columns.id)
        .where(columns.agency_id == work.agency_id, columns.occurred_at >= body.since, columns.type != TEST)
        .order_by(columns.occurred_at, columns.id)
        .limit(_BATCH_SIZE)
    )
    if body.until is not None:
        page = page.where(columns.occurred_at < body.until)
    if types is not None:
        page = page.where(columns.type.in_(types))
    of_endpoint: sa.Select[Any] = sa.select(
        deliveries.event_id, deliveries.id, deliveries.state, deliveries.claim, deliveries.due_at
    ).where(deliveries.agency_id == work.agency_id, deliveries.endpoint_id == endpoint_id)
    rows = work.conn.execute(page).all()
    while rows:
        of_page = work.conn.execute(of_endpoint.where(deliveries.event_id.in_([row.id for row in rows])))
        delivery_of = {row.event_id: row for row in of_page}
        wanted = [row for row in rows if _is_wanted(delivery_of.get(row.id), work.now, only_failed=body.only_failed)]
        # Locked against retention until their deliveries are written.
        locked = sa.select(columns.id).where(
            columns.agency_id == work.agency_id, columns.id.in_([row.id for row in wanted])
        )
        locked_ids = set(work.conn.scalars(lock_against_deletion(locked, event)))
        for row in wanted:
            if row.id in locked_ids:
                delivery_id = delivery_of[row.id].id if row.id in delivery_of else None
                yield _SelectedEvent(row.occurred_at, row.id, delivery_id)
        last = (sa.literal(rows[-1].occurred_at, columns.occurred_at.type), sa.literal(rows[-1].id, columns.id.type))
        rows = work.conn.execute(page.where(position > sa.tuple_(*last))).all()


def _is_wanted(delivery: sa.Row[Any] | None, now: datetime, *, only_failed: bool) -> bool:
    if delivery is None:
        return True
    is_running = delivery.claim is not None and delivery.due_at is not None and delivery.due_at > now
    return not is_running and (delivery.state == "failed" or not only_failed)


def _create_deliveries(work: UnitOfWork, endpoint_id: UUID, event_ids: Sequence[UUID]) -> list[UUID]:
    rows = [
        delivery_row(work.new_id("delivery"), work.agency_id, event_id, endpoint_id, work.now) for event_id in event_ids
    ]
    for start in range(0, len(rows), _BATCH_SIZE):
        # Reconciliation may have created the delivery already.
        statement = insert(work.conn, webhook_delivery).on_conflict_do_nothing()
        work.conn.execute(statement, rows[start : start + _BATCH_SIZE])
    return [row["id"] for row in rows]
