"""The baseline of a transaction: its statements, recorded from the service, run again by the driver alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from app.kit.dialects import POSTGRES_SETTINGS, sqlite_pragmas


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of the driver."""

    text: str
    parameters: Any
    many: bool


Transaction = list[Statement]


@contextmanager
def recording() -> Iterator[Transaction]:
    """Record the statements that SQLAlchemy gives the driver, without those that begin and end transactions."""
    seen: Transaction = []

    def note(_: Any, __: Any, text: str, parameters: Any, ___: Any, many: bool) -> None:
        if not text.startswith("BEGIN"):
            seen.append(Statement(text, parameters, many))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


class Sqlite:
    """One connection in one loop, a commit a transaction."""

    name = "bare sqlite3 in one loop"
    target, slowest = "good ≥ 0.5, ambitious ≥ 0.7", "≤ 40"
    lanes = 1

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)

    async def open(self) -> None:
        """Set it up as the service does."""
        for pragma in sqlite_pragmas(writing=True):
            self._connection.execute(pragma)

    async def run(self, lane: int, transaction: Transaction, *, writing: bool) -> None:
        """Run a transaction and read every answer."""
        self._connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
        for one in transaction:
            run = self._connection.executemany if one.many else self._connection.execute
            run(one.text, one.parameters).fetchall()
        self._connection.execute("COMMIT")

    async def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Postgres:
    """asyncpg with eight connections, its statements prepared."""

    name = "bare asyncpg on 8 connections"
    target, slowest = "no target: it is not pgbench", "≤ 25"
    lanes = 8

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connections: list[Any] = []

    async def open(self) -> None:
        """Connect."""
        self._connections = [
            await asyncpg.connect(self._url, server_settings=POSTGRES_SETTINGS) for _ in range(self.lanes)
        ]

    async def run(self, lane: int, transaction: Transaction, *, writing: bool) -> None:
        """Run a transaction; a reading one is its statements alone, as in the service."""
        connection = self._connections[lane]
        if writing:
            await connection.execute("BEGIN")
        for one in transaction:
            for parameters in one.parameters if one.many else [one.parameters]:
                await connection.fetch(one.text, *parameters)
        if writing:
            await connection.execute("COMMIT")

    async def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            await connection.close()


def baseline_of(url: str) -> Sqlite | Postgres:
    """Return the driver of this database, not yet connected."""
    return Sqlite(url) if url.startswith("sqlite") else Postgres(url)
