"""The state of the database's disk: full or not, as the last write found it."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.kit.clock import monotonic

FULL_SECONDS = 60.0
"""How long after the last failed write the disk counts as full. A process out of service gets no writes to try."""


class Disk:
    """The database's disk: full for a minute after a write that failed for lack of room, or until a change succeeds."""

    def __init__(self) -> None:
        self._full_until = 0.0

    @property
    def is_full(self) -> bool:
        """True if a write failed for lack of room lately, and none has succeeded since."""
        return monotonic() < self._full_until

    def note(self, *, full: bool) -> None:
        """Remember whether the last write failed because the disk is full."""
        self._full_until = monotonic() + FULL_SECONDS if full else 0.0


class Counted:
    """A transaction that counts its changes: one that changes nothing does not prove that the disk has room."""

    def __init__(self, step: Callable[[sa.Connection], Any]) -> None:
        self._step, self.changes = step, 0

    def __call__(self, conn: sa.Connection) -> Any:
        """Run the transaction, and note whether it changed a row."""
        before = _changes(conn)
        answer = self._step(conn)
        self.changes = _changes(conn) - before
        return answer


def _changes(conn: sa.Connection) -> int:
    """Return how many rows the connection has changed (SQLite), or 1 if the transaction writes (PostgreSQL)."""
    if conn.dialect.name == "sqlite":
        changes: int = conn.connection.driver_connection.total_changes  # type: ignore[union-attr]
        return changes
    return int(conn.scalar(sa.select(sa.func.pg_current_xact_id_if_assigned().is_not(None))) or 0)
