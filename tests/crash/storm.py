"""A storm: clients write while processes are killed, then quiet, then the ledgers are joined."""

import asyncio
import json
import socket
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from app.kit.clock import stopwatch, system_now
from app.kit.db import Database
from app.webhooks.sending.sender import MIN_LEASE
from tests.crash.joining import Findings, compare, join_events, join_writes, quiet
from tests.crash.killing import Deaths, Keeper, Slot
from tests.crash.receiver import Receiver
from tests.crash.repeating import join_repeats
from tests.crash.telling import join_facts
from tests.crash.wire import Line, rest
from tests.crash.writing import Client, Ledger, SharedState

OPERATOR_KEY = "kw_operator_key_of_the_whole_storm"
JOBS = 40
QUIET_SECONDS = 600
"""How long after the storm everything may take to come to rest while nothing is done any more."""


class Wish(NamedTuple):
    """An endpoint: what it wants, how much at once, and which share of events it answers with 500 at first."""

    type: str | None
    concurrency: int
    first_fails: float = 0


ENDPOINTS: Mapping[str, Wish] = {
    "many-at-once": Wish(None, 20),
    "one-at-a-time": Wish("application.stage_changed", 1),
    "failing-at-first": Wish("flag.raised", 20, 1 / 5),
}


@dataclass(frozen=True)
class Plan:
    """The size of a storm."""

    kills: int
    writes: int
    apis: int = 2
    workers: int = 2
    clients: int = 16
    lease_seconds: int = 10
    seed: int = 1


async def storm(url: str, folder: Path, plan: Plan, enough: asyncio.Event | None = None) -> Findings:
    """Run it on a migrated database without rows; logs go to the folder. Setting `enough` ends the writing early."""
    receiver, findings = Receiver(plan.seed), Findings()
    environment = {
        "KEEPWARM_DATABASE_URL": url,
        "KEEPWARM_OPERATOR_KEY": OPERATOR_KEY,
        "KEEPWARM_SECRET_KEY": "s" * 32,
        "KEEPWARM_EMBEDDED_WORKER": "false",
        "KEEPWARM_PRIVATE_TARGETS": "true",
        "KEEPWARM_RATE_LIMIT_PER_MINUTE": "0",
        "KEEPWARM_SWEEP_PAUSE_SECONDS": "0.1",
        "KEEPWARM_LEASE_SECONDS": str(plan.lease_seconds),
        "KEEPWARM_LOG_LEVEL": "warning",
    }
    ports = [_free_port() for _ in range(plan.apis)]
    slots = [Slot("api", at, ("serve", "--port", str(port)), environment, port) for at, port in enumerate(ports)]
    slots += [Slot("worker", plan.apis + at, ("work",), environment) for at in range(plan.workers)]
    began, shared = stopwatch(), SharedState(ports, "", plan.seed)
    keeper = Keeper(folder, plan.kills, lambda: len(shared.ledger.acknowledged) / plan.writes, plan.seed)
    async with AsyncExitStack() as stack:
        port = await receiver.open()
        stack.push_async_callback(receiver.close)
        database = Database(url)
        stack.push_async_callback(database.close)
        ids = await _set_up(keeper, slots[0], shared, receiver, port)
        keeping = [asyncio.create_task(keeper.keep(slot)) for slot in slots]
        stack.push_async_callback(keeper.stop)
        await _write(shared, keeper.deaths, plan, enough or asyncio.Event())
        stormed = stopwatch()
        keeper.calm()
        await asyncio.gather(*keeping)
        # A process that ended by itself has failed the storm: its work may never be done.
        left = 0 if keeper.deaths.violations else await _come_to_rest(database)
        _numbers(findings, shared.ledger, keeper.deaths, stormed - began, stopwatch() - stormed)
        findings.none("still to do", [left] if left else [])
        lease = max(plan.lease_seconds, MIN_LEASE.total_seconds())
        await _join(database, shared.ledger, receiver, keeper.deaths, ids, lease, findings)
    findings.none("errors in the logs", _errors(folder))
    findings.none("what no client or process should meet", [*shared.ledger.violations, *keeper.deaths.violations])
    findings.none("requests that the receiver refused", receiver.refused)
    return findings


async def _join(
    database: Database, ledger: Ledger, receiver: Receiver, deaths: Deaths, ids: Mapping[str, UUID], lease: float,
    findings: Findings,
) -> None:  # fmt: skip
    await join_writes(database, ledger, findings)
    wanted = {id: ENDPOINTS[name].type for name, id in ids.items()}
    await join_events(database, {id: receiver.ledger[name] for name, id in ids.items()}, wanted, findings)
    await join_facts(database, findings)
    for name, wish in ENDPOINTS.items():
        join_repeats(name, receiver.ledger[name], deaths.kills, lease, wish.concurrency, findings)
    await compare(database, system_now, findings)


async def _set_up(keeper: Keeper, slot: Slot, shared: SharedState, receiver: Receiver, port: int) -> dict[str, UUID]:
    """Create an agency, its jobs, and endpoints that subscribe to all events before the storm."""
    process = keeper.start(slot)
    line = Line()

    async def make(path: str, body: Mapping[str, Any], key: str) -> Any:
        content = json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        status, answer = await line.ask(shared.ports[0], "POST", f"/v1/{path}", headers, content)
        assert status == 201, answer
        return answer

    await keeper.serves(slot, process)
    agency = {"name": "Harbour", "time_zone": "UTC", "holiday_region": "AU-NSW"}
    shared.key = (await make("agencies", agency, OPERATOR_KEY))["api_key"]
    client = await make("organisations", {"name": "Acme"}, shared.key)
    ids: dict[str, UUID] = {}
    for _ in range(JOBS):
        job = {"title": "Fitter", "organisation_id": client["id"]}
        shared.jobs.append((await make("jobs", job, shared.key))["id"])
    for name, wish in ENDPOINTS.items():
        address = {"url": f"http://127.0.0.1:{port}/{name}", "event_types": [wish.type] if wish.type else None}
        made = await make(
            "webhook-endpoints", {**address, "rate_per_second": 1000, "concurrency": wish.concurrency}, shared.key
        )
        ids[name] = UUID(made["endpoint"]["id"])
        receiver.expect(name, made["secret"], wish.first_fails)
    await line.close()
    await keeper.end(process)
    return ids


async def _write(shared: SharedState, deaths: Deaths, plan: Plan, enough: asyncio.Event) -> None:
    """Let the clients write until enough is acknowledged and enough is killed."""
    writing = [asyncio.create_task(Client(shared, number).run()) for number in range(plan.clients)]
    shown = stopwatch()
    while not enough.is_set() and (len(shared.ledger.acknowledged) < plan.writes or len(deaths.kills) < plan.kills):
        if deaths.violations or any(task.done() for task in writing):
            break
        await rest(0.1)
        if stopwatch() - shown > 20:
            shown = stopwatch()
            sys.stderr.write(f"{len(shared.ledger.acknowledged):,} acknowledged, {len(deaths.kills)} killed\n")
    shared.ended = True
    await asyncio.gather(*writing)


async def _come_to_rest(database: Database) -> int:
    """Wait until nothing is to be done, as long as it becomes less; return the rest."""
    least, since = await quiet(database), stopwatch()
    while least and stopwatch() - since < QUIET_SECONDS:
        await rest(0.3)
        left = await quiet(database)
        if left < least:
            least, since = left, stopwatch()
    return least


def _numbers(findings: Findings, ledger: Ledger, deaths: Deaths, seconds: float, afterwards: float) -> None:
    findings.count("seconds of storm", f"{seconds:.0f}")
    findings.count("seconds until quiet", f"{afterwards:.0f}")
    findings.count("acknowledged a second", f"{len(ledger.acknowledged) / seconds:.0f}")
    findings.count("kills", len(deaths.kills))
    for (kind, where), number in sorted(deaths.counted().items()):
        findings.count(f"  {kind} {where}", number)
    findings.spread("API answers again", deaths.recoveries)
    findings.spread("a write takes", ledger.latencies)


def _errors(logs: Path) -> list[str]:
    lines = (line for log in sorted(logs.glob("*.log")) for line in log.read_text().splitlines())
    return [line[:1000] for line in lines if '"level":"error"' in line.replace(" ", "")]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
