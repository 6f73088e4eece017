"""Claiming what is due: for each endpoint as many as its rate, its concurrency and the free slots allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import skip_locked, write_rows
from app.kit.due import Key
from app.kit.slots import SlotShares
from app.webhooks.envelope import body_of
from app.webhooks.models import endpoint, endpoint_secrets, event, webhook_delivery
from app.webhooks.sending.schedule import MOST_ATTEMPTS

_SECOND = timedelta(seconds=1)
_CLAIMED = sa.text("claim IS NOT NULL")
MOST_SEEN, MOST_CHOSEN = 1000, 50
"""How many endpoints with something due a step looks at, and sends to: its transaction stays short."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this worker has claimed, with all that sending it needs; its secrets are still sealed."""

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
        """The key of the endpoint that it goes to."""
        return self.key[0], self.endpoint_id


def take(conn: sa.Connection, now: datetime, lease: timedelta, shares: SlotShares) -> list[Taken]:
    """Claim what is due, as far as slots are free: a turn for each endpoint, the longest waiting first."""
    chosen = [key for key in _ready(conn, now) if shares.left_for(key)][:MOST_CHOSEN]
    ones = _held(conn, chosen, now)
    claimed = _claimed(conn, list(ones), now)
    shares.queue(ones)
    found: list[tuple[sa.Row[Any], sa.Row[Any]]] = []
    counted: list[dict[str, Any]] = []
    for key in chosen:
        if (one := ones.get(key)) is None:
            continue
        sent = one.sent_in_second if _same_second(one, now) else 0
        under_way, broken_off = claimed.get(key, (0, 0))
        most = min(_concurrency(one) - under_way, one.rate_per_second - sent, shares.left_for(key))
        due = _due(conn, one, now, most, broken_off) if most > 0 else []
        shares.take(key, len(due))
        if due:
            found += [(one, row) for row in due]
            began = one.second_began_at if _same_second(one, now) else now
            counted.append(_to(key) | {"second_began_at": began, "sent_in_second": sent + len(due)})
    token = uuid4()
    claim = {"due_at": now + lease, "claim": token}
    claims = [_to((one.agency_id, row.delivery_id)) | claim | {"attempts": row.attempts + 1} for one, row in found]
    write_rows(conn, [("update", webhook_delivery, claims), ("update", endpoint, counted)])
    secrets = endpoint_secrets.sealed(conn, {(one.agency_id, one.id) for one, _ in found}, now)
    return [
        Taken(
            (one.agency_id, row.delivery_id),
            token,
            one.id,
            row._mapping[event.c.id],
            row.attempts + 1,
            one.url,
            body_of({column.name: row._mapping[column] for column in event.c}),
            secrets.get((one.agency_id, one.id), ()),
        )
        for one, row in found
    ]


def _ready(conn: sa.Connection, now: datetime) -> list[Key]:
    """Endpoints that something is due for and that may be sent more, the longest waiting first."""
    columns, waiting = endpoint.c, webhook_delivery.c
    mine = (waiting.agency_id == columns.agency_id, waiting.endpoint_id == columns.id)
    something = sa.exists().where(
        *mine, sa.text("due_at IS NOT NULL"), waiting.due_at <= now, waiting.attempts < MOST_ATTEMPTS
    )
    under_way = sa.select(sa.func.count()).where(*mine, _CLAIMED, waiting.due_at > now)
    concurrency = sa.case((columns.failing_since.is_(None), columns.concurrency), else_=1)
    another_second = sa.or_(
        columns.second_began_at.is_(None), columns.second_began_at <= now - _SECOND, columns.second_began_at > now
    )
    rows = conn.execute(
        sa.select(columns.agency_id, columns.id)
        .where(
            *_open(now),
            something,
            sa.or_(another_second, columns.sent_in_second < columns.rate_per_second),
            under_way.scalar_subquery() < concurrency,
        )
        .order_by(columns.second_began_at.nulls_first())
        .limit(MOST_SEEN)
        .options(across_agencies("a sender serves the endpoints of every agency"))
    )
    return [(agency_id, id) for agency_id, id in rows]


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    columns = endpoint.c
    free = sa.or_(columns.throttled_until.is_(None), columns.throttled_until <= now)
    return columns.disabled_at.is_(None), columns.paused.is_(False), free


def _held(conn: sa.Connection, keys: Sequence[Key], now: datetime) -> Mapping[Key, sa.Row[Any]]:
    """The rows of those that may still be sent to, locked; another worker's are passed over."""
    columns = endpoint.c
    agencies, ids = {agency_id for agency_id, _ in keys}, {id for _, id in keys}
    statement = sa.select(endpoint).where(columns.agency_id.in_(agencies), columns.id.in_(ids), *_open(now))
    return {(row.agency_id, row.id): row for row in conn.execute(skip_locked(conn, statement.order_by(columns.id)))}


def _claimed(conn: sa.Connection, keys: Sequence[Key], now: datetime) -> Mapping[Key, tuple[int, int]]:
    """How many attempts are under way to each of the endpoints, whoever makes them, and how many were broken off."""
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
            _CLAIMED,
        )
        .group_by(columns.agency_id, columns.endpoint_id)
    )
    return {(agency_id, endpoint_id): (under_way, broken_off) for agency_id, endpoint_id, under_way, broken_off in rows}


def _concurrency(one: sa.Row[Any]) -> int:
    """One that fails may be one that hangs: it holds a single place, so that many of them leave room for the others."""
    return int(one.concurrency) if one.failing_since is None else 1


def _same_second(one: sa.Row[Any], now: datetime) -> bool:
    began = one.second_began_at
    return began is not None and began <= now < began + _SECOND


def _due(conn: sa.Connection, one: sa.Row[Any], now: datetime, most: int, broken_off: int) -> Sequence[sa.Row[Any]]:
    """What is due; first what was broken off: it may have arrived, and its receiver may still know that."""
    again = _longest_due(conn, one, now, most, _CLAIMED) if broken_off else ()
    return [*again, *_longest_due(conn, one, now, most - len(again), sa.text("claim IS NULL"))]


def _longest_due(
    conn: sa.Connection, one: sa.Row[Any], now: datetime, most: int, which: sa.TextClause
) -> Sequence[sa.Row[Any]]:
    columns = webhook_delivery.c
    statement = (
        sa.select(columns.id.label("delivery_id"), columns.attempts, event)
        .join(event, sa.and_(event.c.agency_id == columns.agency_id, event.c.id == columns.event_id))
        .where(columns.agency_id == one.agency_id, columns.endpoint_id == one.id, sa.text("due_at IS NOT NULL"), which)
        .where(columns.due_at <= now, columns.attempts < MOST_ATTEMPTS)
    )
    return conn.execute(statement.order_by(columns.due_at).limit(most)).all()


def _to(key: Key) -> dict[str, Any]:
    return {"key_agency_id": key[0], "key_id": key[1]}
