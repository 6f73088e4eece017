"""Doing at one go what came in while the last go was under way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

K = TypeVar("K")
T = TypeVar("T")


class KeyedBatcher(Generic[K, T]):
    """Things of one key are done one go after the other, each with all that came meanwhile; keys do not wait for each
    other. So as many things as may come need one transaction at a time, and not one each."""

    def __init__(self, act: Callable[[Sequence[T]], Awaitable[None]]) -> None:
        self._act = act
        self._turns: WeakValueDictionary[K, asyncio.Lock] = WeakValueDictionary()
        self._waiting: dict[K, list[tuple[T, asyncio.Future[None]]]] = {}

    async def do(self, key: K, thing: T) -> None:
        """Have it done with others. Raises what its go raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append((thing, done))
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                if not done.done():
                    await self._go(self._waiting.pop(key))
            await done
        finally:
            done.cancel()  # whoever was broken off waits for no answer

    async def _go(self, batch: Sequence[tuple[T, asyncio.Future[None]]]) -> None:
        failure: Exception | None = RuntimeError("whoever did this for all of them was broken off")
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
                    done.exception()  # Seen: who was broken off as well will not ask for it.
