"""An event that names a record which is not here yet waits for exactly that, and is applied when it arrives."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest

from app.connectors.inbox import worker
from app.connectors.loaded_connection import load_connection
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import APPLICATION, BARE, CANDIDATE, JOB, ORGANISATION, call, fetch, interview
from tests.service import Clock, Service
from tests.steps import process_once

PIECES: dict[str, tuple[str, dict[str, Any]]] = {
    "candidate": ("candidate.updated", CANDIDATE),
    "organisation": ("organisation.updated", ORGANISATION),
    "job": ("job.updated", {"id": "j1", "title": "Chef", "organisation_id": "o1"}),
    "application": ("application.updated", BARE),
}


def states(crm: Sender) -> dict[str, str]:
    return {event["type"]: event["state"] for event in crm.events()}


@pytest.mark.parametrize(
    "order",
    [
        ("interview", "application", "job", "organisation", "candidate"),
        ("interview", "candidate", "organisation", "job", "application"),
        ("application", "interview", "job", "candidate", "organisation"),
        ("job", "interview", "organisation", "application", "candidate"),
    ],
    ids="-".join,
)
def test_events_in_reverse_order_have_the_same_result(
    crm: Sender, workers: Workers, clock: Clock, order: tuple[str, ...]
):
    pieces = PIECES | {"interview": ("interview.updated", interview(clock.now, application_id="a1"))}
    for piece in order:
        crm.send(*pieces[piece])
        workers.process()
    assert set(states(crm).values()) <= {"applied", "ignored"}
    assert fetch(crm, "applications/by-ref/standard/a1")["effective_stage"] == "interviewed"


def test_an_interview_waits_no_longer_when_its_application_stands_in_a_stage_no_map_knows(
    crm: Sender, workers: Workers, clock: Clock
):
    crm.send("interview.updated", interview(clock.now, application_id="a1"))
    workers.process()
    crm.send("application.updated", APPLICATION | {"status": {"value": "Trial shift"}})
    workers.process()
    assert states(crm)["interview.updated"] == "applied"


def test_an_interview_that_names_candidate_and_job_opens_the_application_sent_before_it(
    crm: Sender, workers: Workers, clock: Clock
):
    crm.send("application.updated", APPLICATION)
    crm.send("interview.updated", interview(clock.now, candidate_id="c1", job_id="j1"))
    workers.process()
    assert fetch(crm, "applications/by-ref/standard/a1")["effective_stage"] == "interviewed"


def test_an_interview_opens_the_application_sent_after_it(crm: Sender, workers: Workers, clock: Clock):
    crm.send("interview.updated", interview(clock.now, candidate=CANDIDATE, job=JOB))
    workers.process()
    assert states(crm)["interview.updated"] in ("ignored", "applied")
    crm.send("application.updated", APPLICATION)
    workers.process()
    assert fetch(crm, "applications/by-ref/standard/a1")["effective_stage"] == "interviewed"


@pytest.mark.parametrize(
    "about", [{"application_id": "a1"}, {"candidate_id": "c1"}, {"job_id": "j1", "client_contact_id": "k1"}], ids=str
)
def test_a_call_that_arrives_before_its_interview_is_logged_after_it(
    crm: Sender, workers: Workers, clock: Clock, about: dict[str, str]
):
    clock.advance(hours=1)
    crm.send("activity.created", call(clock.now, **about))
    workers.process()
    assert states(crm)["activity.created"] == "ignored"
    crm.send("interview.updated", interview(clock.now, application=APPLICATION))
    workers.process()
    assert states(crm)["activity.created"] == "applied", crm.events()
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    assert [item["channel"] for item in fetch(crm, f"applications/{id}/interactions")["items"]] == ["phone"]


def test_what_speaks_of_a_merged_candidate_waits_for_the_one_who_remains(crm: Sender, workers: Workers, clock: Clock):
    crm.send("candidate.merged", {"id": "c1", "into": "c2"})
    crm.send("candidate.updated", CANDIDATE)
    crm.send("interview.updated", interview(clock.now, application={"id": "a1", "candidate_id": "c1", "job": JOB}))
    workers.process()
    [waiting] = crm.events("waiting")
    assert waiting["reason"] == "it refers to candidate c2, which is not known yet"
    assert waiting["next_attempt_at"] is None
    crm.send("candidate.updated", {"id": "c2", "name": "Ana Petrova-Lee"})
    workers.process()
    assert crm.events("waiting") == []


def test_an_event_that_lost_its_reference_here_is_parked_and_not_retried_for_ever(
    crm: Sender, workers: Workers, clock: Clock
):
    crm.send("candidate.updated", CANDIDATE)
    workers.process()
    here = fetch(crm, "candidates/by-ref/standard/c1")["id"]
    assert crm.admin.patch(f"/v1/candidates/{here}", {"external_ref": None}).status_code == 200
    crm.send("interview.updated", interview(clock.now, application={"id": "a1", "candidate_id": "c1", "job": JOB}))
    assert workers.process() <= 6
    [parked] = crm.events("parked")
    assert parked["reason"] == "it refers to candidate c1, which is no longer here"


@pytest.mark.parametrize("round", range(10))
def test_workers_leave_nothing_waiting_for_what_another_event_has_just_brought(
    crm: Sender, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch, round: int
):
    monkeypatch.setattr(worker, "BATCH", 1)
    pieces = PIECES | {"interview": ("interview.updated", interview(clock.now, application_id="a1"))}
    for piece in random.Random(round).sample(sorted(pieces), len(pieces)):
        crm.send(*pieces[piece])

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(process_once(workers.context) for _ in pieces))

    crm.service.run(all_at_once)
    workers.process()
    assert crm.events("waiting") == []
    assert fetch(crm, "applications/by-ref/standard/a1")["effective_stage"] == "interviewed"


def test_a_map_that_learns_a_word_while_an_event_is_under_way_leaves_none_behind(
    crm: Sender, workers: Workers, service: Service, monkeypatch: pytest.MonkeyPatch
):
    crm.send("application.updated", APPLICATION | {"status": {"value": "Trial shift"}})
    find, shared = load_connection, service.app.state.shared
    mine = UUID(crm.admin.get("/v1/agency").json()["id"]), UUID(crm.id)
    before = [service.run(shared.database.across_agencies().read, lambda conn: find(conn, shared.seal, *mine))]
    change = {"stage_map": {"Trial shift": "interview_scheduled"}}
    assert crm.admin.patch(f"/v1/connections/{crm.id}", change).status_code == 200
    monkeypatch.setattr(
        "app.connectors.worker_context.load_connection", lambda *where: before.pop() if before else find(*where)
    )
    workers.process()
    assert crm.health()["unmapped"] == []
    assert fetch(crm, "applications/by-ref/standard/a1")["stage"] == "interview_scheduled"


def test_mergers_that_lead_on_are_followed_in_any_order(crm: Sender, workers: Workers):
    crm.send("application.updated", {"id": "a1", "candidate": CANDIDATE, "job": JOB, "status": "Interview"})
    crm.send("candidate.merged", {"id": CANDIDATE["id"], "into": "c8"})
    crm.send("candidate.merged", {"id": "c8", "into": "c9"})
    workers.process()
    crm.send("candidate.created", {"id": "c9", "name": "Ana Ivanova"})
    workers.process()
    remains = fetch(crm, "candidates/by-ref/standard/c9")["id"]
    assert fetch(crm, "applications/by-ref/standard/a1")["candidate_id"] == remains
    assert {event["state"] for event in crm.events()} == {"applied"}
