"""The clients: they write until enough is acknowledged, retry requests without an answer, and keep a ledger."""

import json
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

from app.kit.clock import stopwatch, system_now
from tests.crash.wire import Broken, Line, rest

TRANSIENT = {409: {"idempotency_key_in_use"}, 503: {"database_unavailable"}}
"""Refusals after which the same request is made again."""
REFUSALS = {"illegal_transition", "before_the_latest"}
"""Refusals that random moves earn; nothing may come of them."""
OPEN = 64
"""How many applications are talked about at once, by all clients together."""
AN_APPLICATION_EVERY = 25
PARTIES = ("candidate", "recruiter", "client")
PURPOSES = ("thank_you", "question", "answer", "information", "check_in", "chase", "unspecified")
STAGES = ("awaiting_decision", "reference_check", "screening", "on_hold", "interviewed")


class Written(NamedTuple):
    """An acknowledged write: the table of what it made, and the id that was answered."""

    table: str
    id: str


@dataclass
class Ledger:
    """The writes of the clients. A write has its Idempotency-Key, which stands in its row, too."""

    acknowledged: dict[str, Written] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    unanswered: int = 0
    asked_again: int = 0
    violations: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


class SharedState:
    """State that the clients share: the ports of the service, the agency's key and jobs, and the applications."""

    def __init__(self, ports: Sequence[int], key: str, seed: int) -> None:
        self.ports, self.key, self.seed = ports, key, seed
        self.jobs: list[str] = []
        self.ledger, self.ended = Ledger(), False
        self.open: deque[tuple[str, str | None]] = deque(maxlen=OPEN)
        """Applications, each with its interview where that is over."""


class Client:
    """One client with a connection of its own and one request at a time."""

    def __init__(self, shared: SharedState, number: int) -> None:
        self._shared, self._number, self._which = shared, number, number
        self._chance = random.Random(f"{shared.seed} {number}")
        self._numbers, self._line = count(), Line()

    async def run(self) -> None:
        """Write until the storm has ended, and see the last request through."""
        try:
            while not self._shared.ended:
                if not self._shared.open or self._chance.random() < 1 / AN_APPLICATION_EVERY:
                    await self._open()
                else:
                    await self._go_on(*self._chance.choice(self._shared.open))
        finally:
            await self._line.close()

    async def _open(self) -> None:
        """Create a candidate with two applications and their interviews. An interaction on one counts on the other."""
        candidate = await self._tell("candidate", "/v1/candidates", {"name": "Robin Reed"})
        for _ in range(2):
            job, opened_at = self._chance.choice(self._shared.jobs), system_now() - timedelta(days=10)
            body = {"candidate_id": candidate, "job_id": job, "opened_at": opened_at.isoformat()}
            id = await self._tell("application", "/v1/applications", body)
            if id is None:
                return
            # One ended days ago, so that flags are raised; the other ends in a moment, so that a sweep moves it on.
            ends_at = system_now() + self._chance.choice((timedelta(days=-3), timedelta(seconds=4)))
            times = {"booked_at": opened_at, "starts_at": ends_at - timedelta(hours=1), "ends_at": ends_at}
            interview = {name: at.isoformat() for name, at in times.items()}
            held = await self._tell("interview", f"/v1/applications/{id}/interviews", interview)
            self._shared.open.append((id, held if ends_at < system_now() else None))

    async def _go_on(self, id: str, held: str | None) -> None:
        if held is not None and self._chance.random() < 0.02:
            await self._tell("interaction", f"/v1/interviews/{held}/follow-ups", {"reached": True})
            return
        if self._chance.random() < 0.06:
            body = {"to": self._chance.choice(STAGES)}
            await self._tell("transition", f"/v1/applications/{id}/transitions", body)
            return
        sender, receiver = self._chance.sample(PARTIES, 2)
        said = {"from_party": sender, "to_party": receiver, "purpose": self._chance.choice(PURPOSES)}
        await self._tell("interaction", f"/v1/applications/{id}/interactions", said | {"channel": "email"})

    async def _tell(self, table: str, path: str, body: Mapping[str, Any]) -> str | None:
        """Make one thing, however often it takes; its id, or None where it was refused."""
        key = f"{table}-{self._number}-{next(self._numbers)}"
        content = json.dumps({**body, **_marked(table, key)}).encode()
        ledger, began = self._shared.ledger, stopwatch()
        status, answer = await self._see_through(path, key, content)
        ledger.latencies.append(stopwatch() - began)
        if status != 201:
            ledger.refused.add(key)
            if answer.get("code") not in REFUSALS:
                ledger.violations.append(f"{key} was answered with {status}: {answer}")
            return None
        id = str(answer.get("interaction", answer)["id"])  # a follow-up answers the call beside what it brought
        ledger.acknowledged[key] = Written(table, id)
        if self._chance.random() < 0.02:
            ledger.asked_again += 1
            again = await self._see_through(path, key, content)
            if again != (status, answer):
                ledger.violations.append(f"{key} was answered differently when asked again: {again}")
        return id

    async def _see_through(self, path: str, key: str, content: bytes) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {self._shared.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        while True:
            try:
                port = self._shared.ports[self._which % len(self._shared.ports)]
                status, answer = await self._line.ask(port, "POST", path, headers, content)
            except Broken:
                self._shared.ledger.unanswered += 1
                self._which += 1  # the other API, where there is one
            else:
                if answer.get("code") not in TRANSIENT.get(status, ()):
                    return status, answer
            await rest(self._chance.uniform(0.05, 0.2))


def _marked(table: str, key: str) -> dict[str, Any]:
    """The key in what is made: where nothing keeps it unique if anything allows that, so that doubles would show."""
    match table:
        case "interaction":
            return {"summary": key}
        case "transition":
            return {"reason": key}
    return {"external_ref": {"system": "crash", "id": key}}
