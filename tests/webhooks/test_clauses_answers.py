"""Standard Webhooks 1.0.0, clauses 13 to 16: what an answer means."""

from datetime import timedelta
from email.utils import format_datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks.models import event
from app.webhooks.sending.schedule import MAX_RETRY_DELAY, RETRY_DELAYS, next_throttle, retry_after
from tests.agencies import rows
from tests.service import START, Client
from tests.webhooks.receiver import Received, answer
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver, chance


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_clause_13_what_is_2xx_is_taken_and_never_sent_again(admin: Client, post: SenderDriver, status: int):
    receiver = post.receiver(status)
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    post.clock.advance(days=10)
    assert post.rounds() == 0
    assert [row.state for row in post.deliveries()] == ["delivered"]
    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 409, 422, 500, 503, 599])
def test_clause_13_what_is_not_2xx_is_tried_again(admin: Client, post: SenderDriver, status: int):
    receiver = post.receiver(status, 204)
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    assert [row.state for row in post.deliveries()] == ["waiting"]
    post.clock.advance(seconds=6)
    post.rounds()
    assert [row.status for row in post.attempts()] == [status, 204]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_clause_13_a_redirect_is_a_failure_and_nobody_goes_there(admin: Client, post: SenderDriver, status: int):
    trap, receiver = post.receiver(), post.receiver()
    receiver.reply = lambda _: answer(status, location=trap.url)
    post.endpoint(admin, receiver)
    post.emit(admin)
    for gap in RETRY_DELAYS[1:]:
        post.rounds()
        post.clock.advance(gap * 1.2)
    post.rounds()
    assert (len(receiver.got), trap.connections) == (10, 0)
    assert [row.state for row in post.deliveries()] == ["failed"]


def test_clause_14_gone_disables_at_once_and_nothing_more_is_sent(admin: Client, post: SenderDriver):
    receiver, other = post.receiver(410), post.receiver()
    one = post.endpoint(admin, receiver, concurrency=1)
    post.endpoint(admin, other, event_types=["endpoint.disabled"])
    post.emit(admin, 5)
    post.round()
    health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
    assert (health["status"], health["disabled_reason"]) == ("disabled", "It answered 410: gone.")
    assert health["disabled_at"] == post.clock.now.isoformat().replace("+00:00", "Z")
    post.emit(admin, 5)
    for _ in range(12):
        post.rounds()
        post.clock.advance(days=1)
    assert len(receiver.got) == 1
    (disabled,) = (row for row in rows(post.service, event) if row.type == "endpoint.disabled")
    assert disabled.data == {"endpoint_id": one["id"], "reason": "It answered 410: gone."}
    assert other.ids() == [str(disabled.id)]


def test_clause_14_one_that_is_brought_back_is_sent_what_waited(admin: Client, post: SenderDriver):
    receiver = post.receiver(410, 204)
    one = post.endpoint(admin, receiver, concurrency=1)
    ids = post.emit(admin, 3)
    post.round()
    assert admin.get(f"{ENDPOINTS}/{one['id']}").json()["disabled_reason"] == "It answered 410: gone."
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"disabled": False}).json()["disabled_reason"] is None
    brought = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
    assert (brought["status"], brought["disabled_at"], brought["disabled_reason"]) == ("ok", None, None)
    post.rounds()
    # The event that was answered with 410 has failed; what waited goes, and the news of the endpoint's own end.
    assert set(ids[1:]) < set(receiver.ids()[1:])
    assert len(receiver.got) == 4


@pytest.mark.parametrize("status", [429, 502, 504])
def test_clause_15_a_receiver_in_a_hurry_is_left_alone_for_longer_each_time(
    admin: Client, post: SenderDriver, status: int
):
    receiver = post.receiver(status)
    one = post.endpoint(admin, receiver, concurrency=1)
    post.emit(admin, 30)
    pauses: list[float] = []
    while len(pauses) < 12:
        assert post.round() == 1
        health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
        assert health["status"] == "throttled"
        until = post.endpoints()[0].throttled_until
        pauses.append((until - post.clock.now).total_seconds())
        post.clock.now = until - timedelta(microseconds=1)
        assert post.round() == 0
        post.clock.now = until
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


def test_clause_15_a_receiver_that_is_well_again_is_hurried_as_before(admin: Client, post: SenderDriver):
    receiver = post.receiver(429, 204, 204)
    post.endpoint(admin, receiver, concurrency=1)
    post.emit(admin, 20)
    post.round()
    post.clock.advance(seconds=6)
    assert post.rounds() == 20
    (row,) = post.endpoints()
    assert (row.throttled_until, row.throttle_seconds) == (None, 0)


def test_clause_15_attempts_under_way_together_are_in_a_hurry_once(admin: Client, post: SenderDriver):
    post.endpoint(admin, post.receiver(429), concurrency=20)
    post.emit(admin, 20)
    assert post.round() == 20
    (row,) = post.endpoints()
    assert row.throttled_until == post.clock.now + timedelta(seconds=5)


def test_clause_15_another_receiver_is_not_made_to_wait(admin: Client, post: SenderDriver):
    busy, free = post.receiver(429), post.receiver()
    post.endpoint(admin, busy)
    post.endpoint(admin, free)
    post.emit(admin)
    post.rounds()
    post.emit(admin, 10)
    post.rounds()
    assert (len(busy.got), len(free.got)) == (1, 11)


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_clause_16_nothing_is_sent_before_the_receiver_wants_it(
    admin: Client, post: SenderDriver, status: int, form: str
):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    for seconds in (1, 7, 60, 600, 3600):
        post.clock.now = post.clock.now.replace(microsecond=0)  # an HTTP date has whole seconds
        asked = post.clock.now + timedelta(seconds=seconds)
        header = str(seconds) if form == "seconds" else format_datetime(asked, usegmt=True)
        receiver.reply = partial(_answer_with, status, header)
        post.emit(admin)
        assert post.round() == 1
        (waiting,) = (row for row in post.deliveries() if row.state == "waiting")
        assert waiting.due_at >= asked
        free_at = max(waiting.due_at, post.endpoints()[0].throttled_until or waiting.due_at)
        post.clock.now = asked - timedelta(microseconds=1)
        assert post.round() == 0
        receiver.says(204)
        post.clock.now = free_at
        assert post.round() == 1


def _answer_with(status: int, header: str, _: Received) -> bytes:
    return answer(status, retry_after=header)


@pytest.mark.parametrize("header", ["-5", "NaN", "1e9", "soon", "", "  ", "9" * 4000, "315360000", "+3", "٣"])
def test_clause_16_an_absurd_wish_leaves_nothing_stuck(header: str):
    assert timedelta(0) <= retry_after(header, START) <= MAX_RETRY_DELAY


def test_clause_16_a_date_of_ten_years_hence_or_long_ago_is_clamped():
    assert retry_after("Sun, 04 May 2036 09:00:00 GMT", START) == MAX_RETRY_DELAY
    assert retry_after("Fri, 31 Dec 9999 23:59:59 GMT", START) == MAX_RETRY_DELAY
    assert retry_after("Thu, 01 Jan 1970 00:00:00 GMT", START) == timedelta(0)
    assert retry_after("Mon, 04 May 2026 09:02:00 -0000", START) == timedelta(minutes=2)


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{1,9} ?[A-Z+-]?[0-9]{0,9}"))
def test_clause_16_no_wish_is_an_error(header: str):
    assert timedelta(0) <= retry_after(header, START) <= MAX_RETRY_DELAY


def test_clause_16_an_absurd_wish_through_the_whole_way_is_sent_within_a_day(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.reply = lambda _: answer(429, retry_after="315360000")
    post.endpoint(admin, receiver)
    post.emit(admin)
    with chance(0.5):
        post.round()
    receiver.says(204)
    post.clock.advance(hours=24)
    assert post.round() == 1


def test_an_endpoint_that_is_brought_back_is_sent_to_at_once_and_its_pauses_restart(admin: Client, post: SenderDriver):
    receiver = post.receiver(429)
    one = post.endpoint(admin, receiver)
    post.emit(admin)
    post.round()
    post.emit(admin)
    assert post.round() == 0
    assert admin.patch(f"{ENDPOINTS}/{one['id']}", {"disabled": False}).status_code == 200
    assert post.round() == 1
    assert post.endpoints()[0].throttle_seconds == 5


def test_clause_15_the_pause_never_grows_beyond_an_hour():
    assert [next_throttle(before).total_seconds() for before in (0, 1, 5, 2000, 10**6)] == [5, 5, 10, 3600, 3600]
