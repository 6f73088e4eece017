"""The worker: finds what is due, assesses it, and rests when there is nothing; the same loop for one and for many."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.applications import sweep
from app.applications.history import Key
from app.kit import metrics
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.idempotency import forget_old
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.settings import Settings

TIDY_EVERY = timedelta(hours=1)


async def run(database: Database, settings: Settings, clock: Clock) -> None:
    """Sweep until cancelled. A database that is away is waited for; nothing else ends the loop either."""
    tidied: datetime | None = None
    while True:
        try:
            assessed = await sweep_once(database, settings, clock)
            if tidied is None or clock() - tidied >= TIDY_EVERY:
                tidied = clock()
                await database.write(lambda conn: forget_old(conn, clock()))
        except Problem as problem:
            log.warning("worker waits", reason=problem.detail)
            assessed = 0
        except Exception as error:  # a step that fails is logged and tried again; the loop is the last thing to stop
            log.error("worker step failed", exc_info=error)
            assessed = 0
        if not assessed:
            await asyncio.sleep(settings.sweep_pause_seconds)


async def sweep_once(database: Database, settings: Settings, clock: Clock) -> int:
    """One step: spread requests for reassessment, claim a batch, assess it. Answers how many were assessed."""
    asked_by = clock()
    while await database.write(lambda conn: sweep.spread(conn, asked_by)):
        pass
    # The clock is read again: spreading over a large agency must not use up the lease.
    now, lease = clock(), timedelta(seconds=settings.lease_seconds)
    token, keys = await database.write(lambda conn: sweep.claim(conn, now, lease, settings.sweep_batch))
    if not keys:
        metrics.SWEEP_LAG.set(0)
        return 0

    try:
        assessed = await _assess(database, clock, token, keys)
    except Problem:
        raise
    except Exception as error:  # one poisoned application must not hold up the others of its batch
        log.error("batch failed; assessing one by one", size=len(keys), exc_info=error)
        assessed = await _one_by_one(database, clock, token, keys)
    metrics.SWEPT.labels("assessed").inc(assessed)
    return assessed


async def _one_by_one(database: Database, clock: Clock, token: UUID, keys: Sequence[Key]) -> int:
    assessed = 0
    for key in keys:
        try:
            assessed += await _assess(database, clock, token, [key])
        except Problem:
            raise
        except Exception as error:  # it stays claimed and comes due again, until it is parked
            metrics.SWEPT.labels("failed").inc()
            log.error("assessment failed", agency_id=str(key[0]), application_id=str(key[1]), exc_info=error)
    return assessed


async def _assess(database: Database, clock: Clock, token: UUID, keys: Sequence[Key]) -> int:
    now = clock()
    return await database.write(lambda conn: sweep.assess_claimed(sweep.worker_work(conn, now, new_id), token, keys))
