"""The worker: loops that process due rows and pause while there are none. Any number of workers may run."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.applications import sweep
from app.applications.assessment_context import AssessmentContext
from app.applications.history_loader import Key
from app.connectors.api_client import EXCHANGE_SECONDS
from app.connectors.inbox.retention import drop_old_bodies
from app.connectors.inbox.worker import inbox_loops
from app.connectors.sync.schedule import schedule_missing_polls
from app.connectors.sync.worker import sync_loop
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.connectors.write_back.worker import write_back_loops
from app.kit import metrics
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.http_client import HttpClient
from app.kit.idempotency import delete_expired
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import Seal
from app.kit.settings import Settings
from app.spreadsheets.worker import ImportWorker
from app.webhooks.feed.sequencing import sequence_once
from app.webhooks.reconcile import create_missing_deliveries
from app.webhooks.retention import delete_expired_events
from app.webhooks.sending.recovery import fail_lost_attempts, reset_skewed_times
from app.webhooks.sending.sender import SHUTDOWN_SECONDS, Sender

TIDY_EVERY = timedelta(hours=1)

Step = Callable[[], Awaitable[int]]
"""A function that processes due rows once and returns their number. After 0, its loop pauses."""
Rest = Callable[[float], Awaitable[None]]
"""A function that pauses a loop for the given seconds, or less if new work may be due."""


async def run_loops(database: Database, settings: Settings, clock: Clock, seal: Seal) -> None:
    """Run every loop of the worker in parallel until cancelled, so that a slow CRM delays no assessment."""
    # What hangs in the one client, an endpoint or a CRM, takes nothing from the other.
    http, outgoing = (HttpClient(private_targets=settings.private_targets) for _ in range(2))
    # A dialogue with a CRM must end before its claim does: what was written would be written again.
    lease = timedelta(seconds=max(settings.lease_seconds, 2 * EXCHANGE_SECONDS + 10))
    context = WorkerContext(database, seal, http, clock, lease)
    sender = Sender(database, seal, outgoing, clock, timedelta(seconds=settings.lease_seconds))
    # Each fills its own slots, which agencies share: what hangs or is long for one agency leaves room for the others.
    shared: tuple[tuple[str, ConnectionLoop | ImportWorker], ...] = (
        *(("inbox", one) for one in inbox_loops(context)),
        ("sync", sync_loop(context)),
        *(("write-back", one) for one in write_back_loops(context)),
        ("imports", ImportWorker(database, settings, clock)),
    )
    pause = settings.sweep_pause_seconds
    try:
        async with asyncio.TaskGroup() as loops:
            loops.create_task(run_loop("sweep", lambda: sweep_once(database, settings, clock), pause))
            for name, one in shared:
                loops.create_task(run_loop(name, one.step, pause, one.rest))
            loops.create_task(run_loop("sending", sender.step, min(pause, 0.5), sender.rest))
            loops.create_task(run_loop("feed", lambda: sequence_once(database), pause))
            loops.create_task(
                run_loop("tidying", lambda: tidy_once(database, settings, clock), TIDY_EVERY.total_seconds())
            )
    finally:
        for _, one in shared:
            await one.stop()
        await sender.stop(SHUTDOWN_SECONDS)
        await http.close()
        await outgoing.close()


async def run_loop(name: str, step: Step, pause: float, rest: Rest = asyncio.sleep) -> None:
    """Call `step` repeatedly until cancelled, pausing for `pause` seconds whenever a step processed nothing.

    No error ends the loop. An error is logged, and the next step follows after the pause.
    """
    while True:
        try:
            done = await step()
        except Problem as problem:
            log.warning("worker waits", loop=name, reason=problem.detail)
            done = 0
        except Exception as error:  # a step that fails is logged and tried again; the loop is the last thing to stop
            log.error("worker step failed", loop=name, exc_info=error)
            done = 0
        if not done:
            await rest(pause)


async def tidy_once(database: Database, settings: Settings, clock: Clock) -> int:
    """Delete expired data and repair missed work such as missing deliveries, in several transactions. Return 0."""
    now = clock()
    raw, events = timedelta(days=settings.raw_days), timedelta(days=settings.event_days)
    chores: tuple[Callable[[Connection], int], ...] = (
        lambda conn: delete_expired(conn, now),
        lambda conn: drop_old_bodies(conn, now, raw),
        lambda conn: delete_expired_events(conn, now, events),
        lambda conn: create_missing_deliveries(conn, now),
        lambda conn: schedule_missing_polls(conn, now),
        lambda conn: fail_lost_attempts(conn, now),
        lambda conn: reset_skewed_times(conn, now),
    )
    for chore in chores:
        try:
            while await database.across_agencies().write(chore):
                pass
        except Problem:
            raise
        except Exception as error:  # the others are done all the same
            log.error("tidying failed", exc_info=error)
    await database.scrub()
    return 0


async def sweep_once(database: Database, settings: Settings, clock: Clock) -> int:
    """Claim one batch of due applications, assess them and return how many were assessed.

    Requests to reassess many applications are first turned into due applications.
    """
    asked_by = clock()
    while await database.across_agencies().write(lambda conn: sweep.spread(conn, asked_by)):
        pass
    # The clock is read again: spreading over a large agency must not use up the lease.
    now, lease = clock(), timedelta(seconds=settings.lease_seconds)
    token, keys = await database.across_agencies().write(
        lambda conn: sweep.claim(conn, now, lease, settings.sweep_batch)
    )
    if not keys:
        metrics.SWEEP_LAG.set(0)
        return 0

    try:
        assessed = await _assess(database, clock, token, keys)
    except Problem:
        raise
    except Exception as error:  # one failing application must not delay the others of its batch
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
    return await database.across_agencies().write(
        lambda conn: sweep.assess_claimed(AssessmentContext(conn, now, new_id), token, keys)
    )
