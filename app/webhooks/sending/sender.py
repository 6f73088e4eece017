"""The sender: many attempts at once, each with its own time limit, none waiting for another's receiver."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.work import Work
from app.kit.clock import Clock, stopwatch
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.http import HttpClient, HttpFailure, HttpRequest
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import Seal
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


class Sender:
    """Sends for one process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock
        self._lease = max(lease, LEAST_LEASE)
        self._under_way: set[asyncio.Task[None]] = set()
        # Set when an attempt ends, also while a step looks: what the step passed over is then looked at again at once.
        self._ended = asyncio.Event()

    async def step(self) -> int:
        """Begin what is due, as far as there is room. Answers how many attempts were begun."""
        self._ended.clear()
        room = MOST - len(self._under_way)
        if room <= 0:
            await self._ended.wait()
            return 1
        now = self._clock()
        taken = await self._database.write(lambda conn: take(conn, self._seal, now, self._lease, room))
        for one in taken:
            task = asyncio.create_task(self._send(one))
            self._under_way.add(task)
            task.add_done_callback(self._let_go)
        return len(taken)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._ended.set()

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until an attempt ends: then its endpoint may be sent the next."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def settled(self) -> None:
        """Wait until every attempt that was begun has ended."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def stop(self) -> None:
        """Break off; what was under way comes due again when its lease ends, and is sent with the same id."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send(self, taken: Taken) -> None:
        began, now = stopwatch(), self._clock()
        headers = {
            "content-type": "application/json",
            "user-agent": "Keepwarm",
            **signed_headers(str(taken.event_id), now, taken.body, taken.secrets),
        }
        request = HttpRequest("POST", taken.url, headers, taken.body)
        try:
            try:
                came = await self._http.send(request, seconds=SECONDS, keep=KEPT)
                answer = Answer(_since(began), came.status, None, came.headers.get("retry-after"), came.body)
            except HttpFailure as failure:
                answer = Answer(_since(began), error=failure.kind)
            await self._database.write(lambda conn: settle(self._work(conn, taken), taken, answer, random.random))
        except Problem as problem:  # it comes due again when its lease ends
            log.warning("attempt not settled", delivery_id=str(taken.key[1]), reason=problem.detail)
        except Exception as error:
            log.error("attempt not settled", delivery_id=str(taken.key[1]), exc_info=error)

    def _work(self, conn: sa.Connection, taken: Taken) -> Work:
        return Work(conn, self._clock(), Caller(taken.key[0], Role.admin), new_id, None, self._seal)


def _since(began: float) -> int:
    return int((stopwatch() - began) * 1000)
