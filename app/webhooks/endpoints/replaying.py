"""Sending at an admin's word: a test, one event again, or every event of a time."""

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
    wanted = _wanted(work, id, row["event_types"] if body.event_types is None else body.event_types, body)
    at = event.c.occurred_at
    last = work.conn.scalar(wanted.with_only_columns(at).order_by(at).offset(MOST_REPLAYED - 1).limit(1))
    continue_since = None
    if last is not None:
        continue_since = work.conn.scalar(wanted.with_only_columns(sa.func.min(at)).where(at > last))
        wanted = wanted.where(at <= last)
    # Old events are forgotten meanwhile: these stay until their deliveries are written.
    found = work.conn.execute(staying(wanted.order_by(at, event.c.id), event)).all()
    again = [delivery_id for _, delivery_id in found if delivery_id is not None]
    for start in range(0, len(again), _STEP):
        keys = [(work.agency_id, delivery_id) for delivery_id in again[start : start + _STEP]]
        due.revive(work.conn, webhook_delivery, work.now, keys, state="waiting", settled_at=None)
    _deliver(work, id, [event_id for event_id, delivery_id in found if delivery_id is None])
    return EventReplayOut(replayed=len(found), continue_since=continue_since)


def _wanted(work: Work, endpoint_id: UUID, types: Sequence[str] | None, body: EventReplayIn) -> sa.Select[Any]:
    known, columns = webhook_delivery.c, event.c
    of_event = sa.and_(known.agency_id == columns.agency_id, known.event_id == columns.id)
    # Said so that PostgreSQL looks a delivery up by its event: while it has no statistics of a young table, it would
    # take the index by endpoint, and read all its deliveries for each of them.
    of_endpoint = known.endpoint_id.is_not_distinct_from(endpoint_id)
    statement = (
        sa.select(columns.id, known.id)
        .select_from(event.outerjoin(webhook_delivery, sa.and_(of_event, of_endpoint)))
        .where(columns.agency_id == work.agency_id, columns.occurred_at >= body.since, columns.type != TEST)
        .where(sa.not_(sa.and_(known.claim.is_not(None), known.due_at > work.now)))
    )
    if body.until is not None:
        statement = statement.where(columns.occurred_at < body.until)
    if types is not None:
        statement = statement.where(columns.type.in_(types))
    if body.only_failed:
        statement = statement.where(sa.or_(known.id.is_(None), known.state == "failed"))
    return statement


def _deliver(work: Work, endpoint_id: UUID, event_ids: Sequence[UUID]) -> list[UUID]:
    rows = [
        delivery_row(work.new_id("delivery"), work.agency_id, event_id, endpoint_id, work.now) for event_id in event_ids
    ]
    for start in range(0, len(rows), _STEP):
        # The sweep for what was not handed out may have come first.
        statement = insert(work.conn, webhook_delivery).on_conflict_do_nothing()
        work.conn.execute(statement, rows[start : start + _STEP])
    return [row["id"] for row in rows]
