"""Claiming what is due: for each endpoint as many as its rate and its concurrency allow, whoever else sends to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.kit.dialects import skip_locked, write_rows
from app.kit.due import Key
from app.kit.sealing import Seal
from app.webhooks.envelope import body_of
from app.webhooks.models import endpoint, endpoint_secrets, event, webhook_delivery

_SECOND = timedelta(seconds=1)
MOST_ENDPOINTS = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this worker has claimed, with all that sending it needs."""

    key: Key
    token: UUID
    endpoint_id: UUID
    event_id: UUID
    attempts: int
    url: str
    body: bytes = field(repr=False)
    secrets: Sequence[str] = field(repr=False)


def take(conn: sa.Connection, seal: Seal, now: datetime, lease: timedelta, most: int) -> list[Taken]:
    """Claim up to `most` due deliveries: fairly, a turn for each endpoint, and no more than it may be sent at once."""
    taken: list[Taken] = []
    ready = _ready(conn, now)
    under_way = _under_way(conn, ready, now)
    for place, one in enumerate(ready):
        fair = max(1, (most - len(taken)) // (len(ready) - place))
        allowed = min(fair, _allowed(one, under_way.get((one.agency_id, one.id), 0), now))
        if allowed > 0:
            taken += _claim(conn, seal, one, now, lease, allowed)
        if len(taken) >= most:
            break
    return taken


def _ready(conn: sa.Connection, now: datetime) -> Sequence[sa.Row[Any]]:
    """Endpoints that something is due for and that may be sent to, locked; another worker's are passed over."""
    columns, waiting = endpoint.c, webhook_delivery.c
    something = sa.exists().where(
        waiting.agency_id == columns.agency_id,
        waiting.endpoint_id == columns.id,
        waiting.due_at.is_not(None),
        waiting.due_at <= now,
    )
    free = sa.or_(columns.throttled_until.is_(None), columns.throttled_until <= now)
    statement = sa.select(endpoint).where(columns.disabled_at.is_(None), columns.paused.is_(False), free, something)
    in_turn = statement.order_by(columns.second_began_at.nulls_first()).limit(MOST_ENDPOINTS)
    return conn.execute(skip_locked(conn, in_turn)).all()


def _under_way(conn: sa.Connection, ready: Sequence[sa.Row[Any]], now: datetime) -> Mapping[Key, int]:
    """How many attempts are under way to each of the endpoints, whoever makes them."""
    columns = webhook_delivery.c
    rows = conn.execute(
        sa.select(columns.agency_id, columns.endpoint_id, sa.func.count())
        .where(
            columns.agency_id.in_({one.agency_id for one in ready}),
            columns.endpoint_id.in_({one.id for one in ready}),
            sa.text("due_at IS NOT NULL"),
            columns.due_at > now,
            columns.claim.is_not(None),
        )
        .group_by(columns.agency_id, columns.endpoint_id)
    )
    return {(agency_id, endpoint_id): count for agency_id, endpoint_id, count in rows}


def _allowed(one: sa.Row[Any], under_way: int, now: datetime) -> int:
    began = one.second_began_at
    sent = one.sent_in_second if began is not None and began <= now < began + _SECOND else 0
    # One that fails may be one that hangs: it holds a single place, so that many of them leave room for the others.
    most = one.concurrency if one.failing_since is None else 1
    return int(min(most - under_way, one.rate_per_second - sent))


def _claim(
    conn: sa.Connection, seal: Seal, one: sa.Row[Any], now: datetime, lease: timedelta, most: int
) -> list[Taken]:
    columns = webhook_delivery.c
    mine = (columns.agency_id == one.agency_id, columns.endpoint_id == one.id)
    due = (
        sa.select(columns.id.label("delivery_id"), columns.attempts, event)
        .join(event, sa.and_(event.c.agency_id == columns.agency_id, event.c.id == columns.event_id))
        .where(*mine, sa.text("due_at IS NOT NULL"), columns.due_at <= now)
        .order_by(columns.due_at)
        .limit(most)
    )
    found = conn.execute(due).all()
    token = uuid4()
    rows = [
        {
            "key_agency_id": one.agency_id,
            "key_id": row.delivery_id,
            "due_at": now + lease,
            "claim": token,
            "attempts": row.attempts + 1,
        }
        for row in found
    ]
    write_rows(conn, [("update", webhook_delivery, rows)])
    began = one.second_began_at
    same = began is not None and began <= now < began + _SECOND
    counted = {
        "second_began_at": began if same else now,
        "sent_in_second": (one.sent_in_second if same else 0) + len(found),
    }
    conn.execute(
        sa.update(endpoint).where(endpoint.c.agency_id == one.agency_id, endpoint.c.id == one.id).values(**counted)
    )
    secrets = endpoint_secrets.opened(conn, seal, one.agency_id, one.id, now)
    return [
        Taken(
            (one.agency_id, row.delivery_id),
            token,
            one.id,
            row._mapping[event.c.id],
            row.attempts + 1,
            one.url,
            body_of({column.name: row._mapping[column] for column in event.c}),
            secrets,
        )
        for row in found
    ]
