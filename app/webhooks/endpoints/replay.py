"""Replay: send a test event, one delivery again, or all events of a period."""

from collections.abc import Sequence
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
from app.webhooks.events import EndpointTested
from app.webhooks.models import event, webhook_delivery
from app.webhooks.outbox import delivery_row, event_row
from app.webhooks.types import TEST

MAX_REPLAYED = 20_000
"""How many events one call replays. Events of the same instant as the last one come on top."""
_BATCH_SIZE = 1000


def send_test(work: Work, id: UUID) -> DeliveryOut:
    """Send the endpoint an event of the type `endpoint.test` through the outbox. It waits while the endpoint is paused.

    Raises 409 if the endpoint is disabled.
    """
    endpoint_row = queries.get_row(work, id, lock=True)
    if endpoint_row["disabled_at"] is not None:
        raise conflict(
            "endpoint_disabled",
            "This endpoint is disabled: nothing is sent to it. Enable it first with PATCH `disabled`: false.",
        )
    row = event_row(work, work.agency_id, EndpointTested(endpoint_id=id))
    add_many(work.conn, event, [row])
    delivery_id = _create_deliveries(work, id, [row["id"]])[0]
    return queries.get_delivery(work, id, delivery_id)


def replay_delivery(work: Work, id: UUID, delivery_id: UUID) -> DeliveryOut:
    """Send one delivery again, with the same event id, in any state."""
    queries.get_row(work, id, lock=True)
    work.expect(queries.get_delivery(work, id, delivery_id))
    due.revive(work.conn, webhook_delivery, work.now, [(work.agency_id, delivery_id)], state="waiting", settled_at=None)
    return queries.get_delivery(work, id, delivery_id)


def replay_events(work: Work, id: UUID, body: EventReplayIn) -> EventReplayOut:
    """Send the events of a period again, the oldest first; events from before the endpoint was made are included.

    If there are more events than one call replays, `continue_since` is the instant of the next one. Deliveries with a
    running attempt are skipped: a second attempt would exceed the endpoint's concurrency.
    """
    row = queries.get_row(work, id, lock=True)
    selected = _select_events(work, id, row["event_types"] if body.event_types is None else body.event_types, body)
    at = event.c.occurred_at
    last = work.conn.scalar(selected.with_only_columns(at).order_by(at).offset(MAX_REPLAYED - 1).limit(1))
    continue_since = None
    if last is not None:
        continue_since = work.conn.scalar(selected.with_only_columns(sa.func.min(at)).where(at > last))
        selected = selected.where(at <= last)
    # Locked against retention until their deliveries are written.
    found = work.conn.execute(staying(selected.order_by(at, event.c.id), event)).all()
    existing = [delivery_id for _, delivery_id in found if delivery_id is not None]
    for start in range(0, len(existing), _BATCH_SIZE):
        keys = [(work.agency_id, delivery_id) for delivery_id in existing[start : start + _BATCH_SIZE]]
        due.revive(work.conn, webhook_delivery, work.now, keys, state="waiting", settled_at=None)
    _create_deliveries(work, id, [event_id for event_id, delivery_id in found if delivery_id is None])
    return EventReplayOut(replayed=len(found), continue_since=continue_since)


def _select_events(work: Work, endpoint_id: UUID, types: Sequence[str] | None, body: EventReplayIn) -> sa.Select[Any]:
    deliveries, columns = webhook_delivery.c, event.c
    of_event = sa.and_(deliveries.agency_id == columns.agency_id, deliveries.event_id == columns.id)
    # `IS NOT DISTINCT FROM` makes PostgreSQL look deliveries up by event. Without statistics it would choose the index
    # by endpoint and read all deliveries for each event.
    of_endpoint = deliveries.endpoint_id.is_not_distinct_from(endpoint_id)
    statement = (
        sa.select(columns.id, deliveries.id)
        .select_from(event.outerjoin(webhook_delivery, sa.and_(of_event, of_endpoint)))
        .where(columns.agency_id == work.agency_id, columns.occurred_at >= body.since, columns.type != TEST)
        .where(sa.not_(sa.and_(deliveries.claim.is_not(None), deliveries.due_at > work.now)))
    )
    if body.until is not None:
        statement = statement.where(columns.occurred_at < body.until)
    if types is not None:
        statement = statement.where(columns.type.in_(types))
    if body.only_failed:
        statement = statement.where(sa.or_(deliveries.id.is_(None), deliveries.state == "failed"))
    return statement


def _create_deliveries(work: Work, endpoint_id: UUID, event_ids: Sequence[UUID]) -> list[UUID]:
    rows = [
        delivery_row(work.new_id("delivery"), work.agency_id, event_id, endpoint_id, work.now) for event_id in event_ids
    ]
    for start in range(0, len(rows), _BATCH_SIZE):
        # Reconciliation may have created the delivery already.
        statement = insert(work.conn, webhook_delivery).on_conflict_do_nothing()
        work.conn.execute(statement, rows[start : start + _BATCH_SIZE])
    return [row["id"] for row in rows]
