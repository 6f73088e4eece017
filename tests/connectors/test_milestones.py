"""Checks and milestones of the generic endpoint: corrected, moved, withdrawn, in any order, and safe to send twice."""

from datetime import timedelta
from typing import Any

import pytest

from tests.agencies import asked_again
from tests.applications.agency_client import done
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import APPLICATION, BARE, CANDIDATE, JOB, fetch, interview
from tests.service import Clock, Service

OFFER = APPLICATION | {"status": "Offer"}
STEPS = {"Accepted": "accepted", "Started": "placed", "Withdrew": "withdrawn"}


@pytest.fixture
def opened(crm: Sender, workers: Workers, clock: Clock) -> Sender:
    """The application in the stage `offer`, an hour ago."""
    crm.send("application.updated", OFFER | {"updated_at": (clock.now - timedelta(hours=1)).isoformat()})
    workers.process()
    return crm


def agreed(clock: Clock, on: str = "2026-06-15", **more: Any) -> dict[str, Any]:
    times = {"at": (clock.now - timedelta(minutes=30)).isoformat(), "updated_at": clock.now.isoformat()}
    return {"id": "m1", "kind": "start_agreed", "application_id": "a1", "on": on} | times | more


def facts(crm: Sender, what: str = "milestones") -> list[dict[str, Any]]:
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    items: list[dict[str, Any]] = fetch(crm, f"applications/{id}/{what}")["items"]
    return items


def active_milestones(crm: Sender) -> list[tuple[str, str | None]]:
    return [(each["kind"], each["on"]) for each in facts(crm) if each["voided_at"] is None]


def stage(crm: Sender) -> str:
    return str(fetch(crm, "applications/by-ref/standard/a1")["effective_stage"])


def test_a_milestone_is_recorded_once_and_corrected(opened: Sender, workers: Workers, clock: Clock):
    opened.send("milestone.created", {"id": "m2", "kind": "Written offer", "application_id": "a1"})
    for _ in range(3):
        opened.send("milestone.created", agreed(clock))
    workers.process()
    assert active_milestones(opened) == [("start_agreed", "2026-06-15"), ("written_offer", None)]
    earlier = (clock.now - timedelta(days=2)).isoformat()
    opened.send("milestone.updated", agreed(clock, at=earlier, updated_at=(clock.advance(hours=1)).isoformat()))
    workers.process()
    [corrected] = [each for each in facts(opened) if each["kind"] == "start_agreed"]
    assert corrected["at"][:10] == earlier[:10], "a correction is no further milestone"


def test_a_first_day_that_moves_is_another_milestone_and_goes_with_the_first(
    opened: Sender, workers: Workers, clock: Clock
):
    first = agreed(clock)
    opened.send("milestone.created", first)
    workers.process()
    clock.advance(days=1)
    moved = first | {"on": "2026-06-22", "updated_at": clock.now.isoformat()}
    opened.send("milestone.updated", moved)
    opened.send("milestone.updated", first)  # late: older versions change nothing
    workers.process()
    assert active_milestones(opened) == [("start_agreed", "2026-06-15"), ("start_agreed", "2026-06-22")]
    assert [each["at"][:10] for each in facts(opened)] == ["2026-05-04", "2026-05-05"]
    clock.advance(hours=1)
    opened.send("milestone.deleted", {"id": "m1", "updated_at": clock.now.isoformat()})
    opened.send("milestone.updated", moved)  # it was deleted since
    workers.process()
    assert active_milestones(opened) == []
    assert {each["void_reason"] for each in facts(opened)} == {"Withdrawn in Our Zapier"}
    opened.send("milestone.updated", moved | {"updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert active_milestones(opened) == [("start_agreed", "2026-06-22")], "it is there again"
    assert {event["state"] for event in opened.events()} <= {"applied", "ignored"}


def test_what_was_voided_here_stays_voided_until_the_crm_has_another_day(
    opened: Sender, workers: Workers, clock: Clock
):
    first = agreed(clock)
    opened.send("milestone.created", first)
    workers.process()
    path = f"/v1/milestones/{facts(opened)[0]['id']}/void"
    done(opened.admin.post(path, {"reason": "Not so."}), 200)
    for _ in range(2):
        opened.send("milestone.updated", first | {"updated_at": clock.advance(hours=1).isoformat()})
        workers.process()
        assert active_milestones(opened) == []
    opened.send("milestone.updated", first | {"on": "2026-07-01", "updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert active_milestones(opened) == [("start_agreed", "2026-07-01")]
    assert {event["state"] for event in opened.events()} == {"applied"}


def test_a_milestone_waits_for_an_application_and_for_its_opening(crm: Sender, workers: Workers, clock: Clock):
    crm.send("milestone.created", agreed(clock))
    workers.process()
    assert [event["state"] for event in crm.events()] == ["waiting"]
    crm.send("application.updated", APPLICATION)
    workers.process()
    [waiting] = [event for event in crm.events() if event["type"] == "milestone.created"]
    assert (waiting["state"], waiting["reason"]) == ("ignored", "the application is not opened yet")
    crm.send("interview.created", interview(clock.now + timedelta(days=1), application_id="a1"))
    workers.process()
    assert active_milestones(crm) == [("start_agreed", "2026-06-15")]


def test_a_milestone_has_activity_and_may_name_candidate_and_job(crm: Sender, workers: Workers, clock: Clock):
    whole = {name: value for name, value in agreed(clock).items() if name != "application_id"}
    crm.send("milestone.created", whole | {"application": OFFER})
    crm.send("milestone.created", {"id": "m9", "kind": "resigned", "candidate": CANDIDATE, "job": JOB})
    workers.process()
    assert active_milestones(crm) == [("start_agreed", "2026-06-15"), ("resigned", None)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "written_offer"}, "data: it names its application, or its candidate and its job"),
        ({"kind": "start_agreed", "application_id": "a1"}, "data.on: the first day, for start_agreed"),
        ({"kind": "resigned", "application_id": "a1", "on": "2026-06-15"}, "data.on: the first day, for start_agreed"),
        ({"kind": "start_agreed", "application_id": "a1", "on": "06/15/2026"}, "data.on: must be a day"),
        ({"kind": "promoted", "application_id": "a1"}, "data.kind"),
    ],
)
def test_what_is_wrong_with_a_milestone_is_said_in_one_sentence(
    opened: Sender, workers: Workers, data: dict[str, Any], sentence: str
):
    opened.send("milestone.created", {"id": "m1", **data})
    workers.process()
    assert opened.events()[0]["reason"].startswith(sentence)
    assert active_milestones(opened) == []


def test_a_check_takes_its_steps_and_has_no_result(opened: Sender, workers: Workers, clock: Clock):
    asked_at = clock.now - timedelta(days=1)
    check = {"id": "k1", "kind": "Reference", "application_id": "a1", "label": "K.M.", "asked_at": asked_at.isoformat()}
    opened.send("check.created", check)
    opened.send("check.created", check | {"result": "excellent"}, id="with a result")
    workers.process()
    [found] = facts(opened, "checks")
    assert (found["kind"], found["label"], found["result_from"], found["done_at"]) == (
        "reference",
        "K.M.",
        "recruiter",
        None,
    )
    assert "excellent" not in str(found)
    late = {
        "ready_at": (asked_at - timedelta(days=3)).isoformat(),
        "done_at": (clock.now + timedelta(days=3)).isoformat(),
    }
    opened.send("check.updated", {"id": "k1", "kind": "reference", "application_id": "a1"} | late)
    workers.process()
    [found] = facts(opened, "checks")
    assert (found["ready_at"], found["label"]) == (found["asked_at"], "K.M."), "no step comes before the check"
    assert found["done_at"][:19] == clock.now.isoformat()[:19], "what has happened does not lie ahead"
    opened.send("check.deleted", {"id": "k1", "updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert facts(opened, "checks")[0]["void_reason"] == "Deleted in Our Zapier"
    opened.send("check.updated", check | {"updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert [each["voided_at"] is None for each in facts(opened, "checks")] == [False, True]
    assert {event["state"] for event in opened.events()} <= {"applied", "ignored"}


def test_a_check_that_is_asked_for_after_a_step_that_is_known_is_recorded(
    opened: Sender, workers: Workers, clock: Clock
):
    day = {number: (clock.now - timedelta(days=number)).isoformat() for number in (1, 2, 3)}
    check = {"id": "k1", "kind": "reference", "application_id": "a1"}
    opened.send("check.created", check | {"asked_at": day[3], "ready_at": day[2]})
    opened.send("check.updated", check | {"asked_at": day[1], "updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    [found] = facts(opened, "checks")
    assert (found["asked_at"], found["ready_at"][:19]) == (found["ready_at"], day[2][:19])
    assert {event["state"] for event in opened.events()} == {"applied"}


@pytest.mark.parametrize("order", [("started", "status"), ("status", "started")])
@pytest.mark.parametrize("same_time", [True, False])
def test_a_start_and_a_status_that_says_placed_are_one_end(
    opened: Sender, workers: Workers, clock: Clock, order: tuple[str, ...], same_time: bool
):
    opened.admin.patch(f"/v1/connections/{opened.id}", json={"stage_map": STEPS})
    clock.advance(days=1)
    at = clock.now - timedelta(hours=2)
    started = {"id": "s1", "kind": "started", "application_id": "a1", "at": at.isoformat()}
    since = at if same_time else at + timedelta(hours=1)
    status = {"value": "Started", "label": "Started", "at": since.isoformat()}
    events: dict[str, tuple[str, dict[str, Any]]] = {
        "started": ("milestone.created", started),
        "status": ("application.updated", BARE | {"status": status}),
    }
    for name in order:
        type, data = events[name]
        opened.send(type, data)
        workers.process()
    assert stage(opened) == "placed"
    assert active_milestones(opened) == [("started", None)]
    assert {event["state"] for event in opened.events()} == {"applied"}


def test_a_start_that_lies_ahead_is_none_until_then(opened: Sender, workers: Workers, clock: Clock):
    at = (clock.now + timedelta(hours=20)).isoformat()
    opened.send("milestone.created", {"id": "s1", "kind": "started", "application_id": "a1", "at": at})
    workers.process()
    assert (active_milestones(opened), opened.events()[0]["reason"]) == (
        [],
        "it is in the future and will be applied then",
    )
    clock.advance(hours=20)
    workers.process()
    assert active_milestones(opened) == [("started", None)]


def test_nothing_of_somebody_who_was_erased_is_recorded(opened: Sender, workers: Workers, clock: Clock):
    opened.send("milestone.created", agreed(clock))
    opened.send("check.created", {"id": "k1", "kind": "reference", "application_id": "a1", "label": "K.M."})
    workers.process()
    candidate = fetch(opened, "candidates/by-ref/standard/c1")["id"]
    assert opened.admin.post(f"/v1/candidates/{candidate}/erasure", {}).status_code in (200, 201)
    clock.advance(hours=1)
    workers.everything()
    for type, data in (
        ("milestone.updated", agreed(clock, on="2026-07-01")),
        ("milestone.created", {"id": "m2", "kind": "resigned", "application_id": "a1"}),
        ("check.updated", {"id": "k1", "kind": "reference", "application_id": "a1", "label": "Kim Miller"}),
    ):
        opened.send(type, data)
    workers.process()
    assert [event["outcome"][0]["what"] for event in opened.events()[:3]] == ["erased"] * 3
    assert active_milestones(opened) == [("start_agreed", "2026-06-15")]
    assert "Kim" not in str(facts(opened, "checks"))


def test_a_job_that_a_crm_closes_has_its_open_applications_reassessed(
    opened: Sender, workers: Workers, clock: Clock, service: Service
):
    workers.sweep()
    assert asked_again(service) == []
    closed_at = clock.advance(hours=1)
    opened.send("job.updated", JOB | {"status": "filled", "status_at": closed_at.isoformat()})
    workers.process()
    job = fetch(opened, "jobs/by-ref/standard/j1")
    assert asked_again(service) == [("job", job["id"])]
    workers.sweep()
    assert asked_again(service) == []
    opened.send("job.updated", JOB | {"status": "filled", "updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert asked_again(service) == [], "the same status with something else changed is no news"


def test_a_job_that_a_crm_deletes_has_its_open_applications_reassessed(
    opened: Sender, workers: Workers, clock: Clock, service: Service
):
    workers.sweep()
    opened.send("job.deleted", {"id": "j1", "updated_at": clock.advance(hours=1).isoformat()})
    workers.process()
    assert fetch(opened, "jobs/by-ref/standard/j1")["status"] == "closed"
    assert [scope for scope, _ in asked_again(service)] == ["job"]
