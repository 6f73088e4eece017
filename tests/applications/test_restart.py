"""A restart: a stopped service continues from the same database."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.applications import sweep
from app.webhooks.models import event
from tests.applications.desk import Desk, Row, at, day, done
from tests.service import OPERATOR_KEY, Clock, running


@pytest.fixture
def begin(own_database_url: str) -> Callable[[], Any]:
    """Start the service over the test's own database. It stops at the end of the block."""
    clock = Clock()

    @contextmanager
    def started() -> Any:
        with running(own_database_url, clock) as service:
            yield service

    return started


def again(desk: Desk, service: Any) -> Desk:
    """Return the same desk at the new service."""
    desk.service, desk.clock = service, service.clock
    desk.admin = service.client(desk.admin._headers["Authorization"].removeprefix("Bearer "))
    return desk


def picture(desk: Desk) -> list[Row]:
    paths = (f"applications/{desk.id}", f"applications/{desk.id}/assessment", f"applications/{desk.id}/history")
    return [desk.get(path) for path in (*paths, "flags", "worklist", "pipeline", "rules")]


def test_everything_told_and_found_is_still_there(begin: Callable[[], Any]):
    with begin() as service:
        desk = Desk(service, service.client(OPERATOR_KEY))
        desk.interview(ended=day(4, 8))
        desk.says("candidate", "client", "chase", channel="linkedin")
        desk.wait(day(5, 9))
        done(desk.post(f"flags/{desk.flag('follow_up_overdue')['id']}/snooze", until=day(5, 15)), 200)
        before = picture(desk)
    with begin() as service:
        assert picture(again(desk, service)) == before


def test_what_came_due_while_it_was_down_is_assessed_when_it_is_back(begin: Callable[[], Any]):
    with begin() as service:
        desk = Desk(service, service.client(OPERATOR_KEY))
        desk.interview(ended=day(4, 8))
        assert desk.standing() == {}
        clock = service.clock
    clock.now = day(5, 9)
    with begin() as service:
        assert again(desk, service).sweep() == 1
        assert desk.standing() == desk.found() == {"follow_up_overdue": "warning"}
        assert at(desk.flag("follow_up_overdue")["raised_at"]) == day(5, 9)


def test_a_change_that_was_still_spreading_spreads_on(begin: Callable[[], Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 2)
    with begin() as service:
        desk = Desk(service, service.client(OPERATOR_KEY))
        everybody = [desk.id, *(desk.open()["id"] for _ in range(4))]
        desk.wait(day(6, 9))
        desk.patch("policy", nothing_booked={"enabled": False})
        database = service.app.state.shared.database
        assert service.run(database.across_agencies().write, lambda conn: sweep.spread(conn, desk.clock.now)) is True
    with begin() as service:
        assert again(desk, service).sweep() == 5
        assert [desk.standing(one) for one in everybody] == [{}] * 5
        numbers = [row["sequence"] for row in desk.rows(event) if str(row["application_id"]) == desk.id]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_claims_that_died_with_it_are_taken_up_when_their_lease_ends(begin: Callable[[], Any]):
    lease = timedelta(seconds=60)
    with begin() as service:
        desk = Desk(service, service.client(OPERATOR_KEY))
        clock = service.clock
        clock.now = day(5, 9)
        _, claimed = service.write(
            lambda conn: sweep.claim(conn, clock.now, lease, 10),
        )
        assert len(claimed) == 1
    with begin() as service:
        assert again(desk, service).sweep() == 0
        clock.now += lease
        assert desk.sweep() == 1
        assert desk.standing() == {"nothing_booked": "watch"}
