"""Recruit CRM: meetings, notes, calls and emails, and everybody whom they are about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Activity, Interview, Subject
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.recruitcrm import ACCOUNT, CONTACT, CRM, JOB, MARK, NOW, PERSON, api, request, translate
from tests.connectors.results import gone, one

# --- One of each ---


def test_a_meeting_of_the_type_interview_is_an_interview():
    came = translate("meeting.created")
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.kind) == ("5501", f"{PERSON}:{JOB}", None)
    assert interview.starts_at == datetime(2026, 5, 7, 0, 0, tzinfo=UTC)
    assert interview.ends_at - interview.starts_at == timedelta(hours=1)
    assert interview.booked_at == datetime(2026, 5, 4, 3, 1, tzinfo=UTC)


def test_the_agency_says_which_types_are_interviews():
    account = replace(ACCOUNT, settings={"interview_meeting_types": "Panel, client meeting"})
    assert not any(isinstance(each, Interview) for each in translate("meeting.created", account=account).records)
    assert one(translate("meeting.created", account=account), Activity).type == "meeting: Interview"


def test_an_interview_that_names_no_job_is_that_of_the_only_one():
    assert one(translate("meeting.created", associated_jobs=[]), Interview).job_id is None
    assert one(translate("meeting.created", associated_jobs=[]), Interview).application_id == f"{PERSON}:{JOB}"
    two = [own("recruitcrm", "api_stage"), {**own("recruitcrm", "api_stage"), "job_slug": "other"}]
    came = translate("meeting.created", api(**{f"/v1/candidates/{PERSON}/hiring-stages": two}), associated_jobs=[])
    assert came.ignored == "The interview does not say which candidate and which job it is about."


@pytest.mark.parametrize(
    "changed", [{"all_day": 1}, {"start_date": None}, {"end_date": "2026-05-06T00:00:00.000000Z"}, {"id": None}]
)
def test_an_interview_without_times_of_day_is_not_made(changed):
    assert translate("meeting.created", **changed).ignored == "The interview has no id or no times of day."


def test_a_meeting_that_is_no_interview_any_more_takes_the_interview_away():
    came = translate("meeting.updated")
    activity = one(came, Activity)
    assert (activity.id, activity.type, activity.party) == ("meeting:5502", "meeting: Client Meeting", "client")
    assert activity.client_contact_id == CONTACT
    assert gone(came) == [("interview", "5502")]


def test_a_note_keeps_its_type_and_loses_its_markup():
    activity = one(translate("note.created"), Activity)
    assert (activity.id, activity.type, activity.direction) == ("note:9001", "note: Client Follow-up", None)
    assert (activity.candidate_id, activity.job_id, activity.party) == (PERSON, JOB, None)
    assert activity.text is not None
    assert activity.text.startswith("Dan wants to see her again")


def test_a_note_of_ours_is_known_by_its_mark():
    activity = one(translate("note.updated"), Activity)
    assert (activity.type, activity.mark) == ("note", MARK)


def test_calls_have_a_direction_and_the_label_that_the_agency_gave_them():
    outgoing, incoming = one(translate("calllog.created"), Activity), one(translate("calllog.updated"), Activity)
    assert (outgoing.type, outgoing.direction, outgoing.party) == ("call: CALL_OUTGOING", "out", "candidate")
    assert (incoming.type, incoming.direction, incoming.party) == ("call: Follow-Up Call", "in", "client")
    assert outgoing.occurred_at == datetime(2026, 5, 7, 3, 0, tzinfo=UTC)


def test_a_sent_email_went_out():
    activity = one(translate("email.sent"), Activity)
    assert (activity.type, activity.direction, activity.text) == ("email: sent", "out", "Your interview on Thursday")


# --- Several of each ---


def several(*people, jobs=(JOB,)):
    """The API with these candidates, each on each job."""
    vacancies = {f"/v1/jobs/{slug}": {**own("recruitcrm", "api_job"), "slug": slug} for slug in jobs}
    candidates = {f"/v1/candidates/{slug}": {**own("recruitcrm", "api_candidate"), "slug": slug} for slug in people}
    stages = {
        f"/v1/candidates/{slug}/hiring-stages/{job}": {
            **own("recruitcrm", "api_stage"), "candidate_slug": slug, "job_slug": job,
        }
        for slug in people
        for job in jobs
    }  # fmt: skip
    return api(**vacancies, **candidates, **stages)


@pytest.mark.parametrize("name", ["note.created", "calllog.created", "email.sent"])
def test_a_note_a_call_and_an_email_count_for_each_candidate_that_they_are_about(name):
    activity = one(translate(name, several(PERSON, "b", "c"), associated_candidates=["b", "c"]), Activity)
    assert (activity.candidate_id, activity.job_id) == (PERSON, JOB)
    assert activity.also == (Subject(candidate_id="b", job_id=JOB), Subject(candidate_id="c", job_id=JOB))


def test_a_call_with_the_client_counts_for_each_candidate_and_each_job_that_it_was_about():
    replies = several("b", "c", jobs=(JOB, "j2"))
    del replies["/v1/candidates/b/hiring-stages/j2"], replies["/v1/candidates/c/hiring-stages/" + JOB]
    changed = {"associated_candidates": ["b", "c"], "associated_jobs": [JOB, "j2"]}
    call = one(translate("calllog.updated", replies, **changed), Activity)
    assert (call.candidate_id, call.job_id, call.client_contact_id, call.party) == ("b", JOB, CONTACT, "client")
    assert call.also == (Subject(candidate_id="c", job_id="j2"),), "each on the job that they are on"
    jobs = one(translate("calllog.updated", replies, associated_jobs=[JOB, "j2"]), Activity)
    assert (jobs.job_id, jobs.also) == (JOB, (Subject(job_id="j2"),))


def test_of_several_contacts_and_companies_the_first_known_one_is_named():
    came = translate("note.created", related_to="x", related_to_type="deal", associated_contacts=["gone", CONTACT])
    assert one(came, Activity).client_contact_id == CONTACT


def test_an_email_counts_for_whom_it_went_to():
    to = {"type": "candidate", "identifier": PERSON}
    copies = [{"type": "candidate", "identifier": "b"}, {"type": "user", "identifier": "5"}]
    email = one(translate("email.sent", several(PERSON, "b"), related_to=None, to=to, cc=copies), Activity)
    assert (email.candidate_id, email.also) == (PERSON, (Subject(candidate_id="b", job_id=JOB),))


def test_a_meeting_of_several_candidates_is_an_interview_of_each():
    came = translate("meeting.created", several(PERSON, "b"), associated_candidates=["b", "stranger"])
    interviews = [each for each in came.records if isinstance(each, Interview)]
    assert [(each.id, each.application_id) for each in interviews] == [
        ("5501", f"{PERSON}:{JOB}"),
        (f"5501-b:{JOB}", f"b:{JOB}"),
    ]
    record = {**own("recruitcrm", "meeting.created"), "associated_candidates": ["b"]}
    event = replace(CRM.parse_event(request(record, "meeting.deleted")).dated(NOW), occurred_at=NOW)
    assert set(gone(run(CRM.translate(event, ACCOUNT)))) >= {("interview", each.id) for each in interviews}


def test_a_candidate_who_attends_is_one_whom_a_meeting_is_about():
    attendees = [{"attendee_type": "Candidate", "attendee_id": "b", "attendee": []}]
    came = translate(
        "meeting.created", several("b"), related_to=CONTACT, related_to_type="contact", attendees=attendees
    )
    assert one(came, Interview).application_id == f"b:{JOB}"
    talk = translate("meeting.updated", several("b"), associated_jobs=[JOB], attendees=attendees)
    assert one(talk, Activity).candidate_id == "b"


def test_a_note_about_more_than_can_be_asked_for_says_so():
    people = [f"p{number}" for number in range(14)]
    came = translate("note.created", several(PERSON, *people), associated_candidates=people)
    assert len(one(came, Activity).also) == 9
    assert came.ignored == "It names 5 more than are read of one record."


@pytest.mark.parametrize(
    ("type", "address", "kind"),
    [
        ("Client Interview", "Level 9", None),
        ("PHONE_INTERVIEW", "Level 9", "phone"),
        ("Interview", "Video call (https://example.com/1)", "video"),
        ("Interview 2", "Teams (https://example.com/1)", "video"),
    ],
)
def test_every_type_that_is_an_interview_by_its_name_is_one(type, address, kind):
    came = translate("meeting.created", meeting_type=[{"id": 9, "label": type}], address=address)
    assert one(came, Interview).kind == kind


@pytest.mark.parametrize(
    ("word", "became"), [("Cancelled", "cancelled"), ("No-show", "no_show"), ("o", None), (None, None)]
)
def test_a_meeting_that_says_what_became_of_it_does(word, became):
    assert one(translate("meeting.created", status=word), Interview).status == became


def test_a_call_of_another_case_keeps_its_direction_and_one_of_another_kind_is_left_to_the_map():
    assert one(translate("calllog.created", call_type="call outgoing"), Activity).type == "call: CALL_OUTGOING"
    odd = one(translate("calllog.created", call_type="CALL_MISSED"), Activity)
    assert (odd.type, odd.direction) == ("call: CALL_MISSED", None)
