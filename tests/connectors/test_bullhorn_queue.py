"""Bullhorn's queue where it answers as its documents do not say: each of these ways must end, and lose nothing."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.connectors.contract import Account, ApiError, ApiRequest, ApiResponse, NotConnected
from app.connectors.crm.bullhorn.connector import Bullhorn
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.mutations import mutations
from tests.crms.standin import START

BULLHORN = Bullhorn()


def test_a_lost_batch_that_bullhorn_has_no_longer_asks_for_a_backfill():
    def answers(ask: ApiRequest) -> Any:
        last = ask.path.endswith("lastRequestId")
        return {"result": 5} if last else ApiResponse(404, None) if "requestId" in ask.query else {}

    page = run(BULLHORN.page("events", START, {"request": 4}, Account(), START), answers)
    assert (page.suspended, page.more) == (True, True)
    page = run(BULLHORN.page("events", START, page.cursor, Account(), START), answers)
    assert (page.suspended, page.more, page.cursor["request"]) == (False, False, 5)


def test_reading_again_ends_even_where_it_counts_as_a_request_of_its_own():
    requests = [7]

    def answers(ask: ApiRequest) -> Any:
        if ask.path.endswith("lastRequestId"):
            return {"result": requests[-1]}
        requests.append(requests[-1] + 1)
        event = {"eventId": "ID:JBM-1", "entityName": "Note", "entityId": 1, "entityEventType": "UPDATED"}
        return {"requestId": requests[-1], "events": [event]}

    cursor: Mapping[str, Any] = {"request": 6}
    for _ in range(20):
        page = run(BULLHORN.page("events", START, cursor, Account(), START), answers)
        cursor = page.cursor
        if not page.more:
            break
    assert len(requests) < 12
    assert cursor["request"] == requests[-1]


def test_an_event_id_that_repeats_for_another_thing_is_another_event():
    first = {
        "eventId": "ID:JBM-1",
        "eventType": "ENTITY",
        "entityName": "Note",
        "entityId": 1,
        "entityEventType": "UPDATED",
    }
    batch = [
        {**first, "eventTimestamp": 2},
        {**first, "eventTimestamp": 2},
        {**first, "entityId": 2, "eventTimestamp": 1},
    ]

    def answers(ask: ApiRequest) -> Any:
        return {"result": 0} if ask.path.endswith("lastRequestId") else {"requestId": 1, "events": batch}

    page = run(BULLHORN.page("events", START, {"request": 0}, Account(), START), answers)
    assert [event.document["entityId"] for event in page.items] == [2, 1, 1]
    assert len({event.key for event in page.items}) == 2


@pytest.mark.parametrize("empty", [None, {}, [], {"events": None}, {"requestId": None, "events": []}, "nothing"])
def test_an_empty_queue_is_empty_however_it_is_said(empty):
    def answers(ask: ApiRequest) -> Any:
        return {"result": 4} if ask.path.endswith("lastRequestId") else empty

    page = run(BULLHORN.page("events", START, {"request": 4}, Account(), START), answers)
    assert (page.items, page.cursor["request"], page.more) == ([], 4, False)


_STREAMS = [stream.name for stream in BULLHORN.streams if stream.backfill]


@pytest.mark.parametrize("stream", _STREAMS)
def test_a_list_of_nothing_that_can_be_read_ends_a_sync_run(stream):
    answer = {"data": [None, 5, {}, {"id": "x"}, {"id": -1}]}
    page = run(BULLHORN.page(stream, START, {"after": 5}, Account(), START), lambda ask: answer)
    assert (page.cursor, page.more) == ({}, False), "the next poll begins at the first id again"


@pytest.mark.parametrize("answer", [None, [], {}, {"data": None}, {"errorMessage": "no such field"}])
@pytest.mark.parametrize("stream", _STREAMS)
def test_an_answer_without_a_list_is_a_failure_and_never_the_end(stream, answer):
    with pytest.raises(ApiError, match=r"holds no list|with an error: no such field"):
        run(BULLHORN.page(stream, START, {"after": 5}, Account(), START), lambda ask: answer)


@pytest.mark.parametrize("name", ["loginInfo", "token", "login"])
def test_no_answer_however_hostile_breaks_signing_in(name):
    """Each answer of Bullhorn gives a session, or a sentence that says why there is none."""
    paths = {"loginInfo": "/loginInfo", "token": "/token", "login": "/login"}
    credentials = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "username": "u"}
    sessions = 0
    for where, bad in mutations(own("bullhorn", name)):

        def answers(ask: ApiRequest, bad: Any = bad) -> Any:
            found = next(name for name, path in paths.items() if ask.path.endswith(path))
            return bad if found == name else own("bullhorn", found)

        try:
            session = run(BULLHORN.sign_in(Account(credentials=credentials), START), answers)
        except NotConnected:
            continue
        assert set(session) <= {"token", "address"}, where
        sessions += "token" in session
    assert sessions
