"""Applications of Lever, SmartRecruiters, Workable and Recruitee: ends and who made them, days, mail, jobs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.access.unit_of_work import UnitOfWork
from app.connectors.canonical_records import Interview
from app.connectors.ingest.dispatch import ingest
from app.connectors.loaded_connection import load_connection
from tests.connectors.ats import SECRET, Ats
from tests.service import Client, Clock

# --- Lever ---


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def opportunity(clock: Clock, **changed: Any) -> dict[str, Any]:
    """Make an opportunity that came into the stage On-site a week ago."""
    entered = millis(clock.now - timedelta(days=7))
    return {
        "id": "opp",
        "name": "Teresa Kale",
        "contact": "con",
        "stage": {"id": "onsite", "text": "On-site"},
        "stageChanges": [{"toStageId": "onsite", "updatedAt": entered}],
        "archived": None,
        "applications": [{"posting": "post"}],
        "updatedAt": entered,
        **changed,
    }


@pytest.fixture
def lever(ats: Callable[..., Ats], clock: Clock) -> Ats:
    """Lever with one opportunity of which it has sent an event."""
    connected = ats("lever", credentials={"api_key": "key"})
    connected.documents |= {
        "opportunities/opp": {"data": opportunity(clock)},
        "opportunities/opp/panels": {"data": []},
        "postings/post": {"data": {"id": "post", "text": "Office Manager", "state": "published", "updatedAt": 1}},
    }
    connected.hook({"event": "candidateStageChange", "data": {"opportunityId": "opp"}})
    clock.advance(hours=1)
    return connected


def archive(lever: Ats, clock: Clock, **reason: str) -> None:
    archived = {"reason": {"id": "r", "status": "active", **reason}, "archivedAt": millis(clock.now)}
    lever.documents["opportunities/opp"] = {"data": opportunity(clock, archived=archived, updatedAt=millis(clock.now))}
    lever.hook({"event": "candidateArchiveChange", "data": {"opportunityId": "opp"}})
    clock.advance(hours=1)


@pytest.mark.parametrize(
    ("text", "type", "stage"),
    [("Withdrew", "non-hired", "withdrawn"), ("Timing", "non-hired", "rejected"), ("Hired", "hired", "accepted")],
)
def test_an_end_in_lever_that_was_taken_back_is_none(lever: Ats, clock: Clock, text: str, type: str, stage: str):
    before = opportunity(clock)
    archive(lever, clock, text=text, type=type)
    assert lever.application()["stage"] == stage
    # Lever leads back to the stage that it was in before; despite its time of change, it was fetched just now.
    lever.documents["opportunities/opp"] = {"data": before}
    lever.hook({"event": "candidateArchiveChange", "data": {"opportunityId": "opp", "toArchived": None}})
    assert lever.application()["stage"] == "interview_scheduled"


def test_an_offer_in_lever_is_read_with_its_opportunity_and_polled(lever: Ats, clock: Clock):
    sent = {"id": "o", "createdAt": 1, "status": "sent", "sentAt": millis(clock.now)}
    starts = {"fields": [{"identifier": "anticipated_start_date", "value": "2026-06-15"}]}
    lever.documents["opportunities/opp/offers"] = {"data": [sent | starts]}
    clock.advance(hours=1)
    lever.hook({"event": "candidateStageChange", "data": {"opportunityId": "opp"}})
    assert [(one["kind"], one["on"]) for one in lever.records("milestones")] == [("written_offer", None)]
    clock.advance(hours=1)
    lever.documents["opportunities"] = {"data": [opportunity(clock, updatedAt=millis(clock.now))], "hasNext": False}
    lever.documents["opportunities/opp/offers"] = {"data": [sent | starts | {"status": "signed"}]}
    lever.poll()
    milestones = [(one["kind"], one["on"], one["voided_at"]) for one in lever.records("milestones")]
    assert milestones == [("written_offer", None, None), ("start_agreed", "2026-06-15", None)]
    assert not [event for event in lever.events() if event["state"] not in ("applied", "ignored")]


def test_a_backfill_that_shows_a_living_opportunity_takes_the_end_back(lever: Ats, clock: Clock):
    before = opportunity(clock)
    archive(lever, clock, text="Timing", type="non-hired")
    lever.documents["opportunities"] = {"data": [before], "hasNext": False}
    lever.backfill()
    assert lever.application()["stage"] == "interview_scheduled"


def panel(*starts: datetime, **changed: Any) -> dict[str, Any]:
    interviews = [{"id": f"i{place}", "date": millis(at), "duration": 60} for place, at in enumerate(starts)]
    return {"data": [{"id": "pan", "createdAt": 1, "timezone": "Europe/Berlin", "interviews": interviews, **changed}]}


def arrange(lever: Ats, *starts: datetime, event: str = "interviewUpdated", **changed: Any) -> None:
    """Have Lever hold a panel of an interview at each of these times, and send it an hour after the last change."""
    lever.clock.advance(hours=1)
    lever.documents["opportunities/opp/panels"] = panel(*starts, **changed) if starts else {"data": []}
    lever.hook({"event": event, "data": {"opportunityId": "opp", "panelId": "pan"}})


def test_each_day_of_a_panel_is_an_interview_however_it_is_changed(lever: Ats, clock: Clock):
    monday = clock.now.replace(hour=9) + timedelta(days=7)
    days = [monday + timedelta(days=number) for number in range(4)]
    names = [day.date().isoformat() for day in days]

    arrange(lever, days[0], days[0] + timedelta(hours=2), days[1], event="interviewCreated")
    assert lever.interviews() == [(names[0], "scheduled"), (names[1], "scheduled")]
    first = lever.records("interviews")[0]
    assert first["ends_at"][11:16] == "12:00"

    arrange(lever, days[1], days[2])  # moved by a day
    assert lever.interviews() == [(names[1], "scheduled"), (names[2], "scheduled")]
    assert lever.records("interviews")[0]["id"] == first["id"]

    arrange(lever, days[1])  # shortened
    assert lever.interviews() == [(names[1], "scheduled"), (names[2], "cancelled")]

    arrange(lever, days[1], days[2], days[3])  # and made longer again
    assert lever.interviews() == [(name, "scheduled") for name in names[1:]]

    arrange(lever, days[1], days[2], days[3], canceledAt=millis(clock.now))
    assert lever.interviews() == [(name, "cancelled") for name in names[1:]]

    arrange(lever, days[1], days[2], days[3])  # called off by mistake
    assert lever.interviews() == [(name, "scheduled") for name in names[1:]]

    arrange(lever, event="interviewDeleted")
    assert lever.interviews() == [(name, "cancelled") for name in names[1:]]
    assert not [event for event in lever.events() if event["state"] != "applied"]


def test_a_polled_panel_that_was_moved_and_moved_back_is_where_it_was(lever: Ats, clock: Clock):
    first, second = clock.now + timedelta(days=7), clock.now + timedelta(days=8)
    for at in (first, second, first):
        clock.advance(hours=1)
        changed = opportunity(clock, updatedAt=millis(clock.now))
        lever.documents["opportunities"] = {"data": [changed], "hasNext": False}
        lever.documents["opportunities/opp/panels"] = panel(at)
        lever.poll()
        assert lever.interviews() == [(at.date().isoformat(), "scheduled")]


def test_a_day_that_arrives_late_does_not_come_back(lever: Ats, clock: Clock):
    """An older version of a panel has a day that the newer one has no more."""
    day = clock.now + timedelta(days=7)
    arrange(lever, day)
    seen = clock.now - timedelta(minutes=30)
    late = Interview(
        id="pan:2",
        part_of="pan",
        version=seen,
        starts_at=day + timedelta(days=1),
        ends_at=day + timedelta(days=1, hours=1),
        application_id="opp",
    )
    shared, agency = lever.admin.service.app.state.shared, lever.admin.get("/v1/agency").json()["id"]

    def step(conn: Any) -> Any:
        link = load_connection(conn, shared.seal, UUID(agency), UUID(lever.connection["id"]))
        assert link is not None
        work = UnitOfWork(conn, clock.now, link.caller, shared.make_id, None, shared.seal)
        return ingest(work, link, [late])

    [outcome] = lever.admin.service.run(shared.database.across_agencies().write, step)
    assert (outcome.type, outcome.reason) == ("older", "a newer version of the whole round is known")
    assert lever.interviews() == [(day.date().isoformat(), "scheduled")]


def test_a_posting_that_was_closed_closes_the_job(lever: Ats, clock: Clock):
    assert lever.jobs() == {"Office Manager": "open"}
    posting = {"id": "post", "text": "Office Manager", "state": "closed", "updatedAt": millis(clock.now)}
    lever.documents["postings"] = {"data": [posting], "hasNext": False}
    lever.poll()
    assert lever.jobs() == {"Office Manager": "closed"}


# --- Workable ---


def candidate(clock: Clock, **changed: Any) -> dict[str, Any]:
    return {
        "id": "can",
        "name": "Sofia Almeida",
        "job": {"shortcode": "JOB1", "title": "Payroll Manager"},
        "stage": "On-site",
        "stage_kind": "interview",
        "disqualified": False,
        "withdrew": False,
        "hired_at": None,
        "updated_at": clock.now.isoformat(),
        **changed,
    }


@pytest.fixture
def workable(ats: Callable[..., Ats], clock: Clock) -> Ats:
    """Workable with one candidate of whom it has sent an event."""
    connected = ats("workable", credentials={"api_token": "token"})
    move(connected, clock)
    return connected


def move(workable: Ats, clock: Clock, **changed: Any) -> None:
    body = {"event_type": "candidate_moved", "fired_at": clock.now.isoformat(), "data": candidate(clock, **changed)}
    workable.hook(body)
    clock.advance(hours=1)


def test_a_disqualification_in_workable_that_was_reverted_is_none(workable: Ats, clock: Clock):
    before = candidate(clock)
    clock.advance(hours=1)
    move(workable, clock, disqualified=True, withdrew=True, disqualification_reason="Took another offer")
    assert workable.application()["stage"] == "withdrawn"
    workable.documents["candidates"] = {"candidates": [before]}
    workable.backfill()
    assert workable.application()["stage"] == "interview_scheduled"
    clock.advance(hours=1)
    move(workable, clock, hired_at=clock.now.isoformat(), stage="Hired", stage_kind="hired")
    assert workable.application()["stage"] == "accepted"
    move(workable, clock)
    assert workable.application()["stage"] == "interview_scheduled"


def test_an_email_from_workable_counts_without_any_map(workable: Ats, clock: Clock):
    mail = {"id": "m1", "action": "message", "created_at": clock.now.isoformat(), "body": "Any news?"}
    workable.documents |= {
        "candidates": {"candidates": [candidate(clock)]},
        "candidates/can/activities": {"activities": [{**mail, "member": {"id": "me", "name": "Nuno"}}]},
    }
    clock.advance(minutes=5)
    workable.poll()
    [interaction] = workable.records("interactions")
    assert (interaction["channel"], interaction["from_party"], interaction["to_party"]) == (
        "email",
        "recruiter",
        "candidate",
    )


def test_a_job_that_was_closed_in_workable_is_closed(workable: Ats):
    workable.documents["jobs"] = {"jobs": [{"shortcode": "JOB1", "title": "Payroll Manager", "state": "archived"}]}
    workable.poll()
    assert workable.jobs() == {"Payroll Manager": "closed"}


# --- Recruitee ---


def placement_event(clock: Clock, sub: str, **details: Any) -> dict[str, Any]:
    return {
        "event_type": "candidate_moved",
        "event_subtype": sub,
        "created_at": clock.now.isoformat(),
        "payload": {
            "candidate": {"id": 1, "name": "Jonas Weber"},
            "offer": {"id": 7, "title": "Payroll Manager", "kind": "job", "status": "published"},
            "details": details,
        },
    }


def test_a_test_payload_of_recruitee_is_greeted_and_kept_nowhere(ats: Callable[..., Ats], clock: Clock):
    recruitee = ats("recruitee", settings={"company_id": "acme"})
    example = {"test": True, **placement_event(clock, "stage_changed", to_stage={"id": 2, "name": "On-site"})}
    for secret in (SECRET, "a secret of somebody else"):
        recruitee.hook(example, secret)
    assert recruitee.events() == []


def test_requalified_in_recruitee_is_back_in_the_stage(ats: Callable[..., Ats], admin: Client, clock: Clock):
    recruitee = ats("recruitee", settings={"company_id": "acme"})
    settings = {"base_url": recruitee.server.url, "company_id": "acme"}
    changed = {"settings": settings, "credentials": {"api_token": "token"}}
    assert admin.patch(recruitee.path, changed).status_code == 200
    recruitee.hook(placement_event(clock, "stage_changed", to_stage={"id": 2, "name": "On-site"}))
    clock.advance(hours=1)
    recruitee.hook(placement_event(clock, "disqualified", disqualify_reason={"name": "Wrong skill set"}))
    assert recruitee.application()["stage"] == "rejected"
    placement = {"id": 5, "offer_id": 7, "stage_id": 2, "updated_at": clock.now.isoformat()}
    stages = {"stages": [{"id": 2, "name": "On-site", "category": "interview"}]}
    recruitee.documents |= {
        "c/acme/candidates/1": {"candidate": {"id": 1, "name": "Jonas Weber", "placements": [placement]}},
        "c/acme/offers/7": {"offer": {"id": 7, "title": "Payroll Manager", "pipeline_template": stages}},
    }
    clock.advance(hours=1)
    recruitee.hook(placement_event(clock, "requalified"))
    assert recruitee.application()["stage"] == "interview_scheduled"


# --- SmartRecruiters ---


def test_a_candidate_who_was_transferred_left_one_job_and_stands_in_the_other(ats: Callable[..., Ats], clock: Clock):
    smart = ats("smartrecruiters", credentials={"api_key": "key"}, stage_map={"Client round": "interview_scheduled"})

    def assignment(job: str, status: str, sub: str | None = None) -> dict[str, Any]:
        return {"job": {"id": job, "title": f"Job {job}"}, "status": status, "subStatus": sub}

    def person(*assignments: dict[str, Any]) -> None:
        [first, *others] = assignments
        smart.documents["candidates/cid"] = {
            "id": "cid",
            "firstName": "Amelia",
            "lastName": "Okafor",
            "updatedOn": clock.now.isoformat(),
            "primaryAssignment": first,
            "secondaryAssignments": others,
        }

    smart.documents["jobs/jid"] = {"id": "jid", "title": "Job jid", "status": "INTERVIEW"}
    person(assignment("jid", "INTERVIEW", "Client round"))
    smart.hook({"candidate_id": "cid", "job_id": "jid"})
    clock.advance(hours=1)
    smart.documents["jobs/other"] = {"id": "other", "title": "Job other", "status": "SOURCING"}
    smart.documents["jobs/jid"]["status"] = "FILLED"
    person(assignment("other", "INTERVIEW", "Client round"), assignment("jid", "TRANSFERRED"))
    for job in ("jid", "other"):
        smart.hook({"candidate_id": "cid", "job_id": job})
    assert smart.applications() == {
        "Job jid": ("cancelled", "transferred"),
        "Job other": ("interview_scheduled", None),
    }
    assert smart.jobs() == {"Job jid": "filled", "Job other": "open"}
