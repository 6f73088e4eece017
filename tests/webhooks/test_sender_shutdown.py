"""Shutdown of the sender."""

import asyncio

from tests.service import Client
from tests.webhooks.sender_driver import SenderDriver


def test_a_sender_that_was_stopped_has_hung_up_and_left_nothing_running(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    reached, hung_up = asyncio.Event(), asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        hung_up.set()

    async def begin() -> None:
        async with asyncio.timeout(20):
            await post.sender.step()
            await reached.wait()

    async def end() -> None:
        async with asyncio.timeout(20):
            await hung_up.wait()

    async def running() -> list[str]:
        return [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]

    receiver.talk = listen
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.service.run(begin)
    post.service.run(post.sender.stop, 0)
    assert not any(name.startswith("Sender.") for name in post.service.run(running))
    post.service.run(end)
    assert post.attempts() == []
    assert [row.state for row in post.deliveries()] == ["waiting"]
