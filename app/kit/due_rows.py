"""Due rows: deferred work is a row with `due_at`, `claim` and `attempts`, which workers claim under a lease."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.dialects import Id, Instant, lock_for_update, skip_locked, write_rows

MAX_CLAIM_ATTEMPTS = 5
"""The maximum number of claims of a row; after that it is parked until it is revived."""

Key = tuple[UUID, UUID]
"""A row of an agency: (agency_id, id)."""


def due_columns() -> list[sa.Column[Any]]:
    """Return the columns of a due row: time (null: not due), claim, and attempts since the last success."""
    return [
        sa.Column("due_at", Instant),
        sa.Column("claim", Id),
        sa.Column("attempts", sa.Integer, nullable=False),
    ]


def due_index(table: str) -> sa.Index:
    """Return the partial index of due rows."""
    waits = sa.text("due_at IS NOT NULL")
    return sa.Index(f"ix_{table}_due", "due_at", sqlite_where=waits, postgresql_where=waits)


NOT_DUE = {"due_at": None, "claim": None, "attempts": 0}
"""The values of a row that is due no more."""


def is_due(table: sa.Table, now: datetime, max_attempts: int = MAX_CLAIM_ATTEMPTS) -> sa.ColumnElement[bool]:
    """Return the condition for rows that may be claimed. The text makes the databases use the partial index."""
    columns = table.c
    return sa.and_(sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts < max_attempts)


def is_lost(table: sa.Table, now: datetime, max_attempts: int = MAX_CLAIM_ATTEMPTS) -> sa.ColumnElement[bool]:
    """Return the condition for rows whose last attempt was claimed and never completed."""
    columns = table.c
    return sa.and_(sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts >= max_attempts)


def claim_values(now: datetime, lease: timedelta, token: UUID, attempts: int) -> dict[str, Any]:
    """Return the values of a claimed row: due again when the lease ends, one attempt more than `attempts`."""
    return {"due_at": now + lease, "claim": token, "attempts": attempts + 1}


def claim(
    conn: sa.Connection, table: sa.Table, now: datetime, lease: timedelta, most: int, *wanted: sa.ColumnElement[bool]
) -> tuple[UUID, list[Key]]:
    """Claim up to `most` due rows: their `due_at` moves on by the lease, and the attempt is counted.

    The claims of a worker that dies become due again. The token fences off a worker that continues after its lease.
    """
    columns = table.c
    due = (
        sa.select(columns.agency_id, columns.id, columns.attempts)
        .where(is_due(table, now), *wanted)
        .order_by(columns.due_at, columns.id)
        .limit(most)
        .options(across_agencies("a worker claims what is due of any agency"))
    )
    found = conn.execute(skip_locked(conn, due)).all()
    token = uuid4()
    _update_claimed(
        conn,
        table,
        [((agency_id, id), claim_values(now, lease, token, attempts)) for agency_id, id, attempts in found],
    )
    return token, [(agency_id, id) for agency_id, id, _ in found]


def park(conn: sa.Connection, table: sa.Table, now: datetime, **values: Any) -> int:
    """Park rows whose last attempt was claimed and never completed. Return their number.

    A running worker completes its rows itself; these are due and out of attempts, so that `claim` skips them.
    """
    parked = sa.update(table).where(is_lost(table, now)).values({"due_at": None, "claim": None} | values)
    parked = parked.options(across_agencies("a worker parks what failed too often of any agency"))
    return conn.execute(parked).rowcount


def lost_keys(conn: sa.Connection, table: sa.Table, now: datetime) -> list[Key]:
    """Return the keys of rows whose last attempt was claimed and never completed, and do not park them."""
    rows = sa.select(table.c.agency_id, table.c.id).where(is_lost(table, now))
    rows = rows.options(across_agencies("a worker gives up what failed too often of any agency"))
    return [(agency_id, id) for agency_id, id in conn.execute(rows)]


def revive(conn: sa.Connection, table: sa.Table, now: datetime, keys: Sequence[Key], **values: Any) -> None:
    """Make rows due now, without claims and failed attempts."""
    _update_claimed(conn, table, [(key, {"due_at": now, "claim": None, "attempts": 0} | values) for key in keys])


def postpone(
    conn: sa.Connection, table: sa.Table, key: Key, token: UUID, until: datetime, *, tried: bool = True, **values: Any
) -> bool:
    """Postpone a claimed row; `tried=False` does not count the attempt. Return False if the claim was lost."""
    attempts = table.c.attempts if tried else table.c.attempts - 1
    return _release(conn, table, key, token, {"due_at": until, "attempts": attempts} | values)


def complete(conn: sa.Connection, table: sa.Table, key: Key, token: UUID, **values: Any) -> bool:
    """Complete a claimed row: it is due no more. Return False, without a change, if the claim was lost."""
    return _release(conn, table, key, token, {"due_at": None, "attempts": 0} | values)


def holds_claim(conn: sa.Connection, table: sa.Table, key: Key, token: UUID) -> bool:
    """Return whether this token still holds the row, which is locked to the end of the transaction."""
    statement = sa.select(table.c.id).where(table.c.agency_id == key[0], table.c.id == key[1], table.c.claim == token)
    return conn.execute(lock_for_update(statement)).one_or_none() is not None


def _release(conn: sa.Connection, table: sa.Table, key: Key, token: UUID, values: dict[str, Any]) -> bool:
    mine = sa.and_(table.c.agency_id == key[0], table.c.id == key[1], table.c.claim == token)
    return conn.execute(sa.update(table).where(mine).values(claim=None, **values)).rowcount == 1


def _update_claimed(conn: sa.Connection, table: sa.Table, changes: Iterable[tuple[Key, dict[str, Any]]]) -> None:
    rows = [values | {"key_agency_id": agency_id, "key_id": id} for (agency_id, id), values in changes]
    write_rows(conn, [("update", table, rows)])
