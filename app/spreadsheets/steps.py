"""The worker's steps: the parts of files that wait are taken one at a time, and one that fails is tried again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.work import Work
from app.kit import due
from app.kit.agency_guard import across_agencies
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.errors import Problem
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import UNSEALED, Seal, seal_of
from app.kit.settings import Settings
from app.kit.slots import SlotPool
from app.spreadsheets.arranging import Part
from app.spreadsheets.models import spreadsheet_import, spreadsheet_part
from app.spreadsheets.service import finish, stop, take_part

SLOTS = 4
"""How many imports one process takes parts of at once, each of another agency."""
GAVE_UP = "Its next rows failed five times through no fault of theirs. Send the file again: what was taken is known."


@dataclass(frozen=True, slots=True)
class Claimed:
    """An import that this worker holds."""

    key: Key
    token: UUID


class Importer:
    """Takes the parts of files for one process: of each agency one at a time, of several agencies side by side."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._lease, self._seal = timedelta(seconds=settings.lease_seconds), seal_of(settings)
        self._pool = SlotPool("imports", SLOTS)

    async def step(self) -> int:
        """Start the next part of each import that waits, as far as slots are free; return how many that were."""
        shares = await self._pool.shares()
        claimed = await self.claim(shares.free)
        for one in claimed:
            self._pool.start(one.key, self._started(one))
        return len(claimed)

    async def rest(self, seconds: float) -> None:
        """Wait so many seconds, or until a part has been taken."""
        await self._pool.rest(seconds)

    async def settled(self) -> None:
        """Wait until every part that was started has been taken."""
        await self._pool.settled()

    async def stop(self) -> None:
        """Cancel what runs: it comes due again when its lease ends."""
        await self._pool.stop()

    async def claim(self, most: int) -> list[Claimed]:
        """Claim up to so many imports, the longest due first; of each agency the oldest alone."""
        now = self._clock()
        return await self._database.across_agencies().write(lambda conn: _claim(conn, now, self._lease, most))

    async def take(self, claimed: Claimed) -> int:
        """Take the next part of an import; return how many rows that were.

        The part goes in the same transaction as its rows come in: a worker that dies has done all of it or nothing.
        """

        def step(conn: sa.Connection) -> int:
            return _take_next(_work(conn, self._clock(), claimed.key, self._seal), claimed)

        try:
            return await self._database.of(claimed.key[0]).write(step)
        except Problem:
            raise
        except Exception as error:  # it stays claimed and comes due again, until it is given up
            log.error("import failed", agency_id=str(claimed.key[0]), import_id=str(claimed.key[1]), exc_info=error)
            return 0

    async def _started(self, claimed: Claimed) -> None:
        await self.take(claimed)


def _work(conn: sa.Connection, now: datetime, key: Key, seal: Seal) -> Work:
    return Work(conn, now, Caller(key[0], Role.admin), new_id, seal=seal)


def _claim(conn: sa.Connection, now: datetime, lease: timedelta, most: int) -> list[Claimed]:
    """Claim imports that are due, the longest due first, of agencies none of whose earlier ones still runs.

    An agency has a turn for each part: the next one is due when this one is taken, behind those that wait.
    """
    _give_up(conn, now)
    earlier = spreadsheet_import.alias("earlier")
    waits_for = sa.exists().where(
        earlier.c.agency_id == spreadsheet_import.c.agency_id,
        earlier.c.state == "running",
        earlier.c.id < spreadsheet_import.c.id,
    )
    token, keys = due.claim(conn, spreadsheet_import, now, lease, most, ~waits_for)
    return [Claimed(key, token) for key in keys]


def _give_up(conn: sa.Connection, now: datetime) -> None:
    """Stop what has failed too often; its last worker may have died without a word."""
    columns = spreadsheet_import.c
    failed = sa.select(columns.agency_id, columns.id).where(
        sa.text("due_at IS NOT NULL"), columns.due_at <= now, columns.attempts >= MOST_ATTEMPTS
    )
    failed = failed.options(across_agencies("a worker stops what failed too often of any agency"))
    for agency_id, import_id in conn.execute(failed).all():
        stop(_work(conn, now, (agency_id, import_id), UNSEALED), import_id, GAVE_UP)


def _take_next(work: Work, claimed: Claimed) -> int:
    if not due.holds(work.conn, spreadsheet_import, claimed.key, claimed.token):
        return 0
    _, import_id = claimed.key
    of = work.conn.execute(
        sa.select(spreadsheet_import).where(
            spreadsheet_import.c.agency_id == work.agency_id, spreadsheet_import.c.id == import_id
        )
    ).mappings()
    columns = spreadsheet_part.c
    waiting = sa.select(spreadsheet_part).where(columns.agency_id == work.agency_id, columns.import_id == import_id)
    first, *others = work.conn.execute(waiting.order_by(columns.number).limit(2)).all()
    taken = take_part(work, of.one(), Part.unpacked(work.seal.open(work.agency_id, first.sealed_rows)))
    mine = sa.and_(columns.agency_id == work.agency_id, columns.id == first.id)
    work.conn.execute(sa.delete(spreadsheet_part).where(mine))
    if others:
        due.revive(work.conn, spreadsheet_import, work.now, [claimed.key])
    else:
        finish(work, import_id)
    return taken
