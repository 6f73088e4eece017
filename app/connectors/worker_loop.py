"""The worker loop of the connectors: it processes due rows in slots that agencies and connections share fairly."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.connectors.worker_context import WorkerContext
from app.kit import due_rows
from app.kit.agency_guard import across_agencies
from app.kit.concurrency_slots import Owner, SlotPool, SlotShares
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS, Key

Claim = tuple[Owner, UUID, Sequence[Key]]
"""A claim of due rows: the owner (agency id, connection id), the claim token, and the row keys."""
MAX_CONNECTIONS_SEEN = 1000
"""The most connections with due rows that one step loads from the database."""


class ConnectionLoop:
    """A loop that processes the due rows of one table. A connection whose CRM hangs blocks only its own slots.

    `handle` processes the rows of one slot: at most `batch` of one connection. `connection_id` names the column of the
    connection; `per_connection` is the most slots that it may hold. `parked` returns the values to set on a row whose
    worker crashed at each attempt.
    """

    def __init__(
        self,
        context: WorkerContext,
        table: sa.Table,
        handle: Callable[[Owner, UUID, Sequence[Key]], Awaitable[None]],
        *,
        slots: int,
        batch: int,
        parked: Callable[[datetime], Mapping[str, Any]],
        per_connection: int = 1,
        connection_id: str = "connection_id",
        wanted: Sequence[sa.ColumnElement[bool]] = (),
    ) -> None:
        self._context, self._table, self._handle, self._parked = context, table, handle, parked
        self._batch, self._per_connection = batch, per_connection
        self._connection_id, self._wanted = table.c[connection_id], wanted
        self._pool = SlotPool(table.name, slots)
        # Agencies take turns: the one that was served longest ago is first.
        self._turns: Counter[UUID] = Counter()
        self._turn = 0

    async def step(self) -> int:
        """Claim due rows for the free slots and start to process them; return how many. Wait while no slot is free."""
        shares, held = await self._pool.shares(), self._pool.held
        # The search takes longer the more is due, so it runs in a read and blocks no writes.
        now = self._context.clock()
        owners, dead = await self._context.across.read(lambda conn: (self._ready(conn, now), self._dead(conn, now)))
        owners = [owner for owner in owners if held[owner] < self._per_connection]
        if not (owners or dead):
            return 0
        claims = await self._context.across.write(lambda conn: self._claim(conn, owners, shares.copy(), held))
        for owner, token, keys in claims:
            self._turn += 1
            self._turns[owner[0]] = self._turn
            self._pool.start(owner, self._work(owner, token, keys))
        return sum(len(keys) for _, _, keys in claims)

    async def rest(self, seconds: float) -> None:
        """Wait for a number of seconds, or until a slot is free."""
        await self._pool.rest(seconds)

    async def stop(self) -> None:
        """Cancel the running work. The claimed rows become due again when their lease ends."""
        await self._pool.stop()

    async def _work(self, owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        await self._handle(owner, token, keys)

    def _claim(
        self, conn: sa.Connection, owners: Sequence[Owner], shares: SlotShares, held: Mapping[Owner, int]
    ) -> list[Claim]:
        now = self._context.clock()
        due_rows.park(conn, self._table, now, **self._parked(now))
        shares.queue(owners)
        claims: list[Claim] = []
        for owner in owners:
            slots = min(shares.left_for(owner), self._per_connection - held.get(owner, 0))
            keys: Sequence[Key] = ()
            if slots > 0:
                mine = (self._table.c.agency_id == owner[0], self._connection_id == owner[1], *self._wanted)
                token, keys = due_rows.claim(conn, self._table, now, self._context.lease, slots * self._batch, *mine)
                claims += [
                    (owner, token, keys[start : start + self._batch]) for start in range(0, len(keys), self._batch)
                ]
            shares.take(owner, -(-len(keys) // self._batch))
        return claims

    def _dead(self, conn: sa.Connection, now: datetime) -> bool:
        """Return True if there are rows to park, because a worker crashed at their last attempt."""
        columns = self._table.c
        out = (sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts >= MAX_CLAIM_ATTEMPTS)
        dead = sa.select(columns.id).where(*out).limit(1)
        return conn.execute(dead.options(across_agencies("a worker parks what failed too often"))).first() is not None

    def _ready(self, conn: sa.Connection, now: datetime) -> list[Owner]:
        """Return the connections with due rows: agencies served longest ago first, then the longest due rows."""
        columns = self._table.c
        found = conn.execute(
            sa.select(columns.agency_id, self._connection_id)
            .where(sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts < MAX_CLAIM_ATTEMPTS)
            .where(*self._wanted)
            .group_by(columns.agency_id, self._connection_id)
            .order_by(sa.func.min(columns.due_at))
            .limit(MAX_CONNECTIONS_SEEN)
            .options(across_agencies("a worker serves the connections of every agency"))
        )
        return sorted(((agency_id, id) for agency_id, id in found), key=lambda owner: self._turns[owner[0]])
