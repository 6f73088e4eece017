"""Slots for concurrent work in one process, shared fairly: hanging work leaves slots to others."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from app.kit.due_rows import Key
from app.kit.errors import Problem
from app.kit.logs import log

Owner = Key
"""Who holds slots: a receiver or a connection, as (agency_id, id)."""


class SlotShares:
    """Shares of the free slots: among the agencies, and among the owners of each."""

    def __init__(self, free: int, held: Mapping[Owner, int]) -> None:
        self.free = free
        self._of_owner = Counter(held)
        self._of_agency: Counter[UUID] = Counter()
        for (agency_id, _), number in held.items():
            self._of_agency[agency_id] += number
        self._waiting: Counter[UUID] = Counter()

    def copy(self) -> "SlotShares":
        """Return a copy of the shares, which a transaction that may run again can change."""
        return SlotShares(self.free, self._of_owner)

    def queue(self, owners: Iterable[Owner]) -> None:
        """Set the owners that wait for slots. The free slots are divided among them."""
        self._waiting = Counter(agency_id for agency_id, _ in owners)

    def left_for(self, owner: Owner) -> int:
        """Return how many more slots an owner may take.

        An owner may hold as many slots as it leaves to others of its agency, and an agency as many as it leaves to
        others. Nobody takes more than an equal share among those who wait. Without a slot, one may be taken if free.
        """
        agency_id = owner[0]
        of_agency = _share(self.free, self._of_agency[agency_id], len(self._waiting))
        return _share(of_agency, self._of_owner[owner], self._waiting[agency_id])

    def take(self, owner: Owner, number: int) -> None:
        """Count `number` slots as taken by an owner. The owner no longer waits."""
        self._waiting = +(self._waiting - Counter([owner[0]]))
        self.free -= number
        self._of_agency[owner[0]] += number
        self._of_owner[owner] += number


def _share(left: int, held: int, waiting: int) -> int:
    if held == 0 and left > 0:
        return max(1, min(left // 2, left // max(1, waiting)))
    return max(0, min((left - held) // 2, left // max(1, waiting)))


class SlotPool:
    """Runs pieces of work at once, each in a slot of its owner, such as an endpoint."""

    def __init__(self, name: str, slots: int) -> None:
        self._name, self._slots = name, slots
        self._running: dict[asyncio.Task[None], Owner] = {}
        # Set when a piece ends, also while somebody looks for work: what was passed over is then looked at again.
        self._ended = asyncio.Event()

    @property
    def held(self) -> Counter[Owner]:
        """The number of slots that each owner holds."""
        return Counter(self._running.values())

    async def shares(self) -> SlotShares:
        """Return the shares of the free slots. If no slot is free, wait until some work ends."""
        self._ended.clear()
        while len(self._running) >= self._slots:
            await self._ended.wait()
            self._ended.clear()
        return SlotShares(self._slots - len(self._running), self.held)

    def start(self, owner: Owner, work: Coroutine[None, None, None]) -> None:
        """Run work in a slot of its owner. Log its error: the claimed rows are due again after their lease."""
        task = asyncio.create_task(work)
        self._running[task] = owner
        task.add_done_callback(self._end)

    async def rest(self, seconds: float) -> None:
        """Wait up to `seconds`; return early when work ends, because its owner may have more to do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()
                self._ended.clear()

    async def wait_until_idle(self) -> None:
        """Wait until all started work has ended."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self, grace: float = 0) -> None:
        """Wait up to `grace` seconds for running work, then cancel it."""
        if self._running and grace > 0:
            await asyncio.wait(self._running, timeout=grace)
        cancelled = [*self._running]
        for task in cancelled:
            task.cancel()
        await asyncio.gather(*cancelled, return_exceptions=True)

    def _end(self, task: asyncio.Task[None]) -> None:
        owner = self._running.pop(task)
        self._ended.set()
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, Problem):
            log.warning("work put off", pool=self._name, agency_id=str(owner[0]), reason=error.detail)
        else:
            log.error("work failed", pool=self._name, agency_id=str(owner[0]), exc_info=error)
