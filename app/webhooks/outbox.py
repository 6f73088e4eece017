"""The outbox: an event is a row in the transaction of the fact that it tells of, and so is its delivery to each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.db import add_many
from app.kit.dialects import insert, staying
from app.kit.due import Key
from app.webhooks.models import delivery, endpoint, event, subscription, webhook_delivery

Kind = Literal["connection", "endpoint"]
"""Who is told: a CRM that is written back to, or a webhook's receiver; what is to be done for each stands apart."""
ALL = "*"
"""A subscription to every type of event, those too that are still to come."""
_Wanted = dict[tuple[UUID, str], list[tuple[UUID, Kind]]]
_TABLES: Mapping[Kind, sa.Table] = {"connection": delivery, "endpoint": webhook_delivery}


class EventContext(Protocol):
    """The transaction, the instant and the id generator that writing events needs; `Work` is one."""

    @property
    def conn(self) -> sa.Connection:
        """The transaction."""

    @property
    def now(self) -> datetime:
        """The instant of the events."""

    @property
    def new_id(self) -> Callable[[str], UUID]:
        """Return a new id for a kind of record."""


def event_row(
    work: EventContext,
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


def hand_out(work: EventContext, events: Sequence[Mapping[str, Any]]) -> None:
    """Write a delivery of each event, already written, to everybody who subscribed to its type."""
    if not events:
        return
    columns = subscription.c
    subscribers = work.conn.execute(
        sa.select(columns.agency_id, columns.type, columns.subscriber_id, columns.kind).where(
            columns.agency_id.in_({row["agency_id"] for row in events}),
            columns.type.in_({ALL, *(row["type"] for row in events)}),
        )
    ).all()
    gone = removed(work.conn, {(agency_id, id) for agency_id, _, id, kind in subscribers if kind == "endpoint"})
    wanted: _Wanted = {}
    for agency_id, type, subscriber_id, kind in subscribers:
        if (agency_id, subscriber_id) in gone:
            continue
        wanted.setdefault((agency_id, type), []).append((subscriber_id, kind))
    rows: dict[Kind, list[dict[str, Any]]] = {"connection": [], "endpoint": []}
    for row in events:
        for subscriber_id, kind in _subscribed(wanted, row):
            rows[kind].append(_delivery(work, row, subscriber_id, kind))
    for kind, table in _TABLES.items():
        add_many(work.conn, table, rows[kind])


def removed(conn: sa.Connection, endpoints: set[Key]) -> set[Key]:
    """Which of them are being removed just now; the others stay until the transaction ends.

    What happens to an agency neither fails nor waits because a receiver goes. If that stays after all, the sweep for
    what was not handed out finds this.
    """
    if not endpoints:
        return set()
    columns = endpoint.c
    agencies, ids = {agency_id for agency_id, _ in endpoints}, {id for _, id in endpoints}
    statement = sa.select(columns.agency_id, columns.id).where(columns.agency_id.in_(agencies), columns.id.in_(ids))
    here = conn.execute(staying(statement.order_by(columns.id), skip_going=True))
    return endpoints - {(agency_id, id) for agency_id, id in here}


def _subscribed(wanted: _Wanted, event: Mapping[str, Any]) -> Iterable[tuple[UUID, Kind]]:
    of_type = wanted.get((event["agency_id"], event["type"]), ())
    return dict.fromkeys((*of_type, *wanted.get((event["agency_id"], ALL), ())))


def _delivery(work: EventContext, event: Mapping[str, Any], subscriber_id: UUID, kind: Kind) -> dict[str, Any]:
    id = work.new_id("delivery")
    if kind == "endpoint":
        return delivery_row(id, event["agency_id"], event["id"], subscriber_id, work.now)
    return _waiting(id, event["agency_id"], event["id"], work.now) | {"subscriber_id": subscriber_id}


def delivery_row(id: UUID, agency_id: UUID, event_id: UUID, endpoint_id: UUID, now: datetime) -> dict[str, Any]:
    """The row of an event's delivery to an endpoint, due at once."""
    return _waiting(id, agency_id, event_id, now) | {"endpoint_id": endpoint_id, "created_at": now}


def _waiting(id: UUID, agency_id: UUID, event_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "agency_id": agency_id,
        "id": id,
        "event_id": event_id,
        "state": "waiting",
        "due_at": now,
        "attempts": 0,
    }


def forget(work: Work, subscriber_id: UUID) -> None:
    """Let go of a subscriber who is no more, and of what was still to be delivered to them."""
    subscribe(work, subscriber_id, ())
    mine = sa.and_(delivery.c.agency_id == work.agency_id, delivery.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(delivery).where(mine))


def subscribe(work: Work, subscriber_id: UUID, types: Sequence[str], kind: Kind = "connection") -> None:
    """Have a subscriber told of events of these types from now on, and of no others."""
    mine = sa.and_(subscription.c.agency_id == work.agency_id, subscription.c.subscriber_id == subscriber_id)
    work.conn.execute(sa.delete(subscription).where(mine, subscription.c.type.not_in(types)))
    rows = [
        {"agency_id": work.agency_id, "subscriber_id": subscriber_id, "type": type, "kind": kind, "since": work.now}
        for type in types
    ]
    if rows:
        work.conn.execute(insert(work.conn, subscription).on_conflict_do_nothing(), rows)
