"""Ashby: schedules that are one round, offers and jobs."""

from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import Application, Candidate, ClientContact, Gone, Interview, Job
from app.connectors.contract import ApiRequest
from app.connectors.parsing import parse_instant
from tests.connectors.ashby import ALONE, APPLICATION, NOW, api, translate
from tests.connectors.documents import own
from tests.connectors.results import gone, one, status

SCHEDULE = "0000005c-0000-4000-8000-000000000000"


# --- Interviews ---


def test_a_panel_is_one_round_from_the_first_start_to_the_last_end_without_the_debrief():
    came = translate("interviewScheduleUpdate")
    assert [type(each) for each in came.records] == [ClientContact, Candidate, Job, Application, Interview, Gone]
    assert one(came, Gone).parts_from == 2
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.status) == (SCHEDULE, APPLICATION, "scheduled")
    assert interview.starts_at == datetime(2026, 5, 7, 9, tzinfo=UTC)
    assert interview.ends_at == datetime(2026, 5, 7, 13, 45, tzinfo=UTC)
    assert interview.booked_at == datetime(2026, 5, 4, 17, tzinfo=UTC)
    assert one(came, Application).status is None


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Scheduled", "scheduled"),
        ("WaitingOnFeedback", "scheduled"),
        ("Complete", "completed"),
        ("Cancelled", "cancelled"),
        ("OnHold", "cancelled"),
        ("NeedsScheduling", "scheduled"),
        ("WaitingOnCandidateBooking", "scheduled"),
        ("WaitingOnCandidateAvailability", "scheduled"),
        ("CandidateAvailabilitySubmitted", "scheduled"),
        ("Unknown", "scheduled"),
        ("waiting_on_feedback", "scheduled"),
        ("Postponed", "scheduled"),
    ],
)
def test_schedules_stand_as_ashby_says(theirs, ours):
    came = translate("interviewScheduleUpdate", status=theirs)
    assert one(came, Interview).status == ours
    assert came.unknown == (("interview schedule status: Postponed",) if theirs == "Postponed" else ())


def slot(starts, ends, **more):
    return {"id": starts, "startTime": starts, "endTime": ends, "createdAt": "2026-05-04T17:00:00Z", **more}


@pytest.mark.parametrize(
    ("slots", "days"),
    [
        # Two days, in any order.
        (
            [("2026-05-08T09:00Z", "2026-05-08T10:00Z"), ("2026-05-07T09:00Z", "2026-05-07T17:00Z")],
            [("2026-05-07T09:00Z", "2026-05-07T17:00Z"), ("2026-05-08T09:00Z", "2026-05-08T10:00Z")],
        ),
        # One afternoon in San Francisco, over midnight in UTC.
        (
            [("2026-05-07T22:00Z", "2026-05-07T23:00Z"), ("2026-05-08T00:30Z", "2026-05-08T01:30Z")],
            [("2026-05-07T22:00Z", "2026-05-08T01:30Z")],
        ),
        # A morning and an evening of one day; then the next morning.
        (
            [
                ("2026-05-07T09:00Z", "2026-05-07T10:00Z"),
                ("2026-05-07T18:00Z", "2026-05-07T19:00Z"),
                ("2026-05-08T08:00Z", "2026-05-08T09:00Z"),
            ],
            [("2026-05-07T09:00Z", "2026-05-07T19:00Z"), ("2026-05-08T08:00Z", "2026-05-08T09:00Z")],
        ),
    ],
)
def test_interviews_on_several_days_are_a_round_a_day(slots, days):
    came = translate("interviewScheduleUpdate", ALONE, interviewEvents=[slot(*each) for each in slots])
    rounds = [each for each in came.records if isinstance(each, Interview)]
    assert [(each.starts_at, each.ends_at) for each in rounds] == [
        (parse_instant(a), parse_instant(b)) for a, b in days
    ]
    assert [each.id for each in rounds] == [SCHEDULE, f"{SCHEDULE}:2"][: len(days)]
    assert [each.part_of for each in rounds] == [None, SCHEDULE][: len(days)]
    assert {(each.application_id, each.status) for each in rounds} == {(APPLICATION, "scheduled")}
    lost = one(came, Gone)
    assert (lost.id, lost.parts_from, lost.version) == (SCHEDULE, len(days) + 1, rounds[0].version)


def test_a_cancelled_schedule_calls_every_day_off():
    slots = [slot("2026-05-07T09:00Z", "2026-05-07T17:00Z"), slot("2026-05-08T09:00Z", "2026-05-08T10:00Z")]
    came = translate("interviewScheduleUpdate", ALONE, interviewEvents=slots, status="Cancelled")
    assert [each.status for each in came.records if isinstance(each, Interview)] == ["cancelled", "cancelled"]


def test_a_schedule_that_lost_its_times_is_no_interview_any_more():
    came = translate("interviewScheduleUpdate", status="WaitingOnCandidateBooking", interviewEvents=[])
    assert gone(came) == [("interview", SCHEDULE)]
    assert one(came, Gone).parts_from == 1
    new = translate("interviewScheduleCreate")
    assert (list(new.records), new.ignored) == ([], "The schedule names no application, or no time (yet).")


def test_without_an_api_key_an_interview_names_its_application():
    assert [type(each) for each in translate("interviewScheduleUpdate", ALONE).records] == [Interview, Gone]


# --- Offers, jobs ---


def test_an_offer_that_is_out_comes_with_its_application():
    came = translate("offerUpdate")
    assert (status(came).value, status(came).at) == ("@offer_made", NOW)
    assert one(came, Application).id == APPLICATION


@pytest.mark.parametrize(
    ("acceptance", "stands", "value"),
    [
        ("Accepted", "CandidateAccepted", "@offer_accepted"),
        ("Declined", "CandidateRejected", "@offer_declined"),
        ("Pending", "CandidateAccepted", "@offer_accepted"),
        ("Created", "WaitingOnCandidateResponse", "@offer_made"),
    ],
)
def test_an_offer_that_was_answered_says_how_and_when(acceptance, stands, value):
    listed_columns = "2026-05-12T10:00:00.000Z"
    came = translate("offerUpdate", acceptanceStatus=acceptance, offerStatus=stands, decidedAt=listed_columns)
    at = NOW if value == "@offer_made" else datetime(2026, 5, 12, 10, tzinfo=UTC)
    assert (status(came).value, status(came).at) == (value, at)


def test_an_offer_on_an_application_that_has_ended_since_says_the_end():
    assert status(translate("offerUpdate", replies=api(status="Hired"))).value == "@hired"


def test_an_offer_that_is_not_out_says_nothing():
    assert translate("offerCreate").ignored == "The offer is not out yet, or it was taken back."
    assert (
        translate("offerUpdate", offerStatus="OfferCancelled").ignored
        == "The offer is not out yet, or it was taken back."
    )
    assert "not connected" in (translate("offerUpdate", ALONE).ignored or "")


def test_jobs_open_and_close():
    closed = translate("jobUpdate")
    assert (one(closed, Job).status, one(closed, Job).hiring_manager_id) == ("closed", one(closed, ClientContact).id)
    assert (one(translate("jobCreate"), Job).status, one(translate("jobCreate"), Job).hiring_manager_id) == (
        "open",
        None,
    )


@pytest.mark.parametrize(
    ("theirs", "ours", "since"),
    [
        ("Draft", "on_hold", None),
        ("open", "open", "2026-03-01T10:00:00Z"),
        ("Closed", "closed", "2026-05-14T09:00:00Z"),
        ("Archived", "closed", "2026-05-14T09:00:00Z"),
        ("Frozen", None, None),
    ],
)
def test_a_job_stands_as_ashby_says_and_since_when(theirs, ours, since):
    came = translate("jobUpdate", status=theirs, openedAt="2026-03-01T10:00:00Z", closedAt="2026-05-14T09:00:00Z")
    assert (one(came, Job).status, one(came, Job).status_at) == (ours, parse_instant(since))
    assert came.unknown == (("job status: Frozen",) if theirs == "Frozen" else ())


@pytest.mark.parametrize(
    ("openings", "ours"),
    [(["Filled", "Filled"], "filled"), (["Filled", "Closed"], "closed"), (["Open"], "closed"), ([], "closed")],
)
def test_a_closed_job_is_filled_where_every_opening_is(openings, ours):
    asked: list[ApiRequest] = []
    answer = {"success": True, "results": {"openings": [{"openingState": state} for state in openings]}}
    assert one(translate("jobUpdate", replies={"/job.info": answer}, asked=asked), Job).status == ours
    job = own("ashby", "jobUpdate")["data"]["job"]["id"]
    assert [ask.json for ask in asked] == [{"id": job, "expand": ["openings"]}]


def test_every_hiring_manager_is_a_client_contact_and_the_first_is_the_jobs():
    second = {"userId": "u9", "firstName": "Ida", "lastName": "Munk", "role": "hiring manager", "email": "i@o.example"}
    team = [*own("ashby", "jobUpdate")["data"]["job"]["hiringTeam"], second]
    came = translate("jobUpdate", ALONE, hiringTeam=team)
    names = [each.name for each in came.records if isinstance(each, ClientContact)]
    assert names == ["Iris Moreau", "Ida Munk"]
    assert one(came, Job).hiring_manager_id == team[0]["userId"]
