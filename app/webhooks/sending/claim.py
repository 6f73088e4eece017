"""Claims of due webhook deliveries, within the rate, the concurrency and the free slots of each endpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.concurrency_slots import SlotShares
from app.kit.dialects import skip_locked, write_rows
from app.kit.due_rows import Key, claim_values, is_due
from app.webhooks.envelope import body_bytes
from app.webhooks.models import endpoint, endpoint_secrets, event, webhook_delivery
from app.webhooks.sending.schedule import MAX_DELIVERY_ATTEMPTS

_SECOND = timedelta(seconds=1)
_IS_CLAIMED = sa.text("claim IS NOT NULL")
MAX_ENDPOINTS_SCANNED, MAX_ENDPOINTS_CLAIMED = 1000, 50
"""The most endpoints with due deliveries that one step reads, and the most that it claims from. Keeps the transaction
short.
"""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery claimed by this worker, with all data needed to send it. The signing secrets are still sealed."""

    key: Key
    token: UUID
    endpoint_id: UUID
    event_id: UUID
    attempts: int
    url: str
    body: bytes = field(repr=False)
    sealed_secrets: Sequence[bytes] = field(repr=False)

    @property
    def endpoint(self) -> Key:
        """The key of the delivery's endpoint: agency id and endpoint id."""
        return self.key[0], self.endpoint_id


def claim_deliveries(conn: sa.Connection, now: datetime, lease: timedelta, shares: SlotShares) -> list[ClaimedDelivery]:
    """Claim due deliveries for the free slots, and return them with all data needed to send them.

    Endpoints take turns, the longest waiting first. No endpoint exceeds its rate, its concurrency or its share of
    slots.
    """
    chosen = [key for key in _ready_endpoints(conn, now) if shares.left_for(key)][:MAX_ENDPOINTS_CLAIMED]
    locked_endpoints = _lock_endpoints(conn, chosen, now)
    counts = _claim_counts(conn, list(locked_endpoints), now)
    shares.queue(locked_endpoints)
    found: list[tuple[sa.Row[Any], sa.Row[Any]]] = []
    rate_counters: list[dict[str, Any]] = []
    for key in chosen:
        if (target := locked_endpoints.get(key)) is None:
            continue
        sent = target.sent_in_second if _same_second(target, now) else 0
        running, abandoned = counts.get(key, (0, 0))
        limit = min(_concurrency(target) - running, target.rate_per_second - sent, shares.left_for(key))
        due = _due_deliveries(conn, target, now, limit, abandoned) if limit > 0 else []
        shares.take(key, len(due))
        if due:
            found += [(target, row) for row in due]
            second_start = target.second_began_at if _same_second(target, now) else now
            rate_counters.append(
                _update_key(key) | {"second_began_at": second_start, "sent_in_second": sent + len(due)}
            )
    token = uuid4()
    claims = [
        _update_key((target.agency_id, row.delivery_id)) | claim_values(now, lease, token, row.attempts)
        for target, row in found
    ]
    write_rows(conn, [("update", webhook_delivery, claims), ("update", endpoint, rate_counters)])
    secrets = endpoint_secrets.sealed(conn, {(target.agency_id, target.id) for target, _ in found}, now)
    return [
        ClaimedDelivery(
            (target.agency_id, row.delivery_id),
            token,
            target.id,
            row._mapping[event.c.id],
            row.attempts + 1,
            target.url,
            body_bytes({column.name: row._mapping[column] for column in event.c}),
            secrets.get((target.agency_id, target.id), ()),
        )
        for target, row in found
    ]


def _ready_endpoints(conn: sa.Connection, now: datetime) -> list[Key]:
    """Return the keys of endpoints that have due deliveries and accept more attempts, the longest waiting first."""
    columns, waiting = endpoint.c, webhook_delivery.c
    scope = (waiting.agency_id == columns.agency_id, waiting.endpoint_id == columns.id)
    has_due = sa.exists().where(*scope, is_due(webhook_delivery, now, MAX_DELIVERY_ATTEMPTS))
    running = sa.select(sa.func.count()).where(*scope, _IS_CLAIMED, waiting.due_at > now)
    concurrency = sa.case((columns.failing_since.is_(None), columns.concurrency), else_=1)
    new_second = sa.or_(
        columns.second_began_at.is_(None), columns.second_began_at <= now - _SECOND, columns.second_began_at > now
    )
    rows = conn.execute(
        sa.select(columns.agency_id, columns.id)
        .where(
            *_accepts_attempts(now),
            has_due,
            sa.or_(new_second, columns.sent_in_second < columns.rate_per_second),
            running.scalar_subquery() < concurrency,
        )
        .order_by(columns.second_began_at.nulls_first())
        .limit(MAX_ENDPOINTS_SCANNED)
        .options(across_agencies("a sender serves the endpoints of every agency"))
    )
    return [(agency_id, id) for agency_id, id in rows]


def _accepts_attempts(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    columns = endpoint.c
    free = sa.or_(columns.throttled_until.is_(None), columns.throttled_until <= now)
    return columns.disabled_at.is_(None), columns.paused.is_(False), free


def _lock_endpoints(conn: sa.Connection, keys: Sequence[Key], now: datetime) -> Mapping[Key, sa.Row[Any]]:
    """Lock those endpoints that still accept attempts; return their rows by key.

    Skips rows that another worker has locked.
    """
    columns = endpoint.c
    agencies, ids = {agency_id for agency_id, _ in keys}, {id for _, id in keys}
    statement = sa.select(endpoint).where(columns.agency_id.in_(agencies), columns.id.in_(ids), *_accepts_attempts(now))
    return {(row.agency_id, row.id): row for row in conn.execute(skip_locked(conn, statement.order_by(columns.id)))}


def _claim_counts(conn: sa.Connection, keys: Sequence[Key], now: datetime) -> Mapping[Key, tuple[int, int]]:
    """Return two counts by endpoint: the running claims of all workers, and the claims whose lease has ended."""
    columns, count = webhook_delivery.c, sa.func.count()
    rows = conn.execute(
        sa.select(
            columns.agency_id,
            columns.endpoint_id,
            count.filter(columns.due_at > now),
            count.filter(columns.due_at <= now),
        )
        .where(
            columns.agency_id.in_({agency_id for agency_id, _ in keys}),
            columns.endpoint_id.in_({id for _, id in keys}),
            _IS_CLAIMED,
        )
        .group_by(columns.agency_id, columns.endpoint_id)
    )
    return {(agency_id, endpoint_id): (running, abandoned) for agency_id, endpoint_id, running, abandoned in rows}


def _concurrency(target: sa.Row[Any]) -> int:
    """Return how many attempts at an endpoint may run at once. A failing endpoint gets one, because it may hang."""
    return int(target.concurrency) if target.failing_since is None else 1


def _same_second(target: sa.Row[Any], now: datetime) -> bool:
    second_start = target.second_began_at
    return second_start is not None and second_start <= now < second_start + _SECOND


def _due_deliveries(
    conn: sa.Connection, target: sa.Row[Any], now: datetime, limit: int, abandoned: int
) -> Sequence[sa.Row[Any]]:
    """Return up to `limit` due deliveries of an endpoint, those whose lease has ended first.

    Such a delivery may have arrived, and receivers detect repeated events for a limited time only.
    """
    retaken = _oldest_due(conn, target, now, limit, _IS_CLAIMED) if abandoned else ()
    return [*retaken, *_oldest_due(conn, target, now, limit - len(retaken), sa.text("claim IS NULL"))]


def _oldest_due(
    conn: sa.Connection, target: sa.Row[Any], now: datetime, limit: int, claim_state: sa.TextClause
) -> Sequence[sa.Row[Any]]:
    columns = webhook_delivery.c
    statement = (
        sa.select(columns.id.label("delivery_id"), columns.attempts, event)
        .join(event, sa.and_(event.c.agency_id == columns.agency_id, event.c.id == columns.event_id))
        .where(
            columns.agency_id == target.agency_id,
            columns.endpoint_id == target.id,
            claim_state,
            is_due(webhook_delivery, now, MAX_DELIVERY_ATTEMPTS),
        )
    )
    return conn.execute(statement.order_by(columns.due_at).limit(limit)).all()


def _update_key(key: Key) -> dict[str, Any]:
    return {"key_agency_id": key[0], "key_id": key[1]}
