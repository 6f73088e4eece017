"""Deliveries: how late healthy receivers get their events, alone and beside one that hangs with a thousand waiting."""

import asyncio
from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit import clock
from app.kit.http_client import HttpClient
from app.webhooks.endpoints.schemas import EndpointIn
from app.webhooks.endpoints.service import make_endpoint
from app.webhooks.models import event
from app.webhooks.outbox import create_deliveries
from app.webhooks.sending.sender import Sender
from app.worker import run_loop
from tests.bench.fixture import Fixture
from tests.bench.receiver import receiver
from tests.bench.timing import show, title
from tests.event_rows import raw_event_row

HEALTHY = 3
_PAUSE = 0.5
"""Seconds that an idle worker waits."""
_EVERY = 0.05
"""Seconds between two events: they are few, so that the delay is measured and not the throughput."""


async def run(fixture: Fixture, runs: int, waiting: int = 1000, each: int = 200) -> None:
    """Print the delays of the healthy receivers, in seconds from the writing of an event to its arrival."""
    title(f"deliver: {each} events, 20 a second, to {HEALTHY} receivers; {waiting:,} wait for one that hangs")
    for name, number in (("alone", 0), ("beside the one that hangs", waiting)):
        delays = [await _delays(fixture, number, each) for _ in range(runs)]
        show(f"{name}: p50 s", (times[len(times) // 2] for times in delays))
        show(f"{name}: p95 s (≤ 2)", (times[len(times) * 95 // 100] for times in delays))
        show(f"{name}: p99 s (≤ 5)", (times[len(times) * 99 // 100] for times in delays))


async def _delays(fixture: Fixture, waiting: int, each: int) -> list[float]:
    """The seconds of every event to every healthy receiver, the shortest first."""
    shared, written, delays, everything = fixture.shared, dict[str, float](), list[float](), asyncio.Event()

    def took(id: str) -> None:
        delays.append(clock.stopwatch() - written[id])
        if len(delays) == HEALTHY * each:
            everything.set()

    def work(conn: sa.Connection) -> UnitOfWork:
        return UnitOfWork(conn, clock.system_now(), fixture.caller, seal=shared.seal)

    def make(conn: sa.Connection, port: int, type: str) -> None:
        limits = {"rate_per_second": 1000}  # a receiver's own limit is a wish and no delay of ours
        body = EndpointIn.model_validate({"url": f"http://127.0.0.1:{port}/", "event_types": [type], **limits})
        make_endpoint(work(conn), body, private_targets=True)

    def happen(conn: sa.Connection, type: str, number: int) -> None:
        rows = [raw_event_row(work(conn), fixture.caller.agency_id, type, {}) for _ in range(number)]
        if rows:
            conn.execute(sa.insert(event), rows)
        create_deliveries(work(conn), rows)
        written.update((str(row["id"]), clock.stopwatch()) for row in rows)

    http = HttpClient(private_targets=True)
    sender = Sender(shared.database, shared.seal, http, clock.system_now, timedelta(seconds=60))
    async with receiver(None) as hanging, receiver(took) as healthy:
        for port, type in ((hanging, "flag.raised"), *((healthy, "flag.cleared"),) * HEALTHY):
            await shared.database.across_agencies().write(partial(make, port=port, type=type))
        await shared.database.across_agencies().write(partial(happen, type="flag.raised", number=waiting))
        sending = asyncio.create_task(run_loop("sending", sender.step, _PAUSE, sender.rest))
        for _ in range(each):
            await shared.database.across_agencies().write(partial(happen, type="flag.cleared", number=1))
            await asyncio.sleep(_EVERY)
        await everything.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await sender.stop(0)
    await fixture.database.across_agencies().write(fixture.forget_events)
    await http.close()
    return sorted(delays)
