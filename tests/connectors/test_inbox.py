"""Received events are stored once and applied in any order; a parked one has a reason and can be replayed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from tests.agencies import new_agency
from tests.connectors.connected import Sender, Workers
from tests.service import Client, Clock, Service

ORGANISATION = {"id": "o1", "name": "Acme Foods"}
JOB = {"id": "j1", "title": "Chef", "organisation": ORGANISATION}
CANDIDATE = {"id": "c1", "name": "Ana Petrova", "email": "ana@example.com"}
APPLICATION = {"id": "a1", "candidate": CANDIDATE, "job": JOB}
STAGES = {"Interview": "interview_scheduled", "Interviewed": "interviewed", "Offer": "offer", "Rejected": "rejected"}
CALLS = {
    "call": {"channel": "phone", "two_way": True},
    "note: Follow-up": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
    },
}


@pytest.fixture
def admin(operator: Client) -> Client:
    return new_agency(operator)


@pytest.fixture
def workers(service: Service) -> Workers:
    return Workers(service)


@pytest.fixture
def crm(admin: Client) -> Iterator[Sender]:
    sender = Sender(admin, stage_map=STAGES, activity_map=CALLS)
    yield sender
    assert sender.events("parked") == []


def application(crm: Sender, id: str = "a1") -> dict[str, Any]:
    answer = crm.admin.get(f"/v1/applications/by-ref/standard/{id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def held(clock: Clock, **more: Any) -> dict[str, Any]:
    """An interview that ends now."""
    began = (clock.now - timedelta(hours=1)).isoformat()
    return {"id": "i1", "starts_at": began, "ends_at": clock.now.isoformat(), "booked_at": began} | more


def test_a_whole_application_in_one_event(crm: Sender, workers: Workers, clock: Clock):
    assert crm.send("interview.updated", held(clock, application=APPLICATION)).json() == {"status": "accepted"}
    assert [event["state"] for event in crm.events()] == ["waiting"]
    assert workers.process() == 1
    [event] = crm.events()
    assert event["state"] == "applied", (event["reason"], event["outcome"])
    assert [(item["kind"], item["what"]) for item in event["outcome"]] == [
        ("organisation", "created"),
        ("candidate", "created"),
        ("job", "created"),
        ("application", "ignored"),
        ("interview", "created"),
    ]
    at = application(crm)
    assert (at["stage"], at["effective_stage"]) == ("interview_scheduled", "interviewed")
    assert crm.health()["status"] == "ok"


def test_stages_follow_the_map_by_legal_steps(crm: Sender, workers: Workers, clock: Clock):
    crm.send("application.updated", APPLICATION | {"status": {"value": "Interview"}})
    clock.advance(days=1)
    crm.send("application.updated", {"id": "a1", "candidate_id": "c1", "job_id": "j1", "status": {"value": "offer"}})
    workers.process()
    assert application(crm)["stage"] == "offer"


def test_what_no_event_has_named_yet_is_waited_for(crm: Sender, workers: Workers, clock: Clock):
    crm.send(
        "activity.created",
        {"id": "n1", "type": "note: Follow-up", "occurred_at": clock.now.isoformat(), "application_id": "a1"},
    )
    crm.send(
        "interview.created",
        held(clock, application_id="a1"),
    )
    workers.process()
    states = {event["type"]: (event["state"], event["reason"]) for event in crm.events()}
    assert states["interview.created"] == ("waiting", "it refers to application a1, which is not known yet")
    crm.send("application.updated", APPLICATION | {"status": {"value": "Interview"}})
    workers.process()
    assert {event["type"]: event["state"] for event in crm.events()} == {
        "activity.created": "applied",
        "interview.created": "applied",
        "application.updated": "applied",
    }


def test_words_that_no_map_knows_are_listed_and_applied_once_it_learns_them(
    crm: Sender, workers: Workers, admin: Client
):
    crm.send("application.updated", APPLICATION | {"status": {"value": "77", "label": "Trial shift"}})
    workers.process()
    [event] = crm.events()
    assert (event["state"], event["reason"]) == ("applied", "the stage map has no entry for 'Trial shift'")
    [word] = crm.health()["unmapped"]
    assert (word["map"], word["value"], word["events"]) == ("stage", "Trial shift", 1)
    change = {"stage_map": {"trial  SHIFT": "interview_scheduled"}}
    assert admin.patch(f"/v1/connections/{crm.id}", change).status_code == 200
    workers.process()
    assert application(crm)["stage"] == "interview_scheduled"
    assert crm.health()["unmapped"] == []


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_create_update_update_delete_end_the_same_in_every_order(
    crm: Sender, workers: Workers, clock: Clock, order: tuple[int, ...]
):
    start = clock.now
    clock.advance(hours=10)
    whole = {"id": "i1", "application": APPLICATION, "booked_at": start.isoformat()}
    events = []
    for hours, verb in enumerate(("created", "updated", "updated", "deleted"), 1):
        at = start.replace(hour=start.hour + hours)
        times = {"starts_at": at.replace(minute=10).isoformat(), "ends_at": at.replace(minute=50).isoformat()}
        events.append((f"interview.{verb}", {"id": "i1"} if verb == "deleted" else whole | times, at))
    for place in order:
        crm.send(*events[place])
        workers.process()
    [held] = crm.admin.get(f"/v1/applications/{application(crm)['id']}/interviews").json()["items"]
    assert (held["status"], held["starts_at"]) == ("cancelled", "2026-05-04T12:10:00Z")
    assert held["status_at"] == "2026-05-04T13:00:00Z"
    assert application(crm)["effective_stage"] == "interview_scheduled"


def test_an_application_that_the_crm_gives_to_another_candidate_is_theirs(crm: Sender, workers: Workers, clock: Clock):
    status = {"status": {"value": "Interview"}}
    crm.send("application.updated", APPLICATION | status)
    workers.process()
    clock.advance(minutes=1)
    other = {"id": "c2", "name": "Ana Petrova (twin)"}
    crm.send("application.updated", {"id": "a1", "candidate": other, "job": JOB} | status)
    crm.send("candidate.deleted", {"id": "c1"})
    workers.process()
    at = application(crm)
    found = crm.admin.get("/v1/candidates/by-ref/standard/c2").json()
    assert (at["candidate_id"], at["stage"]) == (found["id"], "interview_scheduled")
