"""Retention of the feed: expired events go with their deliveries, and late readers get an error."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import worker
from app.webhooks import retention
from app.webhooks.models import attempt, event
from tests.agencies import rows
from tests.service import Client, Service
from tests.webhooks.sender_driver import SenderDriver

EVENTS, STREAM = "/v1/events", "/v1/events/stream"
DAYS = 30


def tidy(service: Service) -> None:
    state = service.app.state
    service.run(worker.tidy_once, state.shared.database, state.settings, service.clock)


def kept(service: Service) -> set[str]:
    return {str(row.id) for row in rows(service, event)}


def test_old_events_go_with_their_deliveries_and_attempts_and_the_young_stay(
    admin: Client, stranger: Client, post: SenderDriver, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(retention, "MAX_DELETED_EVENTS", 3)
    post.endpoint(admin, post.receiver())
    post.emit(admin, 7)
    post.emit(stranger, 4)
    post.sequence()
    assert post.rounds() == 7
    waiting = post.emit(admin, 2)
    service.clock.advance(days=DAYS)
    tidy(service)
    assert len(kept(service)) == 13, "kept for so many days at least"

    service.clock.advance(seconds=1)
    young = post.emit(admin, 2)
    post.rounds()
    assert len(rows(service, attempt)) == 11
    tidy(service)
    assert kept(service) == {*young, *waiting}, "an event without a place was in no feed yet"
    assert {str(row.event_id) for row in post.deliveries()} == {*young, *waiting}
    assert {row.delivery_id for row in rows(service, attempt)} == {row.id for row in post.deliveries()}

    post.sequence()
    tidy(service)
    assert kept(service) == set(young)
    assert [item["id"] for item in admin.get(EVENTS).json()["items"]] == young


def forgotten(admin: Client, post: SenderDriver, service: Service) -> list[str]:
    """Five expired events of one agency, none of another, and three stored ones; returns their ids."""
    post.emit(admin, 5)
    post.sequence()
    service.clock.advance(days=DAYS, seconds=1)
    young = post.emit(admin, 3)
    post.sequence()
    tidy(service)
    return young


@pytest.mark.parametrize("address", [EVENTS, STREAM])
def test_a_reader_who_comes_too_late_gets_an_error(address: str, admin: Client, post: SenderDriver, service: Service):
    forgotten(admin, post, service)
    for cursor in ("1", "4"):
        refused = admin.get(address, params={"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (410, "cursor_expired")
        assert "Begin again without a cursor" in refused.json()["detail"]
    assert admin.get(STREAM, headers={"Last-Event-ID": "4"}).status_code == 410
    for cursor in ("0", "5", "6", "8"):
        assert admin.get(address, params={"cursor": cursor}).status_code == 200


def test_a_reader_who_restarts_begins_at_the_first_stored_event(admin: Client, post: SenderDriver, service: Service):
    young = forgotten(admin, post, service)
    for start in ({}, {"cursor": "0"}, {"cursor": "5"}):
        page = admin.get(EVENTS, params={"limit": 1, **start}).json()
        assert ([item["id"] for item in page["items"]], page["next_cursor"]) == (young[:1], "6")
    page = admin.get(EVENTS, params={"cursor": "6"}).json()
    assert ([item["id"] for item in page["items"]], page["next_cursor"]) == (young[1:], "8")
    lines = [line for line in admin.get(STREAM).text.splitlines() if line.startswith("id: ")]
    assert lines == ["id: 6", "id: 7", "id: 8"]


def test_an_older_event_that_was_placed_late_makes_nobody_restart_twice(
    admin: Client, post: SenderDriver, service: Service
):
    """The events of a long transaction are older than those with lower positions, and expire first."""
    early, late = post.emit(admin, 2)
    post.sequence()
    long_ago = service.clock() - timedelta(seconds=5)
    older = sa.update(event).where(event.c.position == 2).values(occurred_at=long_ago)
    service.write(lambda conn: conn.execute(older))
    service.clock.advance(days=DAYS)
    tidy(service)
    assert kept(service) == {early}, late
    page = admin.get(EVENTS, params={"limit": 1}).json()
    assert page == {"items": [], "next_cursor": "2"}
    assert admin.get(EVENTS, params={"cursor": "2"}).status_code == 200


def test_the_feed_of_another_agency_is_kept_by_its_own_places(
    admin: Client, stranger: Client, post: SenderDriver, service: Service
):
    forgotten(admin, post, service)
    theirs = post.emit(stranger, 2)
    post.sequence()
    page = stranger.get(EVENTS, params={"cursor": "1"}).json()
    assert [item["id"] for item in page["items"]] == theirs[1:]
