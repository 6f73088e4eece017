"""A restart: a stopped service continues from the same database."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.applications import sweep
from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, Row, at, day, done
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


def again(agency: AgencyClient, service: Any) -> AgencyClient:
    """Return the same agency at the new service."""
    agency.service, agency.clock = service, service.clock
    agency.admin = service.client(agency.admin._headers["Authorization"].removeprefix("Bearer "))
    return agency


def picture(agency: AgencyClient) -> list[Row]:
    paths = (f"applications/{agency.id}", f"applications/{agency.id}/assessment", f"applications/{agency.id}/history")
    return [agency.get(path) for path in (*paths, "flags", "worklist", "pipeline", "rules")]


def test_everything_recorded_and_found_is_still_there(begin: Callable[[], Any]):
    with begin() as service:
        agency = AgencyClient(service, service.client(OPERATOR_KEY))
        agency.interview(ended=day(4, 8))
        agency.says("candidate", "client", "chase", channel="linkedin")
        agency.wait(day(5, 9))
        done(agency.post(f"flags/{agency.flag('follow_up_overdue')['id']}/snooze", until=day(5, 15)), 200)
        before = picture(agency)
    with begin() as service:
        assert picture(again(agency, service)) == before


def test_what_came_due_while_it_was_down_is_assessed_when_it_is_back(begin: Callable[[], Any]):
    with begin() as service:
        agency = AgencyClient(service, service.client(OPERATOR_KEY))
        agency.interview(ended=day(4, 8))
        assert agency.active_flags() == {}
        clock = service.clock
    clock.now = day(5, 9)
    with begin() as service:
        assert again(agency, service).sweep() == 1
        assert agency.active_flags() == agency.found() == {"follow_up_overdue": "warning"}
        assert at(agency.flag("follow_up_overdue")["raised_at"]) == day(5, 9)


def test_a_change_that_was_still_spreading_spreads_on(begin: Callable[[], Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 2)
    with begin() as service:
        agency = AgencyClient(service, service.client(OPERATOR_KEY))
        everybody = [agency.id, *(agency.open()["id"] for _ in range(4))]
        agency.wait(day(6, 9))
        agency.patch("policy", nothing_booked={"enabled": False})
        database = service.app.state.shared.database
        assert service.run(database.across_agencies().write, lambda conn: sweep.spread(conn, agency.clock.now)) is True
    with begin() as service:
        assert again(agency, service).sweep() == 5
        assert [agency.active_flags(one) for one in everybody] == [{}] * 5
        numbers = [row["sequence"] for row in agency.rows(event) if str(row["application_id"]) == agency.id]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_claims_that_died_with_it_are_taken_up_when_their_lease_ends(begin: Callable[[], Any]):
    lease = timedelta(seconds=60)
    with begin() as service:
        agency = AgencyClient(service, service.client(OPERATOR_KEY))
        clock = service.clock
        clock.now = day(5, 9)
        _, claimed = service.write(
            lambda conn: sweep.claim(conn, clock.now, lease, 10),
        )
        assert len(claimed) == 1
    with begin() as service:
        assert again(agency, service).sweep() == 0
        clock.now += lease
        assert agency.sweep() == 1
        assert agency.active_flags() == {"nothing_booked": "watch"}
