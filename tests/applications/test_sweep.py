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
from tests.applications.crowd import keys, multiply, row, step, sweep_together
from tests.applications.desk import Desk, day

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


def test_eight_workers_assess_three_hundred_due_applications_once_each(desk: Desk, assessed: list[str]):
    desk.clock.now = day(5, 9)
    crowd = multiply(desk, 300, day(5, 8))
    by_worker = sweep_together(desk, workers=8, batch=20)
    assert sum(by_worker) == len(assessed) == 301  # with the desk's own, due at midnight
    assert sorted(assessed) == sorted([*crowd, desk.id])
    rows = desk.rows(application)
    assert {(one["claim"], one["attempts"]) for one in rows} == {(None, 0)}
    assert all(one["due_at"] > desk.clock.now and one["assessed_at"] == desk.clock.now for one in rows)
    assert len(desk.rows(flag)) == len(desk.rows(event)) == 301
    assert {one["event_sequence"] for one in rows} == {1}


def test_what_came_due_first_is_assessed_first(desk: Desk, assessed: list[str]):
    desk.clock.now = day(5, 9)
    late, later, latest = (multiply(desk, 3, day(5, hour)) for hour in (6, 7, 8))
    sweep_together(desk, workers=1, batch=3)
    assert [set(assessed[first : first + 3]) for first in (1, 4, 7)] != []
    order = [one for one in assessed if one != desk.id]
    assert [set(order[:3]), set(order[3:6]), set(order[6:])] == [set(late), set(later), set(latest)]


def test_the_claims_of_a_worker_that_died_come_due_again_when_its_lease_ends(desk: Desk, assessed: list[str]):
    desk.clock.now = day(5, 9)
    _, claimed = step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    assert claimed == keys(desk, [desk.id])
    assert row(desk, desk.id)["attempts"] == 1
    assert desk.sweep() == 0
    desk.clock.now += LEASE - timedelta(microseconds=1)
    assert desk.sweep() == 0
    desk.clock.now += timedelta(microseconds=1)
    assert desk.sweep() == 1
    assert assessed == [desk.id]


def test_a_worker_that_wakes_up_late_changes_nothing(desk: Desk):
    desk.clock.now = day(5, 9)
    token, claimed = step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    desk.clock.now += LEASE
    second, again = step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    assert (again, second != token) == (claimed, True)
    held = row(desk, desk.id)

    def finish(conn: Any, mine: Any) -> int:
        return sweep.assess_claimed(AssessmentContext(conn, desk.clock.now, new_id), mine, claimed)

    assert step(desk, finish, token) == 0
    assert row(desk, desk.id) == held
    assert desk.standing() == {}
    assert step(desk, finish, second) == 1
    assert step(desk, finish, second) == 0, "a claim is used up"
    assert desk.standing() == {"nothing_booked": "watch"}


def test_a_write_takes_the_application_out_of_a_workers_hands(desk: Desk):
    desk.clock.now = day(5, 9)
    token, claimed = step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    desk.interview(ended=day(5, 8))
    held = row(desk, desk.id)
    finish = step(
        desk,
        lambda conn: sweep.assess_claimed(AssessmentContext(conn, desk.clock.now, new_id), token, claimed),
    )
    assert finish == 0
    assert row(desk, desk.id) == held


def test_a_request_for_reassessment_takes_it_out_of_a_workers_hands_too(desk: Desk, assessed: list[str]):
    desk.clock.now = day(5, 9)
    step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    desk.patch("policy", nothing_booked={"enabled": False})
    assert desk.sweep() == 1
    assert (assessed, desk.standing()) == ([desk.id], {})


def test_applications_of_many_agencies_are_assessed_in_one_batch(desk: Desk, operator: Any):
    other = Desk(desk.service, operator)
    desk.clock.now = day(5, 9)
    assert sweep_together(desk, workers=1, batch=10) == [2]
    for one in (desk, other):
        assert one.standing() == {"nothing_booked": "watch"}
        (told,) = [item for item in one.rows(event) if str(item["application_id"]) == one.id]
        assert str(told["agency_id"]) == one.get("agency")["id"]


def test_newer_rules_leave_claimed_applications_to_their_workers(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.clock.now = day(5, 9)
    token, _claimed = step(desk, sweep.claim, desk.clock.now, LEASE, 10)
    monkeypatch.setattr(sweep, "RULES_VERSION", 99)
    monkeypatch.setattr("app.applications.projection.RULES_VERSION", 99)
    assert desk.sweep() == 0
    held = row(desk, desk.id)
    assert (held["claim"], held["attempts"]) == (token, 1)
    desk.clock.now += LEASE
    assert desk.sweep() == 1
