"""Standard Webhooks 1.0.0, clauses 17 to 19: retries and their end."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from unittest import mock

import pytest

from app.webhooks.models import event
from app.webhooks.sending import sender as sending
from app.webhooks.sending.schedule import JITTER, RETRY_DELAYS, retry_delay
from tests.agencies import rows
from tests.kit.peers import going_silent
from tests.service import Client
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver, chance


@pytest.mark.parametrize("always", [0.0, 0.5, 1.0])
def test_clause_17_ten_attempts_are_made_over_three_days(admin: Client, post: SenderDriver, always: float):
    receiver = post.receiver(500)
    post.endpoint(admin, receiver)
    (id,) = post.emit(admin)
    began, at = post.clock.now, []
    with chance(always):
        while post.round():
            at.append(post.clock.now - began)
            (delivery,) = post.deliveries()
            if delivery.due_at is not None:
                post.clock.now = delivery.due_at - timedelta(microseconds=1)
                assert post.round() == 0, "an attempt came too early"
                post.clock.now = delivery.due_at
    assert len(at) == 10
    gaps = [later - sooner for sooner, later in pairwise(at)]
    stretch = 1 + JITTER * (2 * always - 1)
    assert gaps == [gap * stretch for gap in RETRY_DELAYS[1:]]
    assert at[-1] == timedelta(hours=75, minutes=35, seconds=5) * stretch
    assert receiver.ids() == [id] * 10
    assert [row.number for row in post.attempts()] == list(range(1, 11))
    assert [row.state for row in post.deliveries()] == ["failed"]
    post.clock.advance(days=20)
    assert post.round() == 0


def test_clause_17_every_gap_is_the_specifications_own_and_up_to_a_fifth_off():
    expected = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    assert [gap.total_seconds() for gap in RETRY_DELAYS] == list(expected)
    for made in range(1, 10):
        early, late = retry_delay(made, lambda: 0.0), retry_delay(made, lambda: 1.0)
        assert early is not None
        assert late is not None
        assert (early.total_seconds(), late.total_seconds()) == pytest.approx(
            (expected[made] * 0.8, expected[made] * 1.2)
        )
    assert retry_delay(10, lambda: 0.5) is None


def test_clause_17_what_failed_together_does_not_come_back_together(admin: Client, post: SenderDriver):
    post.endpoint(admin, post.receiver(500))
    post.emit(admin, 40)
    post.round()
    assert len({row.due_at for row in post.deliveries()}) == 40


def test_clause_18_120_hours_of_nothing_but_failures_disable_and_the_agency_is_notified(
    admin: Client, post: SenderDriver
):
    receiver, other = post.receiver(500), post.receiver()
    one = post.endpoint(admin, receiver)
    began = post.clock.now
    while post.clock.now < began + timedelta(hours=120):
        post.emit(admin)
        post.rounds()
        assert admin.get(f"{ENDPOINTS}/{one['id']}/health").json()["status"] == "failing"
        post.clock.advance(hours=8)
    post.endpoint(admin, other, event_types=["endpoint.disabled"])
    post.emit(admin)
    post.rounds()
    health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
    assert (health["status"], health["failure"]) == ("disabled", "It answered 500.")
    assert health["disabled_reason"] == "All attempts failed for 120 hours."
    assert health["failing_since"] == began.isoformat().replace("+00:00", "Z")
    expected = [row for row in rows(post.service, event) if row.type == "endpoint.disabled"]
    assert [row.data["endpoint_id"] for row in expected] == [one["id"]]
    assert other.ids() == [str(expected[0].id)]
    sent = len(receiver.got)
    post.clock.advance(days=2)
    post.rounds()
    assert len(receiver.got) == sent


def test_clause_18_one_success_in_between_restarts_the_120_hours(admin: Client, post: SenderDriver):
    receiver = post.receiver(500)
    one = post.endpoint(admin, receiver)
    for hour in range(0, 240, 8):
        receiver.says(204 if hour == 112 else 500)
        post.emit(admin)
        post.rounds()
        health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
        assert (health["status"] == "disabled") == (hour >= 120 + 120)
        post.clock.advance(hours=8)
    post.emit(admin)
    post.rounds()
    assert admin.get(f"{ENDPOINTS}/{one['id']}/health").json()["status"] == "disabled"


def test_clause_19_an_attempt_lasts_fifteen_seconds_at_most():
    assert 15 <= sending.ATTEMPT_SECONDS <= 30


def test_clause_19_a_receiver_that_says_nothing_is_hung_up_on_and_tried_again(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.talk = going_silent()
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 0.05):
        post.round()
    (attempt,) = post.attempts()
    assert (attempt.status, attempt.error) == (None, "timeout")
    assert attempt.milliseconds >= 50
    assert admin.get(f"{ENDPOINTS}/{one['id']}/health").json()["failure"] == "No answer: timeout."
    receiver.talk = None
    post.clock.advance(seconds=6)
    post.round()
    assert [row.state for row in post.deliveries()] == ["delivered"]


def test_clause_19_a_drip_does_not_stretch_the_time(admin: Client, post: SenderDriver):
    receiver = post.receiver()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b".")
            await writer.drain()
            try:
                async with asyncio.timeout(0.01):
                    await reader.read(1)
            except TimeoutError:
                pass

    receiver.talk = drip
    post.endpoint(admin, receiver)
    post.emit(admin)
    with mock.patch.object(sending, "ATTEMPT_SECONDS", 0.2):
        post.round()
    (attempt,) = post.attempts()
    assert (attempt.status, attempt.error) == (None, "timeout")
