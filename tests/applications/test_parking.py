"""Parking: an application whose assessment fails delays no other, is parked after five attempts, and revives."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.applications import history_loader as bridge
from app.rules.assess import assess
from tests.applications.crowd import multiply, row
from tests.applications.desk import Desk, day, done, refused

LEASE = timedelta(seconds=60)


@pytest.fixture
def poison(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the assessment of the desk's own application fail. Call the result to stop that."""
    its_own = day(1, 7)
    desk.application = desk.open(opened_at=its_own)
    desk.id = desk.application["id"]
    desk.sweep()
    monkeypatch.setattr(bridge, "assess", lambda history, *rest: _stumble(history, its_own, *rest))
    return lambda: monkeypatch.setattr(bridge, "assess", assess)


def _stumble(history: Any, its_own: Any, *rest: Any) -> Any:
    if history.opened_at == its_own:
        raise ZeroDivisionError("a rule is wrong")
    return assess(history, *rest)


def exhaust(desk: Desk) -> None:
    """Let it fail the maximum number of times."""
    for _ in range(5):
        desk.sweep()
        desk.clock.now += LEASE


def ready(desk: Desk) -> dict[str, Any]:
    answer: dict[str, Any] = done(desk.admin.get("/readyz"), 200)
    return answer


def test_the_others_of_its_batch_are_assessed(desk: Desk, poison: Callable[[], None]):
    others = multiply(desk, 6, day(5, 8))
    for other in others:
        desk.write(_opened(other))
    desk.clock.now = day(5, 9)
    assert desk.sweep() == 7  # with the one that the desk began with
    assert all(desk.standing(other) == {"nothing_booked": "watch"} for other in others)
    assert desk.standing() == {}


def _opened(id: str) -> Any:
    from uuid import UUID

    import sqlalchemy as sa

    from app.applications.models import application

    return sa.update(application).where(application.c.id == UUID(id)).values(opened_at=day(1))


def test_it_is_tried_five_times_a_lease_apart_and_then_left_alone(desk: Desk, poison: Callable[[], None]):
    desk.clock.now = day(5, 9)
    for attempt in range(1, 6):
        desk.sweep()
        assert row(desk, desk.id)["attempts"] == attempt
        desk.clock.now += LEASE - timedelta(seconds=1)
        desk.sweep()
        assert row(desk, desk.id)["attempts"] == attempt
        desk.clock.now += timedelta(seconds=1)
    desk.clock.now += timedelta(hours=3)
    parked = row(desk, desk.id)
    desk.sweep()
    assert row(desk, desk.id) == parked


def test_what_is_parked_is_shown_and_does_not_count_as_behind(desk: Desk, poison: Callable[[], None]):
    desk.clock.now = day(5, 9)
    assert ready(desk)["parked"] == 0 if desk.sweep() else True
    exhaust(desk)
    desk.clock.now += timedelta(hours=3)
    desk.sweep()
    assert ready(desk) == {"status": "ok", "sweep_lag_seconds": 0.0, "parked": 1, "unopened": 0}


def test_it_is_listed_and_revived_over_the_api(desk: Desk, poison: Callable[[], None]):
    def parked() -> list[str]:
        found = done(desk.admin.get("/v1/applications", params={"parked": "true"}), 200)
        return [item["id"] for item in found["items"]]

    desk.clock.now = day(5, 9)
    assert parked() == []
    exhaust(desk)
    assert parked() == [desk.id]
    path = f"/v1/applications/{desk.id}/revive"
    refused(desk.admin.post(path, headers={"If-Match": '"another"'}), 412, "precondition_failed")
    done(desk.admin.post(path), 200)
    assert parked() == []
    poison()
    desk.sweep()
    assert (desk.standing(), row(desk, desk.id)["attempts"]) == ({"nothing_booked": "watch"}, 0)


def test_it_revives_on_the_next_write_to_it(desk: Desk, poison: Callable[[], None]):
    desk.clock.now = day(5, 9)
    exhaust(desk)
    poison()
    desk.clock.now = day(8)
    desk.sweep()
    assert desk.standing() == {}
    desk.says("recruiter", "candidate", "information")
    assert desk.standing() == {"nothing_booked": "warning"}
    assert ready(desk)["parked"] == 0
    assert row(desk, desk.id)["attempts"] == 0


def test_it_revives_when_what_it_hangs_on_changes(desk: Desk, poison: Callable[[], None]):
    desk.clock.now = day(5, 9)
    exhaust(desk)
    poison()
    desk.clock.now = day(8)
    desk.patch("policy", nothing_booked={"warning": 5})
    desk.sweep()
    assert desk.standing() == {"nothing_booked": "watch", "update_owed": "watch"}
    assert ready(desk)["parked"] == 0


def test_it_revives_with_newer_rules(desk: Desk, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    desk.clock.now = day(5, 9)
    exhaust(desk)
    poison()
    desk.clock.now = day(8)
    desk.sweep()
    assert desk.standing() == {}
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    desk.sweep()
    assert desk.standing() == {"nothing_booked": "warning", "update_owed": "watch"}
    assert ready(desk)["parked"] == 0


def test_newer_rules_that_stumble_too_park_it_again(
    desk: Desk, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    desk.clock.now = day(5, 9)
    exhaust(desk)
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    exhaust(desk)
    desk.clock.now += timedelta(hours=3)
    parked = row(desk, desk.id)
    assert parked["attempts"] == 5
    desk.sweep()
    assert row(desk, desk.id) == parked


def test_newer_rules_do_not_try_it_for_ever(desk: Desk, poison: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", 99)
    for attempt in range(1, 6):
        desk.sweep()
        assert row(desk, desk.id)["attempts"] == attempt
        desk.clock.now += LEASE
    desk.sweep()
    assert row(desk, desk.id)["attempts"] == 5


def test_a_sweep_that_is_behind_is_not_ready(desk: Desk):
    assert ready(desk) == {"status": "ok", "sweep_lag_seconds": 0.0, "parked": 0, "unopened": 0}
    desk.clock.now = day(5, 0, 5)
    assert ready(desk)["sweep_lag_seconds"] == 300
    desk.clock.now += timedelta(seconds=1)
    problem = refused(desk.admin.get("/readyz"), 503, "sweep_behind")
    assert (problem["sweep_lag_seconds"], problem["parked"]) == (301, 0)
    desk.sweep()
    assert ready(desk)["sweep_lag_seconds"] == 0


def test_a_request_for_reassessment_that_nobody_takes_up_is_not_ready_either(desk: Desk):
    desk.patch("policy", going_quiet={"watch": 1})
    desk.clock.now += timedelta(seconds=301)
    refused(desk.admin.get("/readyz"), 503, "sweep_behind")
    desk.sweep()
    assert ready(desk)["sweep_lag_seconds"] == 0
