"""Parking: an application whose assessment fails delays no other, is parked after five attempts, and revives."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.applications import history_loader as bridge
from app.rules.assess import assess
from tests.applications.agency_client import AgencyClient, day, done, refused
from tests.applications.crowd import multiply, row

LEASE = timedelta(seconds=60)


@pytest.fixture
def poison(agency: AgencyClient, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the assessment of the agency's first application fail. Call the result to stop that."""
    its_own = day(1, 7)
    agency.application = agency.open(opened_at=its_own)
    agency.id = agency.application["id"]
    agency.sweep()
    monkeypatch.setattr(bridge, "assess", lambda history, *rest: _stumble(history, its_own, *rest))
    return lambda: monkeypatch.setattr(bridge, "assess", assess)


def _stumble(history: Any, its_own: Any, *rest: Any) -> Any:
    if history.opened_at == its_own:
        raise ZeroDivisionError("a rule is wrong")
    return assess(history, *rest)


def exhaust(agency: AgencyClient) -> None:
    """Let it fail the maximum number of times."""
    for _ in range(5):
        agency.sweep()
        agency.clock.now += LEASE


def ready(agency: AgencyClient) -> dict[str, Any]:
    answer: dict[str, Any] = done(agency.admin.get("/readyz"), 200)
    return answer


def test_the_others_of_its_batch_are_assessed(agency: AgencyClient, poison: Callable[[], None]):
    others = multiply(agency, 6, day(5, 8))
    for other in others:
        agency.write(_opened(other))
    agency.clock.now = day(5, 9)
    assert agency.sweep() == 7  # with the agency's first
    assert all(agency.active_flags(other) == {"nothing_booked": "watch"} for other in others)
    assert agency.active_flags() == {}


def _opened(id: str) -> Any:
    from uuid import UUID

    import sqlalchemy as sa

    from app.applications.models import application

    return sa.update(application).where(application.c.id == UUID(id)).values(opened_at=day(1))


def test_it_is_tried_five_times_a_lease_apart_and_then_left_alone(agency: AgencyClient, poison: Callable[[], None]):
    agency.clock.now = day(5, 9)
    for attempt in range(1, 6):
        agency.sweep()
        assert row(agency, agency.id)["attempts"] == attempt
        agency.clock.now += LEASE - timedelta(seconds=1)
        agency.sweep()
        assert row(agency, agency.id)["attempts"] == attempt
        agency.clock.now += timedelta(seconds=1)
    agency.clock.now += timedelta(hours=3)
    parked = row(agency, agency.id)
    agency.sweep()
    assert row(agency, agency.id) == parked


def test_what_is_parked_is_shown_and_does_not_count_as_behind(agency: AgencyClient, poison: Callable[[], None]):
    agency.clock.now = day(5, 9)
    assert ready(agency)["parked"] == 0 if agency.sweep() else True
    exhaust(agency)
    agency.clock.now += timedelta(hours=3)
    agency.sweep()
    assert ready(agency) == {"status": "ok", "sweep_lag_seconds": 0.0, "parked": 1, "unopened": 0}


def test_it_is_listed_and_revived_over_the_api(agency: AgencyClient, poison: Callable[[], None]):
    def parked() -> list[str]:
        found = done(agency.admin.get("/v1/applications", params={"parked": "true"}), 200)
        return [item["id"] for item in found["items"]]

    agency.clock.now = day(5, 9)
    assert parked() == []
    exhaust(agency)
    assert parked() == [agency.id]
    path = f"/v1/applications/{agency.id}/revive"
    refused(agency.admin.post(path, headers={"If-Match": '"another"'}), 412, "precondition_failed")
    done(agency.admin.post(path), 200)
    assert parked() == []
    poison()
    agency.sweep()
    assert (agency.active_flags(), row(agency, agency.id)["attempts"]) == ({"nothing_booked": "watch"}, 0)


def test_it_revives_on_the_next_write_to_it(agency: AgencyClient, poison: Callable[[], None]):
    agency.clock.now = day(5, 9)
    exhaust(agency)
    poison()
    agency.clock.now = day(8)
    agency.sweep()
    assert agency.active_flags() == {}
    agency.says("recruiter", "candidate", "information")
    assert agency.active_flags() == {"nothing_booked": "warning"}
    assert ready(agency)["parked"] == 0
    assert row(agency, agency.id)["attempts"] == 0


def test_it_revives_when_what_it_hangs_on_changes(agency: AgencyClient, poison: Callable[[], None]):
    agency.clock.now = day(5, 9)
    exhaust(agency)
    poison()
    agency.clock.now = day(8)
    agency.patch("policy", nothing_booked={"warning": 5})
    agency.sweep()
    assert agency.active_flags() == {"nothing_booked": "watch", "update_owed": "watch"}
    assert ready(agency)["parked"] == 0


def test_it_revives_with_newer_rules(agency: AgencyClient, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    agency.clock.now = day(5, 9)
    exhaust(agency)
    poison()
    agency.clock.now = day(8)
    agency.sweep()
    assert agency.active_flags() == {}
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    agency.sweep()
    assert agency.active_flags() == {"nothing_booked": "warning", "update_owed": "watch"}
    assert ready(agency)["parked"] == 0


def test_newer_rules_that_stumble_too_park_it_again(
    agency: AgencyClient, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    agency.clock.now = day(5, 9)
    exhaust(agency)
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    exhaust(agency)
    agency.clock.now += timedelta(hours=3)
    parked = row(agency, agency.id)
    assert parked["attempts"] == 5
    agency.sweep()
    assert row(agency, agency.id) == parked


def test_newer_rules_do_not_try_it_for_ever(
    agency: AgencyClient, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    for attempt in range(1, 6):
        agency.sweep()
        assert row(agency, agency.id)["attempts"] == attempt
        agency.clock.now += LEASE
    agency.sweep()
    assert row(agency, agency.id)["attempts"] == 5


def test_a_sweep_that_is_behind_is_not_ready(agency: AgencyClient):
    assert ready(agency) == {"status": "ok", "sweep_lag_seconds": 0.0, "parked": 0, "unopened": 0}
    agency.clock.now = day(5, 0, 5)
    assert ready(agency)["sweep_lag_seconds"] == 300
    agency.clock.now += timedelta(seconds=1)
    problem = refused(agency.admin.get("/readyz"), 503, "sweep_behind")
    assert (problem["sweep_lag_seconds"], problem["parked"]) == (301, 0)
    agency.sweep()
    assert ready(agency)["sweep_lag_seconds"] == 0


def test_a_request_for_reassessment_that_nobody_takes_up_is_not_ready_either(agency: AgencyClient):
    agency.patch("policy", going_quiet={"watch": 1})
    agency.clock.now += timedelta(seconds=301)
    refused(agency.admin.get("/readyz"), 503, "sweep_behind")
    agency.sweep()
    assert ready(agency)["sweep_lag_seconds"] == 0
