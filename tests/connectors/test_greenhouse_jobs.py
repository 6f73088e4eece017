"""Greenhouse: interviews, offers, jobs and the people around them."""

from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import (
    UNDATED,
    Application,
    Candidate,
    ClientContact,
    Interview,
    Job,
    Merged,
    Milestone,
)
from app.connectors.contract import ApiResponse
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.greenhouse import ACCOUNT, ALONE, CRM, api, hook, translate
from tests.connectors.results import gone, one, status

# --- Interviews and jobs of an application ---


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("scheduled", "scheduled"),
        ("awaiting_feedback", "scheduled"),
        ("complete", "completed"),
        ("skipped", "cancelled"),
        ("Awaiting Feedback", "scheduled"),
        ("collect_feedback", "scheduled"),
        ("to_be_scheduled", None),
        ("to_be_sent", None),
        ("sent", None),
        ("received", None),
        ("rescheduled", "scheduled"),
    ],
)
def test_interviews_stand_as_greenhouse_says(theirs, ours):
    came = translate("candidate_stage_change", interviews=[{**own("greenhouse", "api_interview"), "status": theirs}])
    assert [each.status for each in came.records if isinstance(each, Interview)] == ([ours] if ours else [])
    assert came.unknown == (("interview status: rescheduled",) if theirs == "rescheduled" else ())


def test_a_job_nested_in_an_application_outdates_no_job():
    assert one(translate("candidate_stage_change"), Job).version == UNDATED


# --- Offers, jobs, people ---


def test_an_offer_that_was_sent_is_made_by_the_end_of_that_day():
    came = translate("offer_created")
    assert (status(came).value, status(came).at) == ("@offer_made", datetime(2026, 5, 13, tzinfo=UTC))
    assert [type(each) for each in came.records] == [Candidate, Job, Application, Milestone]


def test_an_offer_that_was_answered_says_how_and_when():
    came = translate("offer_updated")
    assert (status(came).value, status(came).at) == ("@offer_accepted", datetime(2026, 5, 13, 9, tzinfo=UTC))
    ended = {**own("greenhouse", "api_application"), "status": "hired"}
    assert status(translate("offer_updated", applications=[ended])).value == "@hired"


def test_an_offer_that_is_not_out_says_nothing():
    assert translate("offer_approved").ignored == "The offer was not sent yet, or a newer version took its place."
    assert translate("offer_deleted").unknown == ()
    assert "not connected" in (translate("offer_created", ALONE).ignored or "")
    assert "no longer" in (translate("offer_created", applications=[]).ignored or "")


@pytest.mark.parametrize(
    ("openings", "stands"),
    [
        ([{"application_id": 1}, {"application_id": 2}], "filled"),
        ([{"application_id": 1}, {"application_id": None, "close_reason_id": 5}], "closed"),
        ([{"application_id": None, "close_reason_id": 6}], "on_hold"),
        ([{"application_id": 1}, {"application_id": None, "close_reason_id": 6}], "on_hold"),
        ([{"application_id": None, "close_reason_id": None}], "closed"),
        ([], "closed"),
        (ApiResponse(403, None), "closed"),
    ],
)
def test_a_closed_job_is_filled_where_every_opening_was_hired_for(openings, stands):
    rows = openings if isinstance(openings, ApiResponse) else [{"id": 1, "job_id": 371417, **each} for each in openings]
    reasons = [{"id": 5, "name": "Requisition Cancelled"}, {"id": 6, "name": "On Hold"}]
    body = own("greenhouse", "job_updated")
    body["payload"]["job"]["closed_at"] = "2026-05-12T10:00:00Z"
    came = run(CRM.translate(hook(body), ACCOUNT), api(openings=rows, close_reasons=reasons))
    assert (one(came, Job).status, one(came, Job).status_at) == (stands, datetime(2026, 5, 12, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("theirs", "ours", "unknown"),
    [
        ("open", "open", ()),
        ("OPEN", "open", ()),
        ("draft", "on_hold", ()),
        ("frozen", None, ("job status: frozen",)),
        (None, None, ()),
    ],
)
def test_a_job_stands_as_greenhouse_says(theirs, ours, unknown):
    body = own("greenhouse", "job_updated")
    body["payload"]["job"]["status"] = theirs
    came = run(CRM.translate(hook(body), ALONE))
    assert (one(came, Job).status, came.unknown) == (ours, unknown)
    since = datetime(2026, 3, 3, 0, 25, 4, tzinfo=UTC) if ours == "open" else None
    assert one(came, Job).status_at == since


def test_every_hiring_manager_of_a_job_is_a_client_contact_and_the_first_is_its_own():
    body = own("greenhouse", "job_updated")
    body["payload"]["job"]["hiring_team"]["hiring_managers"].append({"user_id": 1235, "employee_id": None})
    second = {**own("greenhouse", "api_user"), "id": 1235, "name": "Ida Munk"}
    came = run(CRM.translate(hook(body), ACCOUNT), api(users=[second, own("greenhouse", "api_user")]))
    assert [each.name for each in came.records if isinstance(each, ClientContact)] == ["Grace Boyd", "Ida Munk"]
    assert one(came, Job).hiring_manager_id == "1234"


def test_a_job_brings_its_hiring_manager_as_a_client_contact():
    came = translate("job_updated")
    contact = one(came, ClientContact)
    assert (contact.name, contact.role, contact.organisation_id) == ("Grace Boyd", "hiring_manager", None)
    assert (one(came, Job).hiring_manager_id, one(came, Job).status) == (contact.id, "closed")
    for unread in (403, 404):
        assert one(translate("job_updated", users=ApiResponse(unread, None)), Job).hiring_manager_id is None


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("delete_application", [("application", "69306314")]),
        ("delete_candidate", [("application", "69306314"), ("application", "69306315"), ("candidate", "53883394")]),
        ("candidate_anonymized", [("candidate", "53883394")]),
        ("interview_deleted", [("interview", "31087450")]),
        ("job_deleted", [("job", "371417")]),
    ],
)
def test_deletions_name_what_is_gone(name, what):
    assert gone(translate(name)) == what


def test_an_anonymised_candidate_is_said_to_be_treated_as_deleted():
    assert translate("candidate_anonymized").ignored == "An anonymised candidate is treated as one who was deleted."


def test_a_merge_names_both():
    merged = one(translate("merge_candidate"), Merged)
    assert (merged.id, merged.into) == ("53883394", "53883400")
