"""Micro-batching per key: items that arrive while a batch runs form the next batch."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K")
T = TypeVar("T")


class KeyedBatcher(Generic[K, T]):
    """Runs one batch at a time for each key; keys do not wait for each other.

    Many items of a key then need one transaction at a time, and not one each.
    """

    def __init__(self, act: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._act = act
        self._turns: WeakValueDictionary[K, asyncio.Lock] = WeakValueDictionary()
        self._waiting: dict[K, list[tuple[T, asyncio.Future[None]]]] = {}

    async def do(self, key: K, thing: T) -> None:
        """Process an item in the next batch of its key. Raises the exception with which that batch ended."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((thing, done))
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                if not done.done():
                    await self._go(self._waiting.pop(key))
            await done
        finally:
            done.cancel()  # a cancelled caller waits for no result

    async def _go(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        failure: Exception | None = RuntimeError("the caller that ran this batch was cancelled")
        try:
            await self._act([thing for thing, _ in batch])
            failure = None
        except Exception as error:
            failure = error
        finally:
            for _, done in batch:
                if done.done():
                    continue
                if failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(failure)
                    done.exception()  # Retrieved: a caller that was cancelled, too, does not ask for it.
