"""Sending: how many deliveries a second one process makes to receivers that take them at once, beside httpx alone."""

import asyncio
from datetime import timedelta
from functools import partial
from itertools import count

import httpx
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
from tests.bench.timing import ratio, show, title
from tests.event_rows import raw_event_row

ENDPOINTS = 4
"""Several endpoints, since the highest rate of an endpoint is a limit of its own."""
_AT_ONCE = (1, 8, 32)
"""With how many requests at once httpx is tried; its best counts."""
_BODY = b"x" * 400
"""A text about as long as an event."""


async def run(fixture: Fixture, runs: int, each: int = 2000) -> None:
    """Print deliveries a second: claimed, signed, sent and settled."""
    title(f"send: {each:,} deliveries to {ENDPOINTS} endpoints that take them at once")
    ours, baselines = list[float](), list[float]()
    for _ in range(runs):
        baselines.append(max([await _httpx_alone(each, at_once) for at_once in _AT_ONCE]))
        ours.append(await _sent(fixture, each))
    show("deliveries/s", ours)
    show("httpx alone, requests/s", baselines)
    ratio("of httpx alone", ours, baselines, "good ≥ 0.3, ambitious ≥ 0.6")


async def _httpx_alone(each: int, at_once: int) -> float:
    numbers = iter(range(each))
    async with receiver(lambda _: None) as port, httpx.AsyncClient(trust_env=False) as client:

        async def lane() -> None:
            for number in numbers:
                headers = {"webhook-id": str(number), "content-type": "application/json"}
                await client.post(f"http://127.0.0.1:{port}/", content=_BODY, headers=headers)

        began = clock.stopwatch()
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(lane())
        return each / (clock.stopwatch() - began)


async def _sent(fixture: Fixture, each: int) -> float:
    shared, arrived, everything = fixture.shared, count(1), asyncio.Event()

    def took(_: str) -> None:
        if next(arrived) == each:
            everything.set()

    def work(conn: sa.Connection) -> UnitOfWork:
        return UnitOfWork(conn, clock.system_now(), fixture.caller, seal=shared.seal)

    def make(conn: sa.Connection, port: int) -> None:
        most = {"rate_per_second": 1000, "concurrency": 50}
        body = EndpointIn.model_validate({"url": f"http://127.0.0.1:{port}/"} | most)
        make_endpoint(work(conn), body, private_targets=True)

    def happen(conn: sa.Connection) -> None:
        rows = [
            raw_event_row(work(conn), fixture.caller.agency_id, "flag.raised", {}) for _ in range(each // ENDPOINTS)
        ]
        conn.execute(sa.insert(event), rows)
        create_deliveries(work(conn), rows)

    http = HttpClient(private_targets=True)
    sender = Sender(shared.database, shared.seal, http, clock.system_now, timedelta(seconds=60))
    async with receiver(took) as port:
        for _ in range(ENDPOINTS):
            await shared.database.across_agencies().write(partial(make, port=port))
        await shared.database.across_agencies().write(happen)
        await fixture.analyze()
        began = clock.stopwatch()
        sending = asyncio.create_task(run_loop("sending", sender.step, 0.5, sender.rest))
        await everything.wait()
        await sender.wait_until_idle()
        seconds = clock.stopwatch() - began
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await sender.stop(0)
    await fixture.database.across_agencies().write(fixture.forget_events)
    await http.close()
    return each / seconds
