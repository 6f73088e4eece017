"""The inbox worker: claim due events, ask the CRM for what a payload lacks, and apply each event."""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.candidates.erased import ERASED
from app.connectors.api_client import RetryLater
from app.connectors.contract import ApiError, MaybeApiExchange, NotConnected, RejectedRequest, Translation
from app.connectors.inbox import apply_event
from app.connectors.inbox.apply_event import ClaimedEvent, load_claimed
from app.connectors.inbox.replay import NO_CREDENTIALS
from app.connectors.ingest.erased import CANDIDATE_ERASED
from app.connectors.ingest.sync_state import MissingEntity
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import inbound_event
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.kit import due_rows
from app.kit.concurrency_slots import Owner
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS, Key
from app.kit.errors import Problem
from app.kit.logs import log
from app.kit.sealing import CannotOpen

T = TypeVar("T")

SLOTS, BATCH = 50, 50
"""The most connections whose events are applied at once, and the most events of one connection in a batch."""
_SUSPECT = 2
"""An event with this many attempts is applied alone: it may have crashed its worker."""
_WORKER_DIED = "the worker crashed each time while this was being applied"
_UNREADABLE = "its body was sealed under another secret key"
_PAUSE = timedelta(minutes=5)
_TRY_AGAIN = timedelta(seconds=10)


def inbox_loops(context: WorkerContext) -> tuple[ConnectionLoop, ConnectionLoop]:
    """Return two loops that apply inbound events: the first for events that may crash a worker, one at a time.

    The second is for all others. Connections run in parallel; the events of each are applied in the order of their
    arrival.
    """

    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        claimed = await context.database.of(owner[0]).read(lambda conn: load_claimed(conn, token, keys))
        await _ConnectionBatch(context, *owner).process(claimed)

    def parked(now: datetime) -> Mapping[str, Any]:
        return {"state": "parked", "reason": _WORKER_DIED, "settled_at": now}

    tried = inbound_event.c.attempts
    return (
        ConnectionLoop(context, inbound_event, handle, slots=1, batch=1, parked=parked, wanted=[tried >= _SUSPECT]),
        ConnectionLoop(
            context, inbound_event, handle, slots=SLOTS, batch=BATCH, parked=parked, wanted=[tried < _SUSPECT]
        ),
    )


class _ConnectionBatch:
    """The claimed events of one connection, applied one after the other."""

    def __init__(self, context: WorkerContext, agency_id: UUID, connection_id: UUID) -> None:
        self._context, self._agency_id, self._connection_id = context, agency_id, connection_id
        self._until = context.clock() + context.lease / 2
        self._later: RetryLater | None = None

    async def process(self, mine: Sequence[ClaimedEvent]) -> None:
        loaded = await self._context.load_connection(self._agency_id, self._connection_id)
        if loaded is None:
            return
        if loaded.paused:
            await self._put_off(loaded, mine, self._context.clock() + _PAUSE)
            return
        for place, claimed in enumerate(mine):
            if self._context.clock() > self._until:  # the rest would outlast the lease: it is released
                await self._put_off(loaded, mine[place:], self._context.clock())
                return
            await self._process_event(loaded, claimed)

    async def _process_event(self, loaded: LoadedConnection, claimed: ClaimedEvent) -> None:
        try:
            event = claimed.event(loaded, self._context.seal)
            translation = await self._execute(loaded, loaded.connector.translate(event, loaded.account))
            await self._write(loaded, lambda work: apply_event.apply(work, loaded, claimed, translation))
        except MissingEntity as missing:
            await self._write(loaded, partial(apply_event.wait_for, loaded=loaded, claimed=claimed, missing=missing))
        except RejectedRequest as refused:
            await self._complete(loaded, claimed, "ignored", f"it cannot be read: {refused}")
        except NotConnected:
            await self._complete(loaded, claimed, "ignored", NO_CREDENTIALS)
        except RetryLater as later:
            await self._put_off(loaded, [claimed], later.at, later.sentence)
        except CannotOpen:
            await self._failed(loaded, claimed, _UNREADABLE)
        except Problem as problem:
            if problem.status >= 500:
                raise
            if problem.code == ERASED:  # while this was being applied
                await self._write(loaded, lambda work: apply_event.discard(work, claimed, CANDIDATE_ERASED))
                return
            # An unexpected refusal of a service: park the event, so that an admin sees it and can replay it.
            await self._complete(loaded, claimed, "parked", f"refused ({problem.code}): {problem.detail}")
        except ApiError as failed:
            await self._failed(loaded, claimed, str(failed))
        except Exception as error:
            log.error("event failed", agency_id=str(claimed.key[0]), event_id=str(claimed.key[1]), exc_info=error)
            await self._failed(loaded, claimed, f"an unforeseen error: {type(error).__name__}")

    async def _execute(self, loaded: LoadedConnection, steps: MaybeApiExchange[Translation]) -> Translation:
        # After one RetryLater, further requests of this batch are not sent: they would get the same answer.
        if self._later is not None and isinstance(steps, Generator):
            raise self._later
        try:
            return await self._context.execute(loaded, steps)
        except RetryLater as later:
            self._later = later
            raise

    async def _failed(self, loaded: LoadedConnection, claimed: ClaimedEvent, reason: str) -> None:
        """Retry an event after a delay that grows with each attempt; park the event after the fifth attempt."""
        if claimed.attempts >= MAX_CLAIM_ATTEMPTS:
            await self._complete(loaded, claimed, "parked", reason)
            return
        later = _TRY_AGAIN * 4 ** (claimed.attempts - 1)

        def again(work: UnitOfWork) -> bool:
            return due_rows.postpone(
                work.conn, inbound_event, claimed.key, claimed.token, work.now + later, reason=reason[:500]
            )

        await self._write(loaded, again)

    async def _put_off(
        self, loaded: LoadedConnection, mine: Sequence[ClaimedEvent], until: datetime, reason: str | None = None
    ) -> None:
        def step(work: UnitOfWork) -> None:
            for claimed in mine:
                apply_event.postpone(work, claimed, until, reason)

        await self._write(loaded, step)

    async def _complete(self, loaded: LoadedConnection, claimed: ClaimedEvent, state: str, reason: str) -> None:
        await self._write(loaded, lambda work: apply_event.complete(work, claimed, state, reason))

    async def _write(self, loaded: LoadedConnection, step: Callable[[UnitOfWork], T]) -> T:
        return await self._context.write(loaded, step)
