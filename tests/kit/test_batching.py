"""Keyed batcher: items that arrive while a batch runs form the next batch."""

import asyncio
from collections.abc import Sequence

import pytest

from app.kit.batching import KeyedBatcher

pytestmark = pytest.mark.anyio


class Gate:
    """Batches that last until the gate opens, one of `held` longer; one of `bad` fails."""

    def __init__(self) -> None:
        self.goes: list[Sequence[str]] = []
        self.open, self.held = asyncio.Event(), asyncio.Event()
        self.batcher: KeyedBatcher[str, str] = KeyedBatcher(self._act)

    async def _act(self, things: Sequence[str]) -> None:
        self.goes.append(things)
        await (self.held if "held" in things else self.open).wait()
        if "bad" in things:
            raise ValueError("bad")

    def come(self, key: str, *things: str) -> list[asyncio.Task[None]]:
        """Have these done."""
        return [asyncio.create_task(self.batcher.do(key, thing)) for thing in things]


async def seen() -> None:
    """Run every task once: tasks begin in the order in which they were created."""
    last = asyncio.Event()
    asyncio.get_running_loop().call_soon(last.set)
    await last.wait()


async def test_items_that_arrive_during_a_batch_form_the_next_batch():
    gate = Gate()
    first = gate.come("a", "1")
    await seen()
    others = gate.come("a", "2", "3", "4")
    await seen()
    assert gate.goes == [["1"]]
    gate.open.set()
    await asyncio.gather(*first, *others)
    assert gate.goes == [["1"], ["2", "3", "4"]]


async def test_one_key_does_not_wait_for_another():
    gate = Gate()
    tasks = gate.come("a", "1") + gate.come("b", "2")
    await seen()
    assert gate.goes == [["1"], ["2"]]
    gate.open.set()
    await asyncio.gather(*tasks)


async def test_a_failure_is_everybodys_of_that_go_and_of_no_other():
    gate = Gate()
    first = gate.come("a", "1")
    await seen()
    others = gate.come("a", "2", "bad")
    await seen()
    gate.open.set()
    await asyncio.gather(*first)
    assert [str(end) for end in await asyncio.gather(*others, return_exceptions=True)] == ["bad", "bad"]
    await asyncio.gather(*gate.come("a", "5"))
    assert gate.goes[-1] == ["5"]


async def test_a_cancelled_caller_delays_no_other():
    gate = Gate()
    (going,) = gate.come("a", "1")
    await seen()
    waiting, last = gate.come("a", "2", "bad")
    await seen()
    going.cancel()
    waiting.cancel()
    await asyncio.wait([going, waiting])
    gate.open.set()
    with pytest.raises(ValueError, match="bad"):
        await last
    assert gate.goes == [["1"], ["2", "bad"]]
    await asyncio.gather(*gate.come("a", "5"))


async def test_callers_of_a_cancelled_batch_get_an_error():
    gate = Gate()
    (first,) = gate.come("a", "1")
    await seen()
    going, other = gate.come("a", "held", "3")
    await seen()
    gate.open.set()
    await first
    await seen()
    assert gate.goes == [["1"], ["held", "3"]]
    going.cancel()
    with pytest.raises(RuntimeError, match="cancelled"):
        await other
    await asyncio.gather(*gate.come("a", "4"))
    assert gate.goes[-1] == ["4"]
