"""The sender of webhook deliveries: it runs many attempts at once, each with its own time limit."""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.kit import metrics
from app.kit.batching import KeyedBatcher
from app.kit.clock import Clock, stopwatch
from app.kit.concurrency_slots import SlotPool
from app.kit.db import Database
from app.kit.due_rows import Key
from app.kit.errors import Problem
from app.kit.http_client import HttpClient, HttpFailure, HttpRequest
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.sealing import Seal
from app.webhooks.sending.claim import ClaimedDelivery, claim_deliveries
from app.webhooks.sending.complete import AttemptResult, complete_attempts
from app.webhooks.sending.signing import signed_headers

ATTEMPT_SECONDS = 15
"""The time limit of one attempt to send an event, in seconds."""
MIN_LEASE = timedelta(seconds=ATTEMPT_SECONDS + 5)
"""The shortest lease of a claimed delivery. It outlasts the attempt and the recording of its result, so that no attempt
runs twice.
"""
MAX_ANSWER_BYTES = 4096
"""How many bytes of an endpoint's response are stored. The rest is not read."""
MAX_CONCURRENT_ATTEMPTS = 200
"""The most attempts that one process runs at once."""
SHUTDOWN_SECONDS = 8.0
"""How many seconds running attempts get at shutdown. Most process managers wait ten before they kill."""


@dataclass(frozen=True, slots=True)
class _CompletedAttempt:
    """An attempt with its result, and the stopwatch time at which its lease ends."""

    claimed: ClaimedDelivery
    result: AttemptResult
    lease_ends: float


class Sender:
    """The sender of webhook deliveries in one process: it claims due deliveries, sends them and saves the results."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock
        self._lease = max(lease, MIN_LEASE)
        self.pool = SlotPool("deliveries", MAX_CONCURRENT_ATTEMPTS)
        # Each result locks the endpoint's row: without batches, transactions would wait for it and hold connections.
        self._batcher: KeyedBatcher[Key, _CompletedAttempt] = KeyedBatcher(self._save_results)

    async def step(self) -> int:
        """Claim due deliveries for the free slots and start to send them; return how many were started."""
        shares = await self.pool.shares()
        now = self._clock()
        claimed = await self._database.across_agencies().write(
            lambda conn: claim_deliveries(conn, now, self._lease, shares.copy())
        )
        for one in claimed:
            self.pool.start(one.endpoint, self._send(one))
        return len(claimed)

    async def rest(self, seconds: float) -> None:
        """Wait up to `seconds`; return early when an attempt ends."""
        await self.pool.rest(seconds)

    async def wait_until_idle(self) -> None:
        """Wait until every started attempt has ended."""
        await self.pool.wait_until_idle()

    async def stop(self, grace: float) -> None:
        """Wait up to `grace` seconds for running attempts, then cancel them.

        A cancelled delivery becomes due again when its lease ends, and is sent with the same event id. If that was the
        last attempt of a delivery, it is recorded as `lost`.
        """
        await self.pool.stop(grace)

    async def _send(self, claimed: ClaimedDelivery) -> None:
        lease_ends = stopwatch() + self._lease.total_seconds()
        try:
            result = await self._attempt(claimed)
            outcome = "delivered" if result.succeeded else result.error or str(result.status)
            metrics.WEBHOOK_ATTEMPTS.labels(outcome).inc()
            await self._batcher.do(claimed.endpoint, _CompletedAttempt(claimed, result, lease_ends))
        except Problem as problem:  # the delivery becomes due again when its lease ends
            log.warning("attempt result not saved", delivery_id=str(claimed.key[1]), reason=problem.detail)
        except Exception as error:
            log.error("attempt result not saved", delivery_id=str(claimed.key[1]), exc_info=error)

    async def _attempt(self, claimed: ClaimedDelivery) -> AttemptResult:
        started, now = stopwatch(), self._clock()
        secrets = [*self._open_secrets(claimed)]
        if not secrets:
            return AttemptResult(now, 0, error="no_secret")
        headers = {
            "content-type": "application/json",
            "user-agent": "Keepwarm",
            **signed_headers(str(claimed.event_id), now, claimed.body, secrets),
        }
        try:
            response = await self._http.send(
                HttpRequest("POST", claimed.url, headers, claimed.body), seconds=ATTEMPT_SECONDS, keep=MAX_ANSWER_BYTES
            )
        except HttpFailure as failure:
            return AttemptResult(now, _milliseconds_since(started), error=failure.kind)
        return AttemptResult(
            now, _milliseconds_since(started), response.status, None, response.headers.get("retry-after"), response.body
        )

    def _open_secrets(self, claimed: ClaimedDelivery) -> Iterator[str]:
        for sealed in claimed.sealed_secrets:
            with suppress(Problem):  # sealed under a key that was removed; a newer secret may sign alone
                yield self._seal.open(claimed.key[0], sealed).decode()

    async def _save_results(self, batch: Sequence[_CompletedAttempt]) -> None:
        """Save the results of attempts at one endpoint. While the database is unavailable, retry until the latest lease
        ends.

        Without the retries, delivered events would be sent again.
        """
        completed = [(one.claimed, one.result) for one in batch]
        caller = Caller(batch[0].claimed.key[0], Role.admin)

        def step(conn: sa.Connection) -> None:
            complete_attempts(
                UnitOfWork(conn, self._clock(), caller, new_id, None, self._seal), completed, random.random
            )

        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Problem),
            stop=stop_after_delay(max(one.lease_ends for one in batch) - stopwatch()),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            reraise=True,
        ):
            with attempt:
                await self._database.of(caller.agency_id).write(step)


def _milliseconds_since(started: float) -> int:
    return int((stopwatch() - started) * 1000)
