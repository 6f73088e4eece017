"""Concurrent senders: one that died, one whose lease ended, and endpoints deleted during a send."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from unittest import mock

import pytest
import structlog

from app.kit.db import Scope
from app.webhooks.sending.sender import Sender
from tests.kit.peers import going_silent
from tests.service import Client
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import ENDPOINTS, LEASE, SenderDriver


async def side_by_side(steps: list[Callable[[], Awaitable[int]]]) -> list[int]:
    return await asyncio.gather(*(step() for step in steps))


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts have as much real time as a loaded machine takes: one that times out is sent again later."""
    for name in ("http_client.LOOKUP_SECONDS", "http_client.DIAL_SECONDS"):
        monkeypatch.setattr(f"app.kit.{name}", 600)
    monkeypatch.setattr("app.webhooks.sending.sender.ATTEMPT_SECONDS", 600)


@pytest.fixture
def two(post: SenderDriver) -> list[Sender]:
    """Two senders over the same database."""
    return [post.sender, post.another_sender()]


def finish_rounds(post: SenderDriver, senders: list[Sender]) -> None:
    for sender in senders:
        post.service.run(sender.wait_until_idle)


def stopped(post: SenderDriver, senders: list[Sender]) -> None:
    for sender in senders:
        post.service.run(sender.stop, 0.0)


def test_two_senders_send_each_event_once(admin: Client, post: SenderDriver, two: list[Sender]):
    receivers = [post.receiver() for _ in range(3)]
    for receiver in receivers:
        post.endpoint(admin, receiver)
    ids = post.emit(admin, 300)
    while any(post.service.run(side_by_side, [sender.step for sender in two])):
        finish_rounds(post, two)
    for receiver in receivers:
        assert sorted(receiver.ids()) == sorted(ids)


def test_two_senders_together_keep_to_an_endpoints_concurrency(admin: Client, post: SenderDriver, two: list[Sender]):
    receiver = post.receiver()
    receiver.talk = going_silent()
    post.endpoint(admin, receiver, concurrency=3)
    post.emit(admin, 50)
    begun = [sum(post.service.run(side_by_side, [sender.step for sender in two])) for _ in range(5)]
    assert sum(begun) == 3
    stopped(post, two)


def test_two_senders_together_keep_to_an_endpoints_rate(admin: Client, post: SenderDriver, two: list[Sender]):
    receiver = post.receiver()
    post.endpoint(admin, receiver, rate_per_second=7)
    post.emit(admin, 40)
    sent: list[int] = []
    while sum(sent) < 40:
        begun = 0
        for _ in range(4):
            begun += sum(post.service.run(side_by_side, [sender.step for sender in two]))
            finish_rounds(post, two)
            post.clock.advance(milliseconds=249)
        sent.append(begun)
        post.clock.advance(milliseconds=4)
    assert sent == [7, 7, 7, 7, 7, 5]
    assert len(receiver.got) == 40


def test_a_busy_endpoint_leaves_the_turn_to_others(admin: Client, post: SenderDriver):
    busy, quiet = post.receiver(), post.receiver()
    post.endpoint(admin, busy, event_types=["flag.raised"])
    post.endpoint(admin, quiet, event_types=["flag.cleared"])
    post.emit(admin, 1000)
    post.emit(admin, 1, "flag.cleared")
    assert post.round() <= 200
    assert len(quiet.got) == 1


def test_what_a_killed_sender_had_begun_is_sent_after_the_lease_with_the_same_id(
    admin: Client, post: SenderDriver, two: list[Sender]
):
    receiver = post.receiver()
    receiver.talk = going_silent()
    post.endpoint(admin, receiver)
    ids = post.emit(admin, 4)
    killed, living = two
    assert post.service.run(killed.step) == 4
    stopped(post, [killed])
    receiver.talk = None
    receiver.got.clear()
    post.clock.advance(LEASE - timedelta(microseconds=1))
    assert post.service.run(living.step) == 0
    post.clock.advance(microseconds=1)
    assert post.service.run(living.step) == 4
    finish_rounds(post, two)
    assert sorted(receiver.ids()) == sorted(ids)
    assert [row.state for row in post.deliveries()] == ["delivered"] * 4


def test_what_comes_back_together_is_settled_together(admin: Client, post: SenderDriver):
    """Forty transactions would wait for the endpoint's row and hold every connection."""
    receiver, gate, held = post.receiver(), asyncio.Event(), count(1)
    writes, really = count(1), Scope.write

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if next(held) == 40:
            gate.set()
        await gate.wait()
        writer.write(answer(204))
        await writer.drain()

    async def write(self, step):
        next(writes)
        return await really(self, step)

    receiver.talk = hold
    post.endpoint(admin, receiver)
    post.emit(admin, 40)
    post.service.run(post.sender.step)
    with mock.patch.object(Scope, "write", write):
        post.service.run(post.sender.wait_until_idle)
    assert [row.state for row in post.deliveries()] == ["delivered"] * 40
    assert len(post.attempts()) == 40
    assert next(writes) <= 20


def test_what_was_broken_off_goes_before_all_that_waits(admin: Client, post: SenderDriver, two: list[Sender]):
    """An abandoned delivery may have arrived. It is retried before other deliveries, while receivers still deduplicate
    it."""
    receiver = post.receiver()
    receiver.talk = going_silent()
    post.endpoint(admin, receiver, concurrency=2)
    ids = post.emit(admin, 2)
    killed, living = two
    post.service.run(killed.step)
    stopped(post, [killed])
    receiver.talk = None
    receiver.got.clear()
    post.clock.advance(seconds=1)
    post.emit(admin, 50)
    post.clock.advance(LEASE)
    assert post.service.run(living.step) == 2
    finish_rounds(post, [living])
    assert sorted(receiver.ids()) == sorted(ids)


def test_a_lease_shorter_than_an_attempt_has_nothing_sent_twice(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.talk = going_silent()
    post.endpoint(admin, receiver)
    post.emit(admin)
    hurried = [post.another_sender(timedelta(seconds=1)) for _ in range(2)]
    assert post.service.run(hurried[0].step) == 1
    post.clock.advance(seconds=15)
    assert post.service.run(hurried[1].step) == 0
    stopped(post, hurried)


def test_a_sender_that_settles_after_its_lease_changes_nothing_and_its_attempt_is_listed(
    admin: Client, post: SenderDriver, two: list[Sender]
):
    receiver = post.receiver()
    gate, reached = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await gate.wait()
        writer.write(b"HTTP/1.1 500 Late\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async def begin(sender: Sender) -> None:
        await sender.step()
        await reached.wait()

    async def let_go() -> None:
        gate.set()

    receiver.talk = hold
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    late, prompt = two
    post.service.run(begin, late)
    receiver.talk = None
    post.clock.advance(LEASE)
    assert post.service.run(prompt.step) == 1
    finish_rounds(post, [prompt])
    delivered, well = post.deliveries(), post.endpoints()
    post.service.run(let_go)
    finish_rounds(post, [late])
    assert post.deliveries() == delivered
    assert post.endpoints() == well
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    assert [(each["number"], each["status"]) for each in shown["attempts"]] == [(2, 204), (1, 500)]
    assert shown["state"] == "delivered"


def test_a_replay_under_way_outlives_the_attempt_that_it_overtakes(
    admin: Client, post: SenderDriver, two: list[Sender]
):
    receiver = post.receiver()
    receiver.talk = going_silent()
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    post.service.run(post.sender.step)
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    assert admin.post(f"{ENDPOINTS}/{one['id']}/deliveries/{shown['id']}/replay").status_code == 200
    receiver.talk = None
    assert post.service.run(two[1].step) == 1
    finish_rounds(post, two[1:])
    assert [row.state for row in post.deliveries()] == ["delivered"]
    stopped(post, two)


@pytest.mark.parametrize("how", ["paused", "disabled", "removed"])
def test_nothing_is_begun_for_an_endpoint_that_is_paused_disabled_or_removed(
    admin: Client, post: SenderDriver, how: str
):
    receiver = post.receiver(410 if how == "disabled" else 204)
    one = post.endpoint(admin, receiver)
    address = f"{ENDPOINTS}/{one['id']}"
    if how == "disabled":
        post.emit(admin)
        post.rounds()
    elif how == "paused":
        assert admin.patch(address, {"paused": True}).status_code == 200
    else:
        assert admin.delete(address).status_code == 204
    before = len(receiver.got)
    post.emit(admin, 3)
    post.clock.advance(days=1)
    assert post.rounds() == 0
    assert len(receiver.got) == before


def test_an_endpoint_that_is_removed_while_it_is_sent_to_troubles_nobody(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    gate, reached = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await gate.wait()
        writer.write(b"HTTP/1.1 204 Late\r\n\r\n")
        await writer.drain()

    async def begin() -> None:
        await post.sender.step()
        await reached.wait()

    async def let_go() -> None:
        gate.set()

    receiver.talk = hold
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    post.service.run(begin)
    assert admin.delete(f"{ENDPOINTS}/{one['id']}").status_code == 204
    with structlog.testing.capture_logs() as logs:
        post.service.run(let_go)
        finish_rounds(post, [post.sender])
    assert logs == []
    assert (post.attempts(), post.deliveries()) == ([], [])


def test_a_sender_rests_no_longer_than_until_there_is_room_for_the_next(admin: Client, post: SenderDriver):
    """The pause between steps must not limit the rate of sending."""
    receiver = post.receiver()
    post.endpoint(admin, receiver, concurrency=2)
    ids = post.emit(admin, 20)

    async def as_the_worker() -> None:
        async with asyncio.timeout(60):
            while len(receiver.got) < 20:
                if not await post.sender.step():
                    await post.sender.rest(3600)

    post.service.run(as_the_worker)
    finish_rounds(post, [post.sender])
    assert sorted(receiver.ids()) == sorted(ids)
