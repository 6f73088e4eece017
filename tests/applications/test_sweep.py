"""The sweep: due applications are claimed once, claims of a dead worker expire, and a late worker changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from app.applications import sweep
from app.applications.assessment_context import AssessmentContext
from app.applications.models import application, flag
from app.applications.reassess import reassess_all
from app.kit.ids import new_id
from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, day
from tests.applications.crowd import keys, multiply, row, step, sweep_together

LEASE = timedelta(seconds=60)


@pytest.fixture
def assessed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that sweeps assess, in their order."""
    found: list[str] = []

    def noted(work: Any, claimed: Any, *rest: Any) -> Any:
        found.extend(str(id) for _, id in claimed)
        return reassess_all(work, claimed, *rest)

    monkeypatch.setattr(sweep, "reassess_all", noted)
    return found


def test_eight_workers_assess_three_hundred_due_applications_once_each(agency: AgencyClient, assessed: list[str]):
    agency.clock.now = day(5, 9)
    crowd = multiply(agency, 300, day(5, 8))
    by_worker = sweep_together(agency, workers=8, batch=20)
    assert sum(by_worker) == len(assessed) == 301  # with the agency's first, due at midnight
    assert sorted(assessed) == sorted([*crowd, agency.id])
    rows = agency.rows(application)
    assert {(one["claim"], one["attempts"]) for one in rows} == {(None, 0)}
    assert all(one["due_at"] > agency.clock.now and one["assessed_at"] == agency.clock.now for one in rows)
    assert len(agency.rows(flag)) == len(agency.rows(event)) == 301
    assert {one["event_sequence"] for one in rows} == {1}


def test_what_came_due_first_is_assessed_first(agency: AgencyClient, assessed: list[str]):
    agency.clock.now = day(5, 9)
    late, later, latest = (multiply(agency, 3, day(5, hour)) for hour in (6, 7, 8))
    sweep_together(agency, workers=1, batch=3)
    assert [set(assessed[first : first + 3]) for first in (1, 4, 7)] != []
    order = [one for one in assessed if one != agency.id]
    assert [set(order[:3]), set(order[3:6]), set(order[6:])] == [set(late), set(later), set(latest)]


def test_the_claims_of_a_worker_that_died_come_due_again_when_its_lease_ends(agency: AgencyClient, assessed: list[str]):
    agency.clock.now = day(5, 9)
    _, claimed = step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    assert claimed == keys(agency, [agency.id])
    assert row(agency, agency.id)["attempts"] == 1
    assert agency.sweep() == 0
    agency.clock.now += LEASE - timedelta(microseconds=1)
    assert agency.sweep() == 0
    agency.clock.now += timedelta(microseconds=1)
    assert agency.sweep() == 1
    assert assessed == [agency.id]


def test_a_worker_that_wakes_up_late_changes_nothing(agency: AgencyClient):
    agency.clock.now = day(5, 9)
    token, claimed = step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    agency.clock.now += LEASE
    second, again = step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    assert (again, second != token) == (claimed, True)
    held = row(agency, agency.id)

    def finish(conn: Any, mine: Any) -> int:
        return sweep.assess_claimed(AssessmentContext(conn, agency.clock.now, new_id), mine, claimed)

    assert step(agency, finish, token) == 0
    assert row(agency, agency.id) == held
    assert agency.active_flags() == {}
    assert step(agency, finish, second) == 1
    assert step(agency, finish, second) == 0, "a claim is used up"
    assert agency.active_flags() == {"nothing_booked": "watch"}


def test_a_write_takes_the_application_out_of_a_workers_hands(agency: AgencyClient):
    agency.clock.now = day(5, 9)
    token, claimed = step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    agency.interview(ended=day(5, 8))
    held = row(agency, agency.id)
    finish = step(
        agency,
        lambda conn: sweep.assess_claimed(AssessmentContext(conn, agency.clock.now, new_id), token, claimed),
    )
    assert finish == 0
    assert row(agency, agency.id) == held


def test_a_request_for_reassessment_takes_it_out_of_a_workers_hands_too(agency: AgencyClient, assessed: list[str]):
    agency.clock.now = day(5, 9)
    step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    agency.patch("policy", nothing_booked={"enabled": False})
    assert agency.sweep() == 1
    assert (assessed, agency.active_flags()) == ([agency.id], {})


def test_applications_of_many_agencies_are_assessed_in_one_batch(agency: AgencyClient, operator: Any):
    other = AgencyClient(agency.service, operator)
    agency.clock.now = day(5, 9)
    assert sweep_together(agency, workers=1, batch=10) == [2]
    for one in (agency, other):
        assert one.active_flags() == {"nothing_booked": "watch"}
        (events,) = [item for item in one.rows(event) if str(item["application_id"]) == one.id]
        assert str(events["agency_id"]) == one.get("agency")["id"]


def test_newer_rules_leave_claimed_applications_to_their_workers(agency: AgencyClient, monkeypatch: pytest.MonkeyPatch):
    agency.clock.now = day(5, 9)
    token, _claimed = step(agency, sweep.claim, agency.clock.now, LEASE, 10)
    monkeypatch.setattr(sweep, "RULES_VERSION", 99)
    monkeypatch.setattr("app.applications.projection.RULES_VERSION", 99)
    assert agency.sweep() == 0
    held = row(agency, agency.id)
    assert (held["claim"], held["attempts"]) == (token, 1)
    agency.clock.now += LEASE
    assert agency.sweep() == 1
