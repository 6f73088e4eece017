"""The worker of imports: imports the stored batches of each file in order, and retries a batch that failed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.kit import due_rows
from app.kit.clock import Clock
from app.kit.concurrency_slots import SlotPool
from app.kit.db import Database
from app.kit.due_rows import Key
from app.kit.errors import Problem
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import UNSEALED, Seal, make_seal
from app.kit.settings import Settings
from app.spreadsheets.batching import Batch
from app.spreadsheets.models import spreadsheet_import, spreadsheet_part
from app.spreadsheets.service import finish_import, import_rows, stop_import

SLOTS = 4
"""The number of imports that one process runs at the same time, each for another agency."""
STOPPED = (
    "The import failed five times for a reason outside the file. Send the file again: imported rows stay as they are."
)


@dataclass(frozen=True, slots=True)
class ClaimedImport:
    """An import that this worker has claimed, with the token of the claim."""

    key: Key
    token: UUID


class ImportWorker:
    """The import worker of one process: imports one batch at a time for each agency, and several agencies at once."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._lease, self._seal = timedelta(seconds=settings.lease_seconds), make_seal(settings)
        self._pool = SlotPool("imports", SLOTS)

    async def step(self) -> int:
        """Start the next batch of as many waiting imports as there are free slots.

        Return the number of started batches.
        """
        shares = await self._pool.shares()
        claimed = await self.claim(shares.free)
        for one in claimed:
            self._pool.start(one.key, self._run(one))
        return len(claimed)

    async def rest(self, seconds: float) -> None:
        """Wait up to `seconds`, but return as soon as a running batch ends."""
        await self._pool.rest(seconds)

    async def stop(self) -> None:
        """Cancel the running batches. Their imports become due again when their leases end."""
        await self._pool.stop()

    async def claim(self, limit: int) -> list[ClaimedImport]:
        """Claim up to `limit` imports, those due longest first, and only the oldest import of each agency."""
        now = self._clock()
        return await self._database.across_agencies().write(lambda conn: _claim(conn, now, self._lease, limit))

    async def import_batch(self, claimed: ClaimedImport) -> int:
        """Import the next batch of a claimed import and return the number of its rows.

        Return 0 if the import failed or the claim is lost. The stored batch is deleted in the transaction that imports
        its rows: after a crash, both have happened or neither.
        """

        def step(conn: sa.Connection) -> int:
            return _import_next_batch(_work(conn, self._clock(), claimed.key, self._seal), claimed)

        try:
            return await self._database.of(claimed.key[0]).write(step)
        except Problem:
            raise
        except Exception as error:  # the claim ends with its lease, and the batch is retried
            log.error("import failed", agency_id=str(claimed.key[0]), import_id=str(claimed.key[1]), exc_info=error)
            return 0

    async def _run(self, claimed: ClaimedImport) -> None:
        await self.import_batch(claimed)


def _work(conn: sa.Connection, now: datetime, key: Key, seal: Seal) -> UnitOfWork:
    return UnitOfWork(conn, now, Caller(key[0], Role.admin), new_id, seal=seal)


def _claim(conn: sa.Connection, now: datetime, lease: timedelta, limit: int) -> list[ClaimedImport]:
    """Claim up to `limit` due imports, those due longest first. An agency's later imports wait for its running import.

    After each batch an import is due again behind the other imports, so that agencies take turns.
    """
    _stop_failed(conn, now)
    earlier = spreadsheet_import.alias("earlier")
    has_earlier = sa.exists().where(
        earlier.c.agency_id == spreadsheet_import.c.agency_id,
        earlier.c.state == "running",
        earlier.c.id < spreadsheet_import.c.id,
    )
    token, keys = due_rows.claim(conn, spreadsheet_import, now, lease, limit, ~has_earlier)
    return [ClaimedImport(key, token) for key in keys]


def _stop_failed(conn: sa.Connection, now: datetime) -> None:
    """Stop the imports whose last permitted attempt was claimed and never completed, such as after a crash."""
    for key in due_rows.lost_keys(conn, spreadsheet_import, now):
        stop_import(_work(conn, now, key, UNSEALED), key[1], STOPPED)


def _import_next_batch(work: UnitOfWork, claimed: ClaimedImport) -> int:
    if not due_rows.holds_claim(work.conn, spreadsheet_import, claimed.key, claimed.token):
        return 0
    _, import_id = claimed.key
    stored = work.conn.execute(
        sa.select(spreadsheet_import).where(
            spreadsheet_import.c.agency_id == work.agency_id, spreadsheet_import.c.id == import_id
        )
    ).mappings()
    columns = spreadsheet_part.c
    waiting = sa.select(spreadsheet_part).where(columns.agency_id == work.agency_id, columns.import_id == import_id)
    first, *others = work.conn.execute(waiting.order_by(columns.number).limit(2)).all()
    row_count = import_rows(work, stored.one(), Batch.from_bytes(work.seal.open(work.agency_id, first.sealed_rows)))
    scope = sa.and_(columns.agency_id == work.agency_id, columns.id == first.id)
    work.conn.execute(sa.delete(spreadsheet_part).where(scope))
    if others:
        due_rows.revive(work.conn, spreadsheet_import, work.now, [claimed.key])
    else:
        finish_import(work, import_id)
    return row_count
