"""A request that was answered 200 is applied once, whichever process is killed and however often."""

import asyncio
import os
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.applications.models import application, interview
from app.connectors.models import inbound_event
from app.kit.clock import stopwatch, system_now
from app.kit.db import Database
from tests.connectors.processes import ServiceProcesses, until
from tests.connectors.signed_requests import SCHEMES
from tests.connectors.standard_events import STAGES, person
from tests.connectors.standard_events import interview as standard_interview
from tests.service import OPERATOR_KEY

EVENTS = int(os.environ.get("KEEPWARM_TEST_EVENTS", "60"))
"""How many; the long form is 1,000."""
AT_ONCE = 20
SYDNEY = {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


class Crm:
    """A CRM that sends its events at concurrency, and again what was not answered 200."""

    def __init__(self, processes: ServiceProcesses) -> None:
        self._house, self._process = processes, processes.serve()
        self.seconds: list[float] = []
        self.answers: Counter[object] = Counter()
        self._answered = count(1)
        self._up = asyncio.Event()
        with httpx.Client(base_url=processes.url) as client:
            operator = {"Authorization": f"Bearer {OPERATOR_KEY}"}
            key = client.post("/v1/agencies", json={"name": "Harbour", **SYDNEY}, headers=operator).json()["api_key"]
            self.key = {"Authorization": f"Bearer {key}"}
            body = {"system": "standard", "name": "Zapier", "stage_map": STAGES}
            made = client.post("/v1/connections", json=body, headers=self.key).json()
        self.id, self._secret = made["connection"]["id"], made["signing_secret"]
        self._path = "/hooks/" + made["connection"]["hook_url"].rpartition("/")[2]

    async def send(self, events: int, kill_at: set[int]) -> None:
        """Send them all; at these answers the service is killed, while others are under way, and started again."""
        numbers = iter(range(events))
        self._up.set()
        async with httpx.AsyncClient(base_url=self._house.url, timeout=30) as client:

            async def sender() -> None:
                for number in numbers:
                    while not await self._accepted(client, number):
                        pass
                    if next(self._answered) in kill_at:
                        self._up.clear()
                        self._house.kill(self._process)
                        self._process = await asyncio.to_thread(self._house.serve)
                        self._up.set()

            await asyncio.gather(*(sender() for _ in range(AT_ONCE)))

    async def _accepted(self, client: httpx.AsyncClient, number: int) -> bool:
        await self._up.wait()
        document = {"type": "interview.updated", "data": _interview(number)}
        request = SCHEMES["standard"].sign(document, self._secret, system_now(), f"msg_{number}")
        began = stopwatch()
        try:
            answer = await client.post(
                self._path, content=request.body, headers={**request.headers, "content-type": "application/json"}
            )
        except httpx.TransportError:
            self.answers["broken off"] += 1
            return False
        self.answers[answer.status_code] += 1
        self.seconds.append(stopwatch() - began)
        return answer.status_code == 200

    def applied(self) -> int:
        """Return the number of applied events, as the service counts them."""
        found: int = self._health()["applied"]
        return found

    def waiting(self) -> int:
        """Return the number of waiting events, as the service counts them."""
        found: int = self._health()["waiting"]
        return found

    def _health(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self._house.url}/v1/connections/{self.id}/health", headers=self.key).json()
        return found


def _interview(number: int) -> dict[str, Any]:
    return standard_interview(system_now(), id=f"i{number}", application=person(number))


def _keys(url: str) -> dict[str, list[str]]:
    """The CRM's ids of what the database holds."""

    def step(conn: sa.Connection) -> dict[str, list[str]]:
        def all_of(column: sa.Column[Any], *wanted: sa.ColumnElement[bool]) -> list[str]:
            return sorted(conn.scalars(sa.select(column).where(*wanted)).all())

        return {
            "applied": all_of(inbound_event.c.key, inbound_event.c.state == "applied"),
            "applications": all_of(application.c.external_id),
            "interviews": all_of(interview.c.external_id),
        }

    async def run() -> dict[str, list[str]]:
        database = Database(url, pool=1)
        try:
            return await database.across_agencies().read(step)
        finally:
            await database.close()

    return asyncio.run(run())


def test_an_accepted_event_is_applied_once_whichever_process_dies(own_database_url: str, tmp_path: Path):
    with ServiceProcesses(own_database_url, tmp_path) as processes:
        crm = Crm(processes)
        asyncio.run(crm.send(EVENTS, {EVENTS // 3, EVENTS * 2 // 3}))
        assert len(_keys(own_database_url)["applied"]) == 0
        first, second, survivor = processes.work(), processes.work(), processes.work()
        until(first, lambda: crm.applied() >= EVENTS // 5)
        processes.kill(first)
        until(second, lambda: crm.applied() >= EVENTS // 2)
        processes.kill(second)
        until(survivor, lambda: crm.waiting() == 0)
        log = processes.log()
    found, numbers = _keys(own_database_url), range(EVENTS)
    assert found["applied"] == sorted(f"msg_{number}" for number in numbers)
    assert found["applications"] == sorted(f"a{number}" for number in numbers)
    assert found["interviews"] == sorted(f"i{number}" for number in numbers)
    assert set(crm.answers) <= {200, 503, "broken off"}, log[-2000:]
    slowest = sorted(crm.seconds)
    # Shown by `pytest -rP`: a time limit belongs to a benchmark.
    sys.stdout.write(
        f"{dict(crm.answers)}; p99 {slowest[len(slowest) * 99 // 100 - 1]:.3f} s, most {slowest[-1]:.3f} s"
    )


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's proxies are not asked for what is on the machine itself."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
