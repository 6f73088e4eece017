"""Interrupted attempts: killed, cancelled, with the database unavailable or with a skewed clock."""

import asyncio
import time
from unittest import mock

from app.kit.db import Scope
from app.kit.errors import Problem
from app.webhooks.sending.schedule import MAX_DELIVERY_ATTEMPTS
from app.webhooks.sending.sender import SHUTDOWN_SECONDS
from app.worker import tidy_once
from tests.kit.peers import going_silent
from tests.service import Client
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import ENDPOINTS, LEASE, SenderDriver


def tidy(post: SenderDriver) -> None:
    state = post.service.app.state
    post.service.run(tidy_once, state.shared.database, state.settings, post.clock)


def killed(post: SenderDriver) -> None:
    post.service.run(post.sender.step)
    post.service.run(post.sender.stop, 0.0)


def test_what_every_sender_dies_of_has_failed_after_the_last_attempt_and_can_be_sent_again(
    admin: Client, post: SenderDriver
):
    receiver = post.receiver()
    receiver.talk = going_silent()
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    for _ in range(MAX_DELIVERY_ATTEMPTS + 5):
        killed(post)
        post.clock.advance(LEASE)
    tidy(post)
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    assert shown["state"] == "failed"
    assert [(each["number"], each["error"]) for each in shown["attempts"]] == [(MAX_DELIVERY_ATTEMPTS, "lost")]
    receiver.talk = None
    assert admin.post(f"{ENDPOINTS}/{one['id']}/deliveries/{shown['id']}/replay").status_code == 200
    post.rounds()
    assert [row.state for row in post.deliveries()] == ["delivered"]


def test_a_sender_that_is_asked_to_end_lets_what_is_under_way_end(admin: Client, post: SenderDriver):
    receiver, gate = post.receiver(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(answer(204))
        await writer.drain()

    async def ended() -> None:
        await post.sender.step()
        stopping = asyncio.create_task(post.sender.stop(SHUTDOWN_SECONDS))
        gate.set()
        await stopping

    receiver.talk = slow
    post.endpoint(admin, receiver)
    post.emit(admin, 20)
    post.service.run(ended)
    assert {row.state for row in post.deliveries()} == {"delivered"}


def test_a_database_that_is_away_for_a_moment_has_nothing_sent_twice(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    post.emit(admin, 5)
    away, really = iter(range(3)), Scope.write

    async def write(self, step):
        if next(away, None) is not None:
            raise Problem(503, "database_unavailable", "Away")
        return await really(self, step)

    post.service.run(post.sender.step)
    with mock.patch.object(Scope, "write", write):
        post.service.run(post.sender.wait_until_idle)
    assert {row.state for row in post.deliveries()} == {"delivered"}
    assert len(post.attempts()) == len(receiver.got) == 5


def test_what_came_is_written_down_however_long_that_takes_while_the_claim_lasts(admin: Client, post: SenderDriver):
    """Other processes keep the SQLite file busy: each try takes its five seconds."""
    receiver, gate = post.receiver(), asyncio.Event()
    monotonic, really, late = time.monotonic, Scope.write, 0.0

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(answer(204))
        await writer.drain()

    async def wait_for_attempts() -> None:
        gate.set()
        await post.sender.wait_until_idle()

    async def write(self, step):
        nonlocal late
        if late < 50:
            late += 5
            raise Problem(503, "database_unavailable", "Away")
        return await really(self, step)

    def later() -> float:
        return monotonic() + late

    receiver.talk = hold
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.service.run(post.sender.step)
    at_once = mock.patch("asyncio.sleep", new_callable=mock.AsyncMock)
    with mock.patch.object(Scope, "write", write), mock.patch("time.monotonic", later), at_once:
        post.service.run(wait_for_attempts)
    assert late == 50
    assert [row.state for row in post.deliveries()] == ["delivered"]


def test_what_a_clock_far_ahead_put_off_is_brought_back(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.talk = going_silent()
    post.endpoint(admin, receiver, concurrency=1)
    post.emit(admin, 2)
    post.clock.advance(days=365)
    killed(post)
    receiver.talk = None
    post.clock.advance(days=-365)
    tidy(post)
    post.rounds()
    assert {row.state for row in post.deliveries()} == {"delivered"}


def test_an_attempt_is_dated_when_it_was_made(admin: Client, post: SenderDriver):
    receiver = post.receiver()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        post.clock.advance(seconds=14)
        writer.write(answer(204))
        await writer.drain()

    receiver.talk = slow
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.round()
    (attempt,) = post.attempts()
    assert int(attempt.at.timestamp()) == receiver.got[0].stamp
