"""Receivers that hang, drip, flood or answer falsely: no other endpoint waits, and little is stored."""

import asyncio
import zlib
from unittest import mock

import pytest

from app.webhooks.sending import sender as sending
from tests.kit.peers import Talk, going_silent, never_ending, saying
from tests.service import Client
from tests.webhooks.receiver import Receiver, answer
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver


async def _send_until(post: SenderDriver, receivers: list[Receiver], each: int) -> None:
    """Run steps until each receiver has `number` requests. Hanging attempts are not waited for."""
    async with asyncio.timeout(60):
        while any(len(receiver.got) < each for receiver in receivers):
            if not await post.sender.step():
                await post.sender.rest(3600)


def test_while_one_hangs_with_a_thousand_waiting_the_others_are_sent_all_of_theirs(admin: Client, post: SenderDriver):
    hanging, healthy = post.receiver(), [post.receiver() for _ in range(3)]
    hanging.talk = going_silent()
    post.endpoint(admin, hanging, event_types=["flag.raised"], concurrency=5)
    for receiver in healthy:
        post.endpoint(admin, receiver, event_types=["flag.cleared"])
    post.emit(admin, 1000)
    ids = post.emit(admin, 200, "flag.cleared")
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 600):
        post.service.run(_send_until, post, healthy, 200)
    for receiver in healthy:
        assert sorted(receiver.ids()) == sorted(ids)
    assert hanging.connections == 5, "no more than its own concurrency is held up"
    assert sum(row.state == "waiting" for row in post.deliveries()) >= 1000
    post.service.run(post.sender.stop, 0.0)


def test_one_that_fails_is_sent_one_at_a_time_until_it_is_well_again(admin: Client, post: SenderDriver):
    receiver = post.receiver(500)
    post.endpoint(admin, receiver, concurrency=20)
    post.emit(admin, 60)
    assert post.round() == 20
    assert [post.round() for _ in range(3)] == [1, 1, 1]
    receiver.says(204)
    assert post.round() == 1
    assert post.round() == 20


def test_many_that_hang_and_fail_leave_room_for_one_that_does_not(admin: Client, post: SenderDriver):
    hanging, healthy = post.receiver(), post.receiver()
    hanging.talk = going_silent()
    for _ in range(20):
        post.endpoint(admin, hanging, event_types=["flag.raised"], concurrency=50)
    post.endpoint(admin, healthy, event_types=["flag.cleared"])
    post.emit(admin, 10)
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 0.2):
        post.round()
    post.emit(admin, 100)
    ids = post.emit(admin, 50, "flag.cleared")
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 600):
        post.service.run(_send_until, post, [healthy], 50)
    assert sorted(healthy.ids()) == sorted(ids)
    post.service.run(post.sender.stop, 0.0)


_BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB = _BOMB.compress(b"\0" * 50_000_000) + _BOMB.flush()
HEAD = b"HTTP/1.1 200 OK\r\n"

ANSWERS: dict[str, tuple[Talk, int | None, str | None]] = {
    "a body without an end": (never_ending(HEAD + b"\r\n", b"x" * 65536), 200, None),
    "a gigabyte": (never_ending(HEAD + b"Content-Length: 1000000000\r\n\r\n", b"x" * 65536), 200, None),
    "chunks without an end": (
        never_ending(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"), 200, None,
    ),
    "a bomb of gzip": (saying(answer(200, BOMB, content_encoding="gzip")), 200, None),
    "headers without an end": (never_ending(HEAD, b"X-Flood: " + b"y" * 8000 + b"\r\n"), None, "protocol"),
    "one header without an end": (never_ending(HEAD + b"X-Flood: ", b"y" * 65536), None, "protocol"),
    "no HTTP": (saying(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), None, "protocol"),
    "nothing at all": (saying(b""), None, "protocol"),
    "half an answer": (saying(HEAD + b"Content-Length: 100\r\n\r\nhalf"), None, "protocol"),
    "continue, for ever": (never_ending(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), None, "timeout"),
}  # fmt: skip


@pytest.mark.parametrize("what", ANSWERS)
def test_whatever_comes_back_the_attempt_ends_and_at_most_4_kib_are_kept(admin: Client, post: SenderDriver, what: str):
    receiver = post.receiver()
    receiver.talk, status, error = ANSWERS[what]
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 1.5 if error == "timeout" else 60):
        post.round()
    (attempt,) = post.attempts()
    assert (attempt.status, attempt.error) == (status, error)
    assert receiver.got[0].headers["accept-encoding"] == "identity"
    (shown,) = admin.get(f"{ENDPOINTS}/{one['id']}/deliveries").json()["items"]
    assert len((shown["attempts"][0]["answer"] or "").encode("latin-1", "replace")) <= 4096
    assert shown["state"] == ("waiting" if status is None else "delivered")
