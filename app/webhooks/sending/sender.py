"""The sender: many attempts at once, each with its own time limit, none waiting for another's receiver."""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from app.access.caller import Caller, Role
from app.access.work import Work
from app.kit import metrics
from app.kit.clock import Clock, stopwatch
from app.kit.db import Database
from app.kit.due import Key
from app.kit.errors import Problem
from app.kit.http import HttpClient, HttpFailure, HttpRequest
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import Seal
from app.kit.slots import SlotPool
from app.kit.together import Together
from app.webhooks.sending.claiming import Taken, take
from app.webhooks.sending.settling import Answer, settle
from app.webhooks.sending.signing import signed_headers

SECONDS = 15
"""How long one attempt may take, by the wall clock."""
LEAST_LEASE = timedelta(seconds=SECONDS + 5)
"""A claim outlasts its attempt and the settling, however short the setting: what is under way is not sent again."""
KEPT = 4096
"""How many bytes of an answer are kept; the rest is never read."""
MOST = 200
"""How many attempts one process makes at once."""
GRACE = 8.0
"""Seconds that what is under way gets when the process is asked to end: whoever ends it waits ten, as a rule."""


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of an attempt, and until when, by the stopwatch, its claim lasts."""

    taken: Taken
    answer: Answer
    until: float


class Sender:
    """Sends for one process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock
        self._lease = max(lease, LEAST_LEASE)
        self.pool = SlotPool("deliveries", MOST)
        # The endpoint's row is the gate: each by itself they would wait there for each other, and hold connections.
        self._settling: Together[Key, _Came] = Together(self._settle)

    async def step(self) -> int:
        """Begin what is due, as far as slots are free; return how many attempts were begun."""
        shares = await self.pool.shares()
        now = self._clock()
        taken = await self._database.across_agencies().write(lambda conn: take(conn, now, self._lease, shares.copy()))
        for one in taken:
            self.pool.start(one.endpoint, self._send(one))
        return len(taken)

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until an attempt ends: then its endpoint may be sent the next."""
        await self.pool.rest(seconds)

    async def settled(self) -> None:
        """Wait until every attempt that was begun has ended."""
        await self.pool.settled()

    async def stop(self, grace: float) -> None:
        """Give what is under way so many seconds to end, then break it off: it comes due again when its lease ends,
        and is sent with the same id. What was the last attempt of a delivery is then listed as `lost`."""
        await self.pool.stop(grace)

    async def _send(self, taken: Taken) -> None:
        until = stopwatch() + self._lease.total_seconds()
        try:
            answer = await self._attempt(taken)
            came = "delivered" if answer.succeeded else answer.error or str(answer.status)
            metrics.WEBHOOK_ATTEMPTS.labels(came).inc()
            await self._settling.do(taken.endpoint, _Came(taken, answer, until))
        except Problem as problem:  # it comes due again when its lease ends
            log.warning("attempt not settled", delivery_id=str(taken.key[1]), reason=problem.detail)
        except Exception as error:
            log.error("attempt not settled", delivery_id=str(taken.key[1]), exc_info=error)

    async def _attempt(self, taken: Taken) -> Answer:
        began, now = stopwatch(), self._clock()
        secrets = [*self._opened(taken)]
        if not secrets:
            return Answer(now, 0, error="no_secret")
        headers = {
            "content-type": "application/json",
            "user-agent": "Keepwarm",
            **signed_headers(str(taken.event_id), now, taken.body, secrets),
        }
        try:
            came = await self._http.send(
                HttpRequest("POST", taken.url, headers, taken.body), seconds=SECONDS, keep=KEPT
            )
        except HttpFailure as failure:
            return Answer(now, _since(began), error=failure.kind)
        return Answer(now, _since(began), came.status, None, came.headers.get("retry-after"), came.body)

    def _opened(self, taken: Taken) -> Iterator[str]:
        for sealed in taken.sealed_secrets:
            with suppress(Problem):  # sealed under a key that is no more; a newer secret may sign alone
                yield self._seal.open(taken.key[0], sealed).decode()

    async def _settle(self, came: Sequence[_Came]) -> None:
        """Write down what came, again and again as long as one of the claims lasts where the database is away: what
        arrived is not sent again for want of a note."""
        ended = [(one.taken, one.answer) for one in came]
        caller = Caller(came[0].taken.key[0], Role.admin)

        def step(conn: sa.Connection) -> None:
            settle(Work(conn, self._clock(), caller, new_id, None, self._seal), ended, random.random)

        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Problem),
            stop=stop_after_delay(max(one.until for one in came) - stopwatch()),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            reraise=True,
        ):
            with attempt:
                await self._database.of(caller.agency_id).write(step)


def _since(began: float) -> int:
    return int((stopwatch() - began) * 1000)
