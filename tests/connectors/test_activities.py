"""A note or a call is logged on the application that it is about, when it has happened, and never on another."""

from datetime import timedelta
from typing import Any

import pytest

from app.connectors.toolkit import add_marker
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import ACTIVITIES, APPLICATION, CANDIDATE, JOB, STAGES, call, fetch, interview
from tests.service import Client, Clock

OTHER = {"id": "a2", "candidate": CANDIDATE, "job": {**JOB, "id": "j2", "organisation": {"id": "o2", "name": "Bistro"}}}


TO_CANDIDATE = {"channel": "phone", "two_way": True, "from_party": "recruiter", "to_party": "candidate"}


@pytest.fixture
def crm(admin: Client) -> Sender:
    return Sender(admin, stage_map=STAGES, activity_map=ACTIVITIES | {"call: candidate": TO_CANDIDATE})


@pytest.fixture(autouse=True)
def _interviewed(crm: Sender, workers: Workers, clock: Clock) -> None:
    crm.send("interview.updated", interview(clock.now, application=APPLICATION | {"status": "Interview"}))
    workers.process()
    clock.advance(hours=1)


def also_interviewed(crm: Sender, workers: Workers, clock: Clock) -> None:
    """The candidate's other application, which was opened last."""
    crm.send("application.updated", OTHER | {"status": "Interview"})
    workers.process()
    clock.advance(hours=1)


def say(crm: Sender, workers: Workers, clock: Clock, **more: Any) -> None:
    crm.send("activity.updated", call(clock.now, **more))
    workers.process()


def log(crm: Sender, id: str = "a1") -> list[dict[str, Any]]:
    """Return the interactions that count on an application."""
    at = fetch(crm, f"applications/by-ref/standard/{id}")["id"]
    return [item for item in fetch(crm, f"applications/{at}/interactions")["items"] if item["voided_at"] is None]


@pytest.mark.parametrize("names", [{"application_id": "a2"}, {"job_id": "j2"}, {"organisation_id": "o2"}], ids=str)
def test_what_names_something_unknown_is_logged_on_no_other_application(
    crm: Sender, workers: Workers, clock: Clock, names: dict[str, str]
):
    say(crm, workers, clock, candidate_id="c1", **names)
    assert (log(crm), crm.events()[0]["state"]) == ([], "ignored")
    also_interviewed(crm, workers, clock)
    assert (log(crm), [item["channel"] for item in log(crm, "a2")]) == ([], ["phone"])


def test_what_names_the_organisation_is_logged_on_the_application_there(crm: Sender, workers: Workers, clock: Clock):
    also_interviewed(crm, workers, clock)
    say(crm, workers, clock, candidate_id="c1", organisation_id="o1")
    assert (len(log(crm)), log(crm, "a2")) == (1, [])


def test_what_is_edited_stays_on_its_application(crm: Sender, workers: Workers, clock: Clock):
    say(crm, workers, clock, candidate_id="c1", text="One")
    also_interviewed(crm, workers, clock)
    say(crm, workers, clock, candidate_id="c1", text="Two")
    assert ([item["summary"] for item in log(crm)], log(crm, "a2")) == (["Two"], [])


@pytest.mark.parametrize("names", [{"application_id": "a2"}, {"candidate_id": "c1", "job_id": "j2"}], ids=str)
def test_unless_another_is_named_then_it_is_logged_there_alone(
    crm: Sender, workers: Workers, clock: Clock, names: dict[str, str]
):
    say(crm, workers, clock, candidate_id="c1", text="One")
    also_interviewed(crm, workers, clock)
    say(crm, workers, clock, text="Two", **names)
    assert (log(crm), [item["summary"] for item in log(crm, "a2")]) == ([], ["Two"])
    crm.send("activity.deleted", {"id": "n1"})
    workers.process()
    assert log(crm, "a2") == []


def test_a_call_after_the_rejection_tells_the_candidate(crm: Sender, workers: Workers, clock: Clock):
    crm.send("application.updated", APPLICATION | {"status": "Rejected"})
    workers.process()
    clock.advance(days=3)
    workers.everything()
    assert owed(crm) == ["closure_owed"]
    say(crm, workers, clock, candidate_id="c1", type="call: candidate")
    workers.everything()
    assert (len(log(crm)), owed(crm)) == (1, [])


def test_what_is_planned_is_logged_once_it_has_happened(crm: Sender, workers: Workers, clock: Clock):
    crm.send("activity.created", call(clock.now + timedelta(hours=3), application_id="a1"))
    workers.process()
    assert (log(crm), crm.events()[0]["state"], crm.health()["lag_seconds"]) == ([], "ignored", 0)
    clock.advance(hours=2)
    assert (workers.process(), log(crm)) == (0, [])
    clock.advance(hours=1)
    workers.process()
    assert (len(log(crm)), crm.events()[0]["state"], crm.events()[0]["next_attempt_at"]) == (1, "applied", None)


def test_unless_it_was_called_off_before(crm: Sender, workers: Workers, clock: Clock):
    crm.send("activity.created", call(clock.now + timedelta(hours=3), application_id="a1"))
    workers.process()
    crm.send("activity.deleted", {"id": "n1"}, at=clock.now + timedelta(minutes=1))
    clock.advance(hours=4)
    workers.process()
    assert log(crm) == []


def test_what_another_keepwarm_wrote_is_logged_like_any_note(crm: Sender, workers: Workers, clock: Clock):
    text = add_marker("Keepwarm: follow up overdue (warning)", "01a20166-002b-700b-ad83-0947683ddfb7")
    say(crm, workers, clock, candidate_id="c1", text=text)
    assert [item["summary"] for item in log(crm)] == [text]


def owed(crm: Sender) -> list[str]:
    at = fetch(crm, "applications/by-ref/standard/a1")["id"]
    return [flag["kind"] for flag in fetch(crm, f"applications/{at}/assessment")["flags"]]
