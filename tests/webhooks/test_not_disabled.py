"""Endpoints that are not disabled: no attempts for a while, a pause, a new address, a throttle."""

import asyncio
from typing import Any

import pytest

from tests.service import Client
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver, chance


def disabled(post: SenderDriver) -> list[bool]:
    return [row.disabled_at is not None for row in post.endpoints()]


@pytest.mark.parametrize("before", ["paused", "silent"])
def test_a_failure_after_days_of_silence_disables_nobody(admin: Client, post: SenderDriver, before: str):
    receiver = post.receiver(400)
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    with chance(0.5):
        for _ in range(10):
            post.round()
            post.clock.advance(hours=8)
    if before == "paused":
        assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"paused": True}).status_code == 200
    post.clock.advance(hours=60)
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"paused": False}).status_code == 200
    post.emit(admin)
    post.round()
    assert disabled(post) == [False]


def test_another_address_restarts_the_count(admin: Client, post: SenderDriver):
    bad, new = post.receiver(500), post.receiver(429)
    one = post.endpoint(admin, bad)
    with chance(0.5):
        for _ in range(10):
            post.emit(admin)
            post.rounds()
            post.clock.advance(hours=11)
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"url": new.url}).status_code == 200
    post.clock.advance(hours=11)
    post.rounds()
    assert new.got
    assert disabled(post) == [False]


@pytest.mark.parametrize("status", [429, 503])
def test_a_rest_that_was_asked_for_outlasts_the_success_of_what_was_under_way(
    admin: Client, post: SenderDriver, status: int
):
    receiver, gate, seen = post.receiver(), asyncio.Event(), list[int]()

    async def one_of_two(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(1)
        first = len(seen) == 1
        if not first:
            await gate.wait()
        writer.write(answer(status, retry_after="3600") if first else answer(204))
        await writer.drain()

    async def both() -> None:
        await post.sender.step()
        while post.sender.pool.held.total() == 2:
            await post.sender.rest(60)
        gate.set()
        await post.sender.wait_until_idle()

    receiver.talk = one_of_two
    post.endpoint(admin, receiver, concurrency=2)
    post.emit(admin, 5)
    post.service.run(both)
    assert sorted(row.state for row in post.deliveries()) == ["delivered"] + ["waiting"] * 4
    before: list[Any] = [*receiver.got]
    post.clock.advance(seconds=3599)
    assert post.round() == 0
    post.clock.advance(seconds=2)
    assert post.round() > 0
    assert len(receiver.got) > len(before)
