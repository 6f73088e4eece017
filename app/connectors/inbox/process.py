"""The inbox's loops: claim what is due, ask the CRM where a payload is thin, and apply each event by itself."""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from app.access.work import Work
from app.candidates.erased import ERASED
from app.connectors.api_client import ComeBack
from app.connectors.connection import Linked, find_linked
from app.connectors.connection_loop import ConnectionLoop
from app.connectors.connector import AskFailed, MayAsk, NotConnected, Refused, Translation
from app.connectors.context import Post
from app.connectors.inbox import apply
from app.connectors.inbox.apply import Held, find_held
from app.connectors.inbox.replay import NO_CREDENTIALS
from app.connectors.ingest.erased import TOLD
from app.connectors.ingest.sync_state import Missing
from app.connectors.models import arrival
from app.kit import due
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.errors import Problem
from app.kit.logs import log
from app.kit.sealing import CannotOpen
from app.kit.slots import Owner

T = TypeVar("T")

SLOTS, BATCH = 50, 50
"""How many connections' events are applied at once, and how many of a connection in a row."""
_SUSPECT = 2
"""An event that was tried this often without a word is tried by itself: it may have been what the worker died of."""
_DIED = "the worker ended each time while this was being applied"
_SEALED = "its body was sealed under another secret key"
_PAUSED = timedelta(minutes=5)
_TRY_AGAIN = timedelta(seconds=10)


def inbox_loops(post: Post) -> tuple[ConnectionLoop, ConnectionLoop]:
    """Return the loops that apply what arrived: one of suspects, one at a time, and one of everything else.

    Connections run side by side, each by itself in the order of arrival.
    """

    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        held = await post.database.read(lambda conn: find_held(conn, token, keys))
        await _Line(post, *owner).work_off(held)

    def parked(now: datetime) -> Mapping[str, Any]:
        return {"state": "parked", "reason": _DIED, "settled_at": now}

    tried = arrival.c.attempts
    return (
        ConnectionLoop(post, arrival, handle, slots=1, batch=1, parked=parked, wanted=[tried >= _SUSPECT]),
        ConnectionLoop(post, arrival, handle, slots=SLOTS, batch=BATCH, parked=parked, wanted=[tried < _SUSPECT]),
    )


async def process_once(post: Post) -> int:
    """Apply a batch of what arrived. Return how many events were settled or put off."""
    return sum([await loop.once() for loop in inbox_loops(post)])


class _Line:
    """The events of one connection, one after the other."""

    def __init__(self, post: Post, agency_id: UUID, connection_id: UUID) -> None:
        self._post, self._agency_id, self._connection_id = post, agency_id, connection_id
        self._until = post.clock() + post.lease / 2
        self._later: ComeBack | None = None

    async def work_off(self, mine: Sequence[Held]) -> None:
        where = (self._agency_id, self._connection_id)
        link = await self._post.database.read(lambda conn: find_linked(conn, self._post.seal, *where))
        if link is None:
            return
        if link.paused:
            await self._put_off(link, mine, self._post.clock() + _PAUSED)
            return
        for place, held in enumerate(mine):
            if self._post.clock() > self._until:  # what is left would outlast the lease: it is given back
                await self._put_off(link, mine[place:], self._post.clock())
                return
            await self._one(link, held)

    async def _one(self, link: Linked, held: Held) -> None:
        try:
            event = held.event(link, self._post.seal)
            told = await self._lead(link, link.connector.translate(event, link.account))
            await self._write(link, lambda work: apply.apply(work, link, held, told))
        except Missing as missing:
            await self._write(link, partial(apply.wait_for, link=link, held=held, missing=missing))
        except Refused as refused:
            await self._settle(link, held, "ignored", f"it cannot be read: {refused}")
        except NotConnected:
            await self._settle(link, held, "ignored", NO_CREDENTIALS)
        except ComeBack as later:
            await self._put_off(link, [held], later.at, later.sentence)
        except CannotOpen:
            await self._failed(link, held, _SEALED)
        except Problem as problem:
            if problem.status >= 500:
                raise
            if problem.code == ERASED:  # while this was being applied
                await self._write(link, lambda work: apply.drop(work, held, TOLD))
                return
            # Nobody foresaw that the services would refuse this: somebody must see it, and can replay it.
            await self._settle(link, held, "parked", f"refused ({problem.code}): {problem.detail}")
        except AskFailed as failed:
            await self._failed(link, held, str(failed))
        except Exception as error:
            log.error("event failed", agency_id=str(held.key[0]), arrival_id=str(held.key[1]), exc_info=error)
            await self._failed(link, held, f"an unforeseen error: {type(error).__name__}")

    async def _lead(self, link: Linked, says: MayAsk[Translation]) -> Translation:
        # Whatever else of this batch would ask a CRM that told us to come back waits as well: once is enough.
        if self._later is not None and isinstance(says, Generator):
            raise self._later
        try:
            return await self._post.lead(link, says)
        except ComeBack as later:
            self._later = later
            raise

    async def _failed(self, link: Linked, held: Held, reason: str) -> None:
        """Try again a little later each time; after the fifth the event is parked until somebody replays it."""
        if held.attempts >= MOST_ATTEMPTS:
            await self._settle(link, held, "parked", reason)
            return
        later = _TRY_AGAIN * 4 ** (held.attempts - 1)

        def again(work: Work) -> bool:
            return due.put_off(work.conn, arrival, held.key, held.token, work.now + later, reason=reason[:500])

        await self._write(link, again)

    async def _put_off(self, link: Linked, mine: Sequence[Held], until: datetime, reason: str | None = None) -> None:
        def step(work: Work) -> None:
            for held in mine:
                apply.put_off(work, held, until, reason)

        await self._write(link, step)

    async def _settle(self, link: Linked, held: Held, state: str, reason: str) -> None:
        await self._write(link, lambda work: apply.settle(work, held, state, reason))

    async def _write(self, link: Linked, step: Callable[[Work], T]) -> T:
        return await self._post.write(link, step)
