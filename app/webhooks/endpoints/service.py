"""Webhook endpoints: make, change and delete them, and rotate their signing secrets."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_agency
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_row, update_row
from app.kit.errors import conflict, invalid
from app.kit.ssrf import check_url
from app.webhooks.endpoints import queries
from app.webhooks.endpoints.schemas import (
    EndpointChange,
    EndpointIn,
    EndpointMade,
    EndpointOut,
    EndpointSecretIn,
    EndpointSecretMade,
)
from app.webhooks.models import endpoint, endpoint_secrets
from app.webhooks.outbox import ALL_TYPES, subscribe
from app.webhooks.sending.signing import new_secret

MAX_ENDPOINTS = 50
_HEALTH_RESET: Mapping[str, Any] = {
    "failing_since": None,
    "failed_at": None,
    "throttled_until": None,
    "throttle_seconds": 0,
}
"""The column values that clear the recorded failures of an endpoint whose URL was changed or that was enabled."""


def make_endpoint(work: UnitOfWork, body: EndpointIn, *, private_targets: bool) -> EndpointMade:
    """Create a webhook endpoint. Return it with its signing secret, which is shown only now.

    Raises 409 if the agency has too many endpoints, and 422 for a URL that must not be called. `private_targets` allows
    private hosts.
    """
    _check(body.url, private_targets=private_targets)
    get_agency(work, lock=True)  # the lock makes the count exact
    count = sa.select(sa.func.count()).where(endpoint.c.agency_id == work.agency_id)
    if (work.conn.scalar(count) or 0) >= MAX_ENDPOINTS:
        raise conflict("too_many_endpoints", f"An agency has at most {MAX_ENDPOINTS} endpoints. Remove one first.")
    row = insert_row(
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
    return EndpointMade(endpoint=queries.endpoint_out(work, row), secret=secret)


def change_endpoint(work: UnitOfWork, id: UUID, body: EndpointChange, *, private_targets: bool) -> EndpointOut:
    """Change, pause or resume a webhook endpoint, or enable one that Keepwarm disabled. Return it. Checks If-Match.

    Raises 422 for a URL that must not be called; `private_targets` allows private hosts.
    """
    row = queries.get_row(work, id, lock=True)
    work.expect(queries.endpoint_out(work, row))
    values: dict[str, Any] = named_fields(body)
    if "url" in values:
        _check(values["url"], private_targets=private_targets)
    if values.get("disabled"):
        raise invalid("/disabled", "Only Keepwarm disables an endpoint. Send `paused`: true instead.")
    if values.pop("disabled", None) is False:
        values |= {"disabled_at": None, "disabled_reason": None, **_HEALTH_RESET}
    if values.get("url", row["url"]) != row["url"]:
        values |= _HEALTH_RESET
    if "event_types" in values:
        _subscribe(work, id, body.event_types)
    if not values:
        return queries.endpoint_out(work, row)
    return queries.endpoint_out(work, update_row(work.conn, endpoint, work.agency_id, id, values))


def remove_endpoint(work: UnitOfWork, id: UUID) -> None:
    """Delete a webhook endpoint with its subscriptions, deliveries and attempts. Checks If-Match."""
    work.expect(queries.endpoint_out(work, queries.get_row(work, id, lock=True)))
    subscribe(work, id, (), "endpoint")
    work.conn.execute(sa.delete(endpoint).where(endpoint.c.agency_id == work.agency_id, endpoint.c.id == id))


def add_secret(work: UnitOfWork, id: UUID, body: EndpointSecretIn) -> EndpointSecretMade:
    """Add a signing secret to a webhook endpoint and return it.

    The earlier secrets keep signing until the overlap ends.
    """
    queries.get_row(work, id, lock=True)
    secret = new_secret()
    row = endpoint_secrets.turn_over(work, id, secret, timedelta(hours=body.overlap_hours))
    return EndpointSecretMade(id=row["id"], created_at=row["created_at"], secret=secret)


def end_secret(work: UnitOfWork, id: UUID, secret_id: UUID) -> None:
    """End a signing secret now. Raises 409 if it is the endpoint's newest secret.

    If-Match takes the ETag of the endpoint, as a secret has none.
    """
    work.expect(queries.endpoint_out(work, queries.get_row(work, id, lock=True)))
    if endpoint_secrets.times(work, id)[0]["id"] == secret_id:
        raise conflict("last_secret", "This is the newest secret. Add another one before you end it.")
    endpoint_secrets.end(work, id, secret_id)


def _subscribe(work: UnitOfWork, id: UUID, types: Sequence[str] | None) -> None:
    subscribe(work, id, (ALL_TYPES,) if types is None else tuple(dict.fromkeys(types)), "endpoint")


def _check(url: str, *, private_targets: bool) -> None:
    try:
        check_url(url, private_targets=private_targets)
    except ValueError as refused:
        raise invalid("/url", str(refused), "refused_url") from None
