"""The database of a process that remembers whether its disk is full."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.outages import is_disk_full

T = TypeVar("T")


class WatchedDatabase(Database):
    """A database whose `is_full` is true from a write that failed for lack of disk space to the next that succeeds."""

    is_full = False

    async def write(self, step: Callable[[sa.Connection], T]) -> T:
        """Run `step` in one transaction and commit it."""
        changes = 0

        def counted(conn: sa.Connection) -> T:
            nonlocal changes
            before = _changes(conn)
            answer = step(conn)
            changes = _changes(conn) - before
            return answer

        try:
            answer = await super().write(counted if self.is_full else step)
        except Problem as problem:
            if problem.__cause__ is not None and is_disk_full(problem.__cause__):
                self.is_full = True
            raise
        if changes:
            self.is_full = False
        return answer


def _changes(conn: sa.Connection) -> int:
    """Return a number that is larger after a change: a transaction that changes nothing proves no free space."""
    if conn.dialect.name == "sqlite":
        changes: int = conn.connection.driver_connection.total_changes  # type: ignore[union-attr]
        return changes
    return int(conn.scalar(sa.select(sa.func.pg_current_xact_id_if_assigned().is_not(None))) or 0)
