"""JobAdder: what its interviews and notes say."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application, Interview, Subject
from app.connectors.contract import DatedEvent
from tests.connectors.documents import own
from tests.connectors.jobadder import APPLICATION, NOW, hint, said
from tests.connectors.results import one

MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


def test_an_interview_with_the_client_is_a_round_of_each_application():
    came = said(hint("interview_scheduled"))
    interview = one(came, Interview)
    assert (interview.id, interview.application_id) == (f"3001-{APPLICATION}", APPLICATION)
    assert (interview.starts_at, interview.status) == (datetime(2026, 5, 3, 23, tzinfo=UTC), None)
    assert one(came, Application).id == APPLICATION


def test_an_interview_within_the_agency_is_no_round():
    page = own("jobadder", "interviews")
    page["items"][0]["type"] = "Internal"
    came = said(hint("interview_scheduled"), {"interviews": page})
    assert came.records == []
    assert came.ignored
    assert "internal interview" in came.ignored


def test_an_evaluation_says_that_the_interview_was_held():
    held = one(said(hint("interview_evaluation_submitted")), Interview)
    assert (held.status, held.version) == ("completed", NOW)
    page = own("jobadder", "interviews")
    page["items"][0]["evaluations"] = [{"hasReplied": True}]
    assert one(said(hint("interview_scheduled"), {"interviews": page}), Interview).status == "completed"


def note_on(*applications: str, **more: Any) -> Activity:
    """A note on applications, each of a candidate of its own, and on whom else is named."""
    whole = own("jobadder", "application")
    about = [
        {**whole, "applicationId": id, "candidate": {**whole["candidate"], "candidateId": f"c{id}"}}
        for id in applications
    ]
    empty: dict[str, Any] = {"candidates": [], "jobs": [], "contacts": [], "companies": [], "placements": []}
    document = {**own("jobadder", "note"), **empty, "applications": about, **more}
    return one(said(DatedEvent("n", "fetched.notes", document, NOW)), Activity)


def test_a_note_counts_for_each_application_that_it_is_on():
    note = note_on("1", "2", "3")
    assert (note.application_id, note.candidate_id, note.job_id) == ("1", "c1", "5301")
    assert note.also == (
        Subject(application_id="2", candidate_id="c2", job_id="5301"),
        Subject(application_id="3", candidate_id="c3", job_id="5301"),
    )


def test_a_note_counts_for_each_candidate_each_job_and_each_placement():
    people = [{"candidateId": id, "firstName": "Ada", "lastName": id} for id in ("c1", "c2")]
    jobs = [{"jobId": id, "jobTitle": "Nurse"} for id in (1, 2)]
    both = note_on(candidates=people, jobs=jobs)
    assert (both.candidate_id, both.job_id, both.party) == ("c1", "1", "candidate")
    assert both.also == (
        Subject(candidate_id="c1", job_id="2"),
        Subject(candidate_id="c2", job_id="1"),
        Subject(candidate_id="c2", job_id="2"),
    )
    beside = note_on("1", candidates=people, jobs=jobs[:1])
    assert beside.also == (Subject(candidate_id="c2", job_id="1"),), "c1 is the application's own candidate"
    only_jobs = note_on(jobs=jobs)
    assert (only_jobs.job_id, only_jobs.also) == ("1", (Subject(job_id="2"),))
    placements = [{"placementId": 3, "candidate": {"candidateId": 8}, "job": {"jobId": 2}}]
    placed = note_on(placements=placements)
    assert (placed.candidate_id, placed.job_id, placed.also) == ("8", "2", ())


def test_a_note_that_names_more_than_can_be_counted_says_so():
    many = [{"applicationId": id} for id in range(1, 220)]
    came = said(DatedEvent("n", "fetched.notes", {**own("jobadder", "note"), "applications": many}, NOW))
    assert len(one(came, Activity).also) == 199
    assert came.ignored == "The note names 20 more applications than are read of one."


@pytest.mark.parametrize("type", ["EXTERNAL", "external", "Panel", None])
def test_every_interview_that_is_not_internal_is_a_round(type):
    page = own("jobadder", "interviews")
    page["items"][0]["type"] = type
    came = said(hint("interview_scheduled"), {"interviews": page})
    assert one(came, Interview).application_id == APPLICATION
    assert came.unknown == (("interview type: Panel",) if type == "Panel" else ())
    page["items"][0]["type"] = "INTERNAL"
    assert said(hint("interview_scheduled"), {"interviews": page}).records == []


def test_a_note_is_fetched_whole_and_ours_is_known_by_its_reference():
    fetched = DatedEvent("n", "fetched.notes", {"noteId": "5f6c1d0a-2b77-4e8e-9a53-0c4d1e2f3a4b"}, NOW)
    note = one(said(fetched), Activity)
    assert (note.type, note.text) == ("note: Client call", "Hannah liked her.\nDecision by Friday.")
    assert (note.candidate_id, note.application_id, note.job_id) == ("4401", APPLICATION, "5301")
    assert (note.client_contact_id, note.organisation_id, note.party, note.mark) == ("6201", "7101", None, None)
    ours = {**own("jobadder", "note"), "reference": MARK}
    assert one(said(DatedEvent("n", "fetched.notes", ours, NOW)), Activity).mark == MARK
    marked = {**own("jobadder", "note"), "text": f"Quiet.\n[keepwarm {MARK}]"}
    assert one(said(DatedEvent("n", "fetched.notes", marked, NOW)), Activity).mark == MARK
