"""The outbox: an event and its deliveries are written in the same transaction as the change that they report."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_rows
from app.kit.dialects import insert, lock_against_deletion
from app.kit.due_rows import Key
from app.webhooks.events import Payload
from app.webhooks.models import delivery, endpoint, event, subscription, webhook_delivery

SubscriberKind = Literal["connection", "endpoint"]
"""The kind of a subscriber: a CRM connection with write-back, or a webhook endpoint. Each has its own delivery table.
"""
ALL_TYPES = "*"
"""The type of a subscription to every type of event, future ones included."""
_Subscribers = dict[tuple[UUID, str], list[tuple[UUID, SubscriberKind]]]
_TABLES: Mapping[SubscriberKind, sa.Table] = {"connection": delivery, "endpoint": webhook_delivery}


class EventContext(Protocol):
    """The transaction, the instant and the id generator for writing events. `UnitOfWork` provides all three."""

    @property
    def conn(self) -> sa.Connection:
        """The database connection with the open transaction."""

    @property
    def now(self) -> datetime:
        """The instant of the events."""

    @property
    def new_id(self) -> Callable[[str], UUID]:
        """Return a new id for a kind of record."""


def event_row(
    work: EventContext,
    agency_id: UUID,
    payload: Payload,
    application_id: UUID | None = None,
    sequence: int | None = None,
) -> dict[str, Any]:
    """Return the values of one row of the event table. Nothing is written."""
    return {
        "agency_id": agency_id,
        "id": work.new_id("event"),
        "type": payload.type,
        "occurred_at": work.now,
        "application_id": application_id,
        "sequence": sequence,
        "data": payload.data(),
    }


def emit(work: UnitOfWork, payload: Payload, application_id: UUID | None = None, sequence: int | None = None) -> None:
    """Write one event, and its delivery to each subscriber of its type, in the caller's transaction."""
    row = event_row(work, work.agency_id, payload, application_id, sequence)
    insert_rows(work.conn, event, [row])
    create_deliveries(work, [row])


def create_deliveries(work: EventContext, events: Sequence[Mapping[str, Any]]) -> None:
    """Write the deliveries of events whose rows are already written: one for each event and subscriber of its type."""
    if not events:
        return
    columns = subscription.c
    subscribers = work.conn.execute(
        sa.select(columns.agency_id, columns.type, columns.subscriber_id, columns.kind).where(
            columns.agency_id.in_({row["agency_id"] for row in events}),
            columns.type.in_({ALL_TYPES, *(row["type"] for row in events)}),
        )
    ).all()
    deleted = endpoints_being_deleted(
        work.conn, {(agency_id, id) for agency_id, _, id, kind in subscribers if kind == "endpoint"}
    )
    subscribers_of: _Subscribers = {}
    for agency_id, type, subscriber_id, kind in subscribers:
        if (agency_id, subscriber_id) in deleted:
            continue
        subscribers_of.setdefault((agency_id, type), []).append((subscriber_id, kind))
    rows: dict[SubscriberKind, list[dict[str, Any]]] = {"connection": [], "endpoint": []}
    for row in events:
        for subscriber_id, kind in _subscribers(subscribers_of, row):
            rows[kind].append(_delivery_row(work, row, subscriber_id, kind))
    for kind, table in _TABLES.items():
        insert_rows(work.conn, table, rows[kind])


def endpoints_being_deleted(conn: sa.Connection, endpoints: set[Key]) -> set[Key]:
    """Return those of the given endpoints that another transaction is deleting, or that no longer exist.

    The others are locked against deletion until the transaction ends. Emitting must not block on an endpoint being
    deleted. If the delete rolls back, `reconcile` creates the missing delivery.
    """
    if not endpoints:
        return set()
    columns = endpoint.c
    agencies, ids = {agency_id for agency_id, _ in endpoints}, {id for _, id in endpoints}
    statement = sa.select(columns.agency_id, columns.id).where(columns.agency_id.in_(agencies), columns.id.in_(ids))
    existing = conn.execute(lock_against_deletion(statement.order_by(columns.id), skip_being_deleted=True))
    return endpoints - {(agency_id, id) for agency_id, id in existing}


def _subscribers(subscribers_of: _Subscribers, event: Mapping[str, Any]) -> Iterable[tuple[UUID, SubscriberKind]]:
    of_type = subscribers_of.get((event["agency_id"], event["type"]), ())
    return dict.fromkeys((*of_type, *subscribers_of.get((event["agency_id"], ALL_TYPES), ())))


def _delivery_row(
    work: EventContext, event: Mapping[str, Any], subscriber_id: UUID, kind: SubscriberKind
) -> dict[str, Any]:
    id = work.new_id("delivery")
    if kind == "endpoint":
        return delivery_row(id, event["agency_id"], event["id"], subscriber_id, work.now)
    return _due_row(id, event["agency_id"], event["id"], work.now) | {"subscriber_id": subscriber_id}


def delivery_row(id: UUID, agency_id: UUID, event_id: UUID, endpoint_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the values of a row of the delivery table for one event and one webhook endpoint, due at once."""
    return _due_row(id, agency_id, event_id, now) | {"endpoint_id": endpoint_id, "created_at": now}


def _due_row(id: UUID, agency_id: UUID, event_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "agency_id": agency_id,
        "id": id,
        "event_id": event_id,
        "state": "waiting",
        "due_at": now,
        "attempts": 0,
    }


def forget(work: UnitOfWork, subscriber_id: UUID) -> None:
    """Delete the subscriptions and the deliveries of a connection that is removed."""
    subscribe(work, subscriber_id, ())
    scope = sa.and_(delivery.c.agency_id == work.agency_id, delivery.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(delivery).where(scope))


def subscribe(work: UnitOfWork, subscriber_id: UUID, types: Sequence[str], kind: SubscriberKind = "connection") -> None:
    """Replace the event types of a subscriber. Types that are new apply to events from now on."""
    scope = sa.and_(subscription.c.agency_id == work.agency_id, subscription.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(subscription).where(scope, subscription.c.type.not_in(types)))
    rows = [
        {"agency_id": work.agency_id, "subscriber_id": subscriber_id, "type": type, "kind": kind, "since": work.now}
        for type in types
    ]
    if rows:
        work.conn.execute(insert(work.conn, subscription).on_conflict_do_nothing(), rows)
