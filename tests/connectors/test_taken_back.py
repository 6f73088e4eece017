"""Ends that the CRM took back: what it shows as living lives here too, however the stages are dated."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import CANDIDATE, JOB, fetch
from tests.service import Clock

STAGES = {
    "Interview": "interview_scheduled",
    "Interviewed": "interviewed",
    "Offer": "offer",
    "Hired": "accepted",
    "Rejected": "rejected",
    "Withdrawn": "withdrawn",
}


def stands(crm: Sender, status: str, since: datetime, changed: datetime, **more: Any) -> None:
    """Send the application in a status that was entered at `since`, as the CRM changed the record at `changed`."""
    data = {
        "id": "a1",
        "candidate": CANDIDATE,
        "job": JOB,
        "status": {"value": status, "at": since.isoformat()},
        "updated_at": changed.isoformat(),
    }
    assert crm.send("application.updated", data | more).status_code == 200


@pytest.fixture
def crm(admin) -> Sender:
    return Sender(admin, stage_map=STAGES)


def stage(crm: Sender) -> str:
    return str(fetch(crm, "applications/by-ref/standard/a1")["stage"])


@pytest.mark.parametrize("end", ["Rejected", "Withdrawn", "Hired"])
@pytest.mark.parametrize("back", ["Interview", "Offer"])
def test_an_end_that_was_taken_back_leads_to_the_stage_that_the_crm_shows(
    crm: Sender, workers: Workers, clock: Clock, end: str, back: str
):
    start = clock.now - timedelta(days=9)
    stands(crm, back, start, start)
    stands(crm, end, start + timedelta(days=3), start + timedelta(days=3))
    workers.process()
    assert stage(crm) == STAGES[end]
    stands(crm, back, start, start + timedelta(days=4))
    workers.process()
    assert stage(crm) == STAGES[back]
    application = fetch(crm, "applications/by-ref/standard/a1")
    last = fetch(crm, f"applications/{application['id']}/transitions")["items"][-1]
    assert datetime.fromisoformat(last["at"]) == start + timedelta(days=4), "dated by when the CRM changed the record"
    flags = {flag["kind"] for flag in fetch(crm, f"applications/{application['id']}/assessment")["flags"]}
    assert "closure_owed" not in flags


def test_the_newest_version_stands_in_every_order_of_arrival(crm: Sender, workers: Workers, clock: Clock):
    start = clock.now - timedelta(days=9)
    stands(crm, "Interview", start, start)
    workers.process()
    stands(crm, "Interview", start, start + timedelta(days=4))
    workers.process()
    stands(crm, "Rejected", start + timedelta(days=3), start + timedelta(days=3))
    workers.process()
    assert stage(crm) == "interview_scheduled"
    [outcome] = [one for one in crm.events()[0]["outcome"] if one["kind"] == "application"]
    assert (outcome["what"], outcome["reason"]) == ("older", "a newer version is known")


def test_a_mistake_corrected_twice_ends_where_the_crm_does(crm: Sender, workers: Workers, clock: Clock):
    start = clock.now - timedelta(days=9)
    for day, (status, since) in enumerate([("Interview", 0), ("Rejected", 1), ("Interview", 0), ("Rejected", 1)]):
        stands(crm, status, start + timedelta(days=since), start + timedelta(days=day))
        workers.process()
        assert stage(crm) == STAGES[status], day


def test_a_move_that_is_dropped_says_why(crm: Sender, workers: Workers, clock: Clock):
    start = clock.now - timedelta(days=9)
    stands(crm, "Interview", start, start)
    workers.process()
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    made = crm.admin.post(f"/v1/applications/{id}/transitions", {"to": "interviewed"})
    assert made.status_code == 201, made.text
    stands(crm, "Offer", start + timedelta(days=2), start + timedelta(days=2))
    workers.process()
    assert stage(crm) == "interviewed", "what was recorded here later stands"
    newest = crm.events()[0]
    [outcome] = [one for one in newest["outcome"] if one["kind"] == "application"]
    assert outcome["reason"] == "the move to offer is dated before the latest move, to interviewed"
    assert newest["reason"] == outcome["reason"]


@pytest.mark.parametrize("kind", ["application", "candidate"])
def test_what_was_deleted_and_is_there_again_goes_on(crm: Sender, workers: Workers, clock: Clock, kind: str):
    start = clock.now - timedelta(days=9)
    stands(crm, "Interview", start, start)
    workers.process()
    for _ in range(2):
        clock.advance(hours=1)
        crm.send(f"{kind}.deleted", {"id": "a1" if kind == "application" else "c1"})
        workers.process()
        assert stage(crm) == "cancelled"
        clock.advance(hours=1)
        stands(crm, "Interview", start, clock.now, candidate=CANDIDATE | {"updated_at": clock.now.isoformat()})
        workers.process()
        assert stage(crm) == "interview_scheduled"


def test_a_deleted_note_and_a_deleted_job_that_are_there_again_count_again(crm: Sender, workers: Workers, clock: Clock):
    crm.admin.patch(f"/v1/connections/{crm.id}", {"activity_map": {"call": _CALL}})
    start = clock.now - timedelta(days=3)
    stands(crm, "Interview", start, start)
    call = {"id": "n1", "type": "call", "application_id": "a1", "occurred_at": start.isoformat()}
    crm.send("activity.created", call)
    workers.process()
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    clock.advance(hours=1)
    crm.send("activity.deleted", {"id": "n1"})
    crm.send("job.deleted", {"id": "j1"})
    workers.process()
    assert fetch(crm, "jobs/by-ref/standard/j1")["status"] == "closed"
    clock.advance(hours=1)
    crm.send("activity.updated", call)
    crm.send("job.updated", JOB)
    workers.process()
    assert fetch(crm, "jobs/by-ref/standard/j1")["status"] == "open"
    logged = fetch(crm, f"applications/{id}/interactions")["items"]
    assert [one["voided_at"] is None for one in logged] == [False, True]


_CALL = {"channel": "phone", "two_way": True, "from_party": "recruiter", "to_party": "candidate"}


def meets(crm: Sender, clock: Clock, **more: Any) -> None:
    """Send the interview of tomorrow as it stands now."""
    start = (clock.now + timedelta(days=1)).replace(microsecond=0)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    assert crm.send("interview.updated", {"id": "i1", "application_id": "a1"} | times | more).status_code == 200


def test_an_interview_whose_cancellation_was_taken_back_takes_place(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Interview", clock.now - timedelta(days=3), clock.now - timedelta(days=3))
    for status in ("scheduled", "cancelled", "scheduled", "cancelled", "scheduled"):
        meets(crm, clock, status=status)
        workers.process()
        clock.advance(minutes=5)
        assert fetch(crm, "interviews/by-ref/standard/i1")["status"] == status


def test_what_was_recorded_here_of_an_interview_outlives_a_change_of_something_else(
    crm: Sender, workers: Workers, clock: Clock
):
    stands(crm, "Interview", clock.now - timedelta(days=3), clock.now - timedelta(days=3))
    meets(crm, clock, status="scheduled")
    workers.process()
    id = fetch(crm, "interviews/by-ref/standard/i1")["id"]
    assert crm.admin.patch(f"/v1/interviews/{id}", {"status": "no_show"}).status_code == 200
    clock.advance(minutes=5)
    meets(crm, clock, status="scheduled", kind="panel")
    workers.process()
    found = fetch(crm, "interviews/by-ref/standard/i1")
    assert (found["status"], found["kind"]) == ("no_show", "panel")


def test_a_job_that_was_closed_here_is_not_opened_by_a_new_title(crm: Sender, workers: Workers, clock: Clock):
    crm.send("job.updated", JOB | {"status": "open"})
    workers.process()
    job = fetch(crm, "jobs/by-ref/standard/j1")
    assert crm.admin.patch(f"/v1/jobs/{job['id']}", {"status": "filled"}).status_code == 200
    clock.advance(minutes=5)
    crm.send("job.updated", JOB | {"status": "open", "title": "Head Chef"})
    workers.process()
    found = fetch(crm, "jobs/by-ref/standard/j1")
    assert (found["status"], found["title"]) == ("filled", "Head Chef")


def test_what_was_recorded_here_outlives_a_deletion_that_was_taken_back_before(
    crm: Sender, workers: Workers, clock: Clock
):
    stands(crm, "Interview", clock.now - timedelta(days=3), clock.now - timedelta(days=3))
    meets(crm, clock, status="scheduled")
    crm.send("job.updated", JOB | {"status": "open"})
    workers.process()
    clock.advance(minutes=5)
    crm.send("interview.deleted", {"id": "i1"})
    crm.send("job.deleted", {"id": "j1"})
    workers.process()
    clock.advance(minutes=5)
    meets(crm, clock, status="scheduled")
    crm.send("job.updated", JOB | {"status": "open"})
    workers.process()
    interview, job = fetch(crm, "interviews/by-ref/standard/i1"), fetch(crm, "jobs/by-ref/standard/j1")
    assert (interview["status"], job["status"]) == ("scheduled", "open")
    crm.admin.patch(f"/v1/interviews/{interview['id']}", {"status": "no_show"})
    crm.admin.patch(f"/v1/jobs/{job['id']}", {"status": "closed"})
    clock.advance(minutes=5)
    meets(crm, clock, status="scheduled", kind="panel")
    crm.send("job.updated", JOB | {"title": "Head Chef"})
    workers.process()
    assert fetch(crm, "interviews/by-ref/standard/i1")["status"] == "no_show"
    assert fetch(crm, "jobs/by-ref/standard/j1")["status"] == "closed"


def test_an_end_before_the_interview_that_opened_the_application_is_an_end(crm: Sender, workers: Workers, clock: Clock):
    data = {"id": "a1", "candidate": CANDIDATE, "job": JOB, "updated_at": (clock.now - timedelta(days=9)).isoformat()}
    crm.send("application.created", data)
    meets(crm, clock, status="scheduled")
    workers.process()
    assert stage(crm) == "interview_scheduled"
    stands(crm, "Rejected", clock.now - timedelta(days=2), clock.now - timedelta(days=1))
    workers.process()
    assert stage(crm) == "rejected"
