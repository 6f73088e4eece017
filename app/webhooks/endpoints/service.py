"""Making and changing endpoints, and turning their secrets over."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_agency
from app.access.schemas import given
from app.access.work import Work
from app.kit.db import add, change
from app.kit.errors import conflict, invalid
from app.kit.targets import check_url
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
from app.webhooks.outbox import ALL, subscribe
from app.webhooks.sending.signing import new_secret

MOST_ENDPOINTS = 50
_ANEW: Mapping[str, Any] = {"failing_since": None, "failed_at": None, "throttled_until": None, "throttle_seconds": 0}
"""Nothing is held against a receiver that was changed or mended."""


def make_endpoint(work: Work, body: EndpointIn, *, private_targets: bool) -> EndpointMade:
    """Have events sent to an address from now on. Its secret is answered this once."""
    _check(body.url, private_targets=private_targets)
    get_agency(work, lock=True)  # so that endpoints are made, and counted, one after the other
    mine = sa.select(sa.func.count()).where(endpoint.c.agency_id == work.agency_id)
    if (work.conn.scalar(mine) or 0) >= MOST_ENDPOINTS:
        raise conflict("too_many_endpoints", f"An agency has at most {MOST_ENDPOINTS} endpoints. Remove one first.")
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
        raise invalid("/disabled", "Only Keepwarm disables an endpoint. Send `paused`: true instead.")
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
        raise conflict("last_secret", "This is the newest secret. Add another one before you end it.")
    endpoint_secrets.end(work, id, secret_id)


def _subscribe(work: Work, id: UUID, types: Sequence[str] | None) -> None:
    subscribe(work, id, (ALL,) if types is None else tuple(dict.fromkeys(types)), "endpoint")


def _check(url: str, *, private_targets: bool) -> None:
    try:
        check_url(url, private_targets=private_targets)
    except ValueError as refused:
        raise invalid("/url", str(refused), "refused_url") from None
