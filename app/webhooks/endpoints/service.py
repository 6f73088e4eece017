"""Making and changing endpoints, turning their secrets over, and sending again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.schemas import given
from app.access.work import Work
from app.kit import due
from app.kit.db import add, add_many, change
from app.kit.errors import conflict, invalid
from app.kit.targets import check_url
from app.webhooks.endpoints import queries
from app.webhooks.endpoints.schemas import (
    DeliveryOut,
    EndpointChange,
    EndpointIn,
    EndpointMade,
    EndpointOut,
    EndpointSecretIn,
    EndpointSecretMade,
    EventReplayIn,
    EventReplayOut,
)
from app.webhooks.models import endpoint, endpoint_secrets, event, webhook_delivery
from app.webhooks.outbox import ALL, event_row, subscribe
from app.webhooks.sending.signing import new_secret
from app.webhooks.types import TEST

MOST_ENDPOINTS = 50
_STEP = 1000
_ANEW: Mapping[str, Any] = {"failing_since": None, "failed_at": None, "throttled_until": None, "throttle_seconds": 0}
"""Nothing is held against a receiver that was changed or mended."""


def make_endpoint(work: Work, body: EndpointIn, *, private_targets: bool) -> EndpointMade:
    """Have events sent to an address from now on. Its secret is answered this once."""
    _check(body.url, private_targets=private_targets)
    mine = sa.select(sa.func.count()).where(endpoint.c.agency_id == work.agency_id)
    if (work.conn.scalar(mine) or 0) >= MOST_ENDPOINTS:
        raise conflict("too_many_endpoints", f"An agency has at most {MOST_ENDPOINTS} endpoints.")
    row = add(
        work.conn,
        endpoint,
        body.model_dump()
        | {
            "agency_id": work.agency_id,
            "id": work.new_id("webhook_endpoint"),
            "throttle_seconds": 0,
            "sent_in_second": 0,
            "created_at": work.now,
        },
    )
    _subscribe(work, row["id"], body.event_types)
    secret = new_secret()
    endpoint_secrets.keep(work, row["id"], secret)
    return EndpointMade(endpoint=queries.show(work, row), secret=secret)


def change_endpoint(work: Work, id: UUID, body: EndpointChange, *, private_targets: bool) -> EndpointOut:
    """Change an endpoint, pause it, or bring back one that was disabled."""
    row = queries.get_row(work, id, lock=True)
    work.expect(queries.show(work, row))
    values: dict[str, Any] = given(body)
    if "url" in values:
        _check(values["url"], private_targets=private_targets)
    if values.get("disabled"):
        raise invalid("/disabled", "Only Keepwarm disables an endpoint; pause it instead.")
    if values.pop("disabled", None) is False:
        values |= {"disabled_at": None, "disabled_because": None, **_ANEW}
    if values.get("url", row["url"]) != row["url"]:
        values |= _ANEW
    if "event_types" in values:
        _subscribe(work, id, body.event_types)
    if not values:
        return queries.show(work, row)
    return queries.show(work, change(work.conn, endpoint, work.agency_id, id, values))


def remove_endpoint(work: Work, id: UUID) -> None:
    """Send to this address no more; its deliveries and attempts go with it."""
    work.expect(queries.show(work, queries.get_row(work, id, lock=True)))
    subscribe(work, id, (), "endpoint")
    work.conn.execute(sa.delete(endpoint).where(endpoint.c.agency_id == work.agency_id, endpoint.c.id == id))


def add_secret(work: Work, id: UUID, body: EndpointSecretIn) -> EndpointSecretMade:
    """Sign with a new secret too. The ones before it sign beside it until the overlap is over."""
    queries.get_row(work, id, lock=True)
    secret = new_secret()
    row = endpoint_secrets.turn_over(work, id, secret, timedelta(hours=body.overlap_hours))
    return EndpointSecretMade(id=row["id"], created_at=row["created_at"], secret=secret)


def end_secret(work: Work, id: UUID, secret_id: UUID) -> None:
    """Sign with a secret no longer, from now on. The newest stays. If-Match is the endpoint's."""
    work.expect(queries.show(work, queries.get_row(work, id, lock=True)))
    if endpoint_secrets.times(work, id)[0]["id"] == secret_id:
        raise conflict("last_secret", "This is the newest secret; make another before this one ends.")
    endpoint_secrets.end(work, id, secret_id)


def send_test(work: Work, id: UUID) -> DeliveryOut:
    """Send this endpoint an event of the type `endpoint.test`, through the same way as every other."""
    queries.get_row(work, id, lock=True)
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
    """Send every event of a time again, those too that happened before the endpoint was made."""
    row = queries.get_row(work, id, lock=True)
    types = body.event_types or row["event_types"]
    known, columns = webhook_delivery.c, event.c
    joined = sa.and_(known.agency_id == columns.agency_id, known.event_id == columns.id, known.endpoint_id == id)
    statement = (
        sa.select(columns.id, known.id)
        .select_from(event.outerjoin(webhook_delivery, joined))
        .where(columns.agency_id == work.agency_id, columns.occurred_at >= body.since, columns.type != TEST)
    )
    if body.until is not None:
        statement = statement.where(columns.occurred_at < body.until)
    if types is not None:
        statement = statement.where(columns.type.in_(types))
    if body.only_failed:
        statement = statement.where(sa.or_(known.id.is_(None), known.state == "failed"))
    found = work.conn.execute(statement.order_by(columns.id)).all()
    again = [delivery_id for _, delivery_id in found if delivery_id is not None]
    for start in range(0, len(again), _STEP):
        keys = [(work.agency_id, delivery_id) for delivery_id in again[start : start + _STEP]]
        due.revive(work.conn, webhook_delivery, work.now, keys, state="waiting", settled_at=None)
    _deliver(work, id, [event_id for event_id, delivery_id in found if delivery_id is None])
    return EventReplayOut(replayed=len(found))


def _deliver(work: Work, endpoint_id: UUID, event_ids: Sequence[UUID]) -> list[UUID]:
    rows: list[dict[str, Any]] = [
        {
            "agency_id": work.agency_id,
            "id": work.new_id("delivery"),
            "event_id": event_id,
            "endpoint_id": endpoint_id,
            "state": "waiting",
            "created_at": work.now,
            "due_at": work.now,
            "attempts": 0,
        }
        for event_id in event_ids
    ]
    for start in range(0, len(rows), _STEP):
        add_many(work.conn, webhook_delivery, rows[start : start + _STEP])
    return [row["id"] for row in rows]


def _subscribe(work: Work, id: UUID, types: Sequence[str] | None) -> None:
    subscribe(work, id, (ALL,) if types is None else tuple(dict.fromkeys(types)), "endpoint")


def _check(url: str, *, private_targets: bool) -> None:
    try:
        check_url(url, private_targets=private_targets)
    except ValueError as refused:
        raise invalid("/url", str(refused), "refused_url") from None
