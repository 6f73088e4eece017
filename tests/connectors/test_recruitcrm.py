"""Recruit CRM: the secret stands in the address, the body is a bare record, and what it refers to is fetched."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.connector import Account, Arrived, Refused, Reply
from app.connectors.records import (
    Activity,
    Application,
    Candidate,
    ClientContact,
    Interview,
    Job,
    Organisation,
    Subject,
)
from app.connectors.systems.recruitcrm import RecruitCrm
from tests.connectors.documents import all_own, own, published
from tests.connectors.driving import run
from tests.connectors.mutations import endures
from tests.connectors.said import gone, one, status

CRM = RecruitCrm()
ACCOUNT = Account(credentials={"token": "live"})
SECRET = "kw_4f0c2a9e77"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
PERSON, JOB = "17781200000048211cnd", "17781200000000912job"
COMPANY, CONTACT = "17781200000000077cmp", "17781200000000301ctc"
MARK = "0197f0aa-1111-7000-8000-000000000001"
EVENTS = [name for name in all_own("recruitcrm") if not name.startswith("api_")]


def request(body, event="note.created", secret=SECRET):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Arrived(text, {}, {"event": event, "secret": secret}, NOW)


def hook(name, **changed):
    event = CRM.event(request({**own("recruitcrm", name), **changed}, name))
    return event if event.occurred_at else replace(event, occurred_at=NOW)


def api(**more):
    return {
        f"/v1/candidates/{PERSON}": own("recruitcrm", "api_candidate"),
        f"/v1/jobs/{JOB}": own("recruitcrm", "api_job"),
        f"/v1/companies/{COMPANY}": own("recruitcrm", "api_company"),
        f"/v1/contacts/{CONTACT}": own("recruitcrm", "api_contact"),
        f"/v1/candidates/{PERSON}/hiring-stages/{JOB}": own("recruitcrm", "api_stage"),
        f"/v1/candidates/{PERSON}/hiring-stages": [own("recruitcrm", "api_stage")],
        **more,
    }


def told(name, replies=None, account=ACCOUNT, **changed):
    return run(CRM.translate(hook(name, **changed), account), api() if replies is None else replies)


# --- The address is the signature ---


def test_the_secret_in_the_address_is_taken_and_either_live_one_is_good():
    CRM.verify(request({"id": 1}), [SECRET])
    CRM.verify(request({"id": 1}), ["new", SECRET])


def test_a_thousand_guesses_at_the_secret_are_refused():
    dice = random.Random(7)
    for _ in range(1_000):
        where = dice.randrange(len(SECRET))
        guesses = (
            SECRET[:where],
            SECRET + "0",
            SECRET[:where] + "x" + SECRET[where + 1 :] + "y",
            "é" * where,
            "a" * 65_536,
        )
        for guess in guesses:
            with pytest.raises(Refused):
                CRM.verify(request({"id": 1}, secret=guess), [SECRET])
    for empty in ({}, {"secret": ""}, {"event": SECRET}):
        with pytest.raises(Refused):
            CRM.verify(Arrived(b"{}", {"secret": SECRET}, empty, NOW), [SECRET])
    with pytest.raises(Refused):
        CRM.verify(request({"id": 1}, secret=""), [])


def test_the_event_is_named_by_the_address_and_kept_under_what_was_said():
    event = CRM.event(request(own("recruitcrm", "note.created")))
    assert (event.type, event.occurred_at) == ("note.created", datetime(2026, 5, 7, 2, 5, tzinfo=UTC))
    assert event.key == CRM.event(request(own("recruitcrm", "note.created"))).key
    assert event.key != CRM.event(request(own("recruitcrm", "note.created"), "note.updated")).key


def test_a_body_in_an_envelope_is_read_like_a_bare_one():
    bare = own("recruitcrm", "candidate.created")
    event = CRM.event(request({"event": "candidate.created", "data": bare}, "candidate.created"))
    assert event.document == bare


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b"no json", b"[" * 200_000, b'{"event": "x", "data": {}}']
)
def test_a_body_that_is_no_record_is_refused(body):
    with pytest.raises(Refused):
        CRM.event(request(body))


@pytest.mark.parametrize("name", ["", "note", "note created", "note.créated", "a." * 100 + "b", "<script>.x"])
def test_an_address_that_names_no_event_is_refused(name):
    with pytest.raises(Refused):
        CRM.event(request({"id": 1}, name))


def test_the_steps_name_every_subscription_with_its_address():
    steps = CRM.steps("https://kw.example.com/hooks/1")
    assert any("https://kw.example.com/hooks/1?event=candidate.hiringstage.updated&secret=<secret>" in s for s in steps)
    assert any("POST https://api.recruitcrm.io/v1/subscriptions" in step for step in steps)
    assert {name for name in EVENTS if not name.startswith(("deal", "task"))} <= {s.split(":")[0] for s in steps}


# --- What events say ---


def test_a_moved_candidate_brings_the_job_the_company_and_its_contact_along():
    came = told("candidate.hiringstage.updated")
    assert [type(each) for each in came.records] == [Organisation, ClientContact, Job, Candidate, Application]
    application = one(came, Application)
    assert application.id == f"{PERSON}:{JOB}"
    assert (status(came).value, status(came).label, status(came).reason) == (
        "8",
        "Client Interview",
        "Booked for Thursday",
    )
    assert status(came).at == datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    assert (one(came, Job).hiring_manager_id, one(came, Job).status) == (CONTACT, "open")
    assert one(came, Candidate).name == "Priya Raman"


def test_a_stage_that_is_dated_ahead_holds_from_when_it_was_written():
    came = told("candidate.hiringstage.updated", stage_date="2026-06-01T00:00:00.000000Z")
    assert status(came).at == datetime(2026, 5, 4, 3, 0, 5, tzinfo=UTC)


def test_a_candidate_who_is_no_longer_there_is_said_to_be_gone_and_nothing_waits_for_them():
    came = told("candidate.hiringstage.updated", api(**{f"/v1/candidates/{PERSON}": Reply(404, None)}))
    assert not any(isinstance(each, Application) for each in came.records)
    assert came.ignored == "The candidate or the job is not, or no longer, in Recruit CRM."


def test_a_contact_that_cannot_be_told_is_not_waited_for():
    came = told("candidate.hiringstage.updated", api(**{f"/v1/contacts/{CONTACT}": Reply(404, None)}))
    assert one(came, Job).hiring_manager_id is None
    assert one(came, Application).job_id == JOB


def test_a_placement_is_a_hire_whose_first_day_lies_ahead():
    came = told("placement.created")
    assert (status(came).value, status(came).at) == ("@hired", datetime(2026, 5, 12, 6, tzinfo=UTC))
    assert CRM.known_stages["@hired"] == "accepted"


def stage(label, stage_date, updated_on):
    """A hiring stage as Recruit CRM has it."""
    status = {"status_id": len(label), "label": label}
    return {**own("recruitcrm", "api_stage"), "status": status, "stage_date": stage_date, "updated_on": updated_on}


def test_a_hire_is_as_new_as_its_placement_or_as_the_stage_that_was_set_with_it():
    path = f"/v1/candidates/{PERSON}/hiring-stages/{JOB}"
    placed_at = datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert one(told("placement.created"), Application).version == placed_at
    together = stage("Placed", "2026-05-12T06:00:00.000000Z", "2026-05-12T06:00:03.000000Z")
    assert one(told("placement.created", api(**{path: together})), Application).version == placed_at + timedelta(
        seconds=3
    )
    later = stage("Offer", "2026-05-10T06:00:00.000000Z", "2026-05-14T06:00:00.000000Z")
    assert one(told("placement.created", api(**{path: later})), Application).version == placed_at, (
        "it was taken back since"
    )
    alone = told("placement.created", api(**{path: Reply(404, None)}))
    assert one(alone, Application).version == placed_at


def test_a_placement_that_was_deleted_leads_back_to_the_hiring_stage():
    record = own("recruitcrm", "placement.created")
    event = replace(CRM.event(request(record, "placement.deleted")), occurred_at=NOW)
    came = run(CRM.translate(event, ACCOUNT), api())
    application = one(came, Application)
    assert (application.version, status(came).label) == (NOW, "Client Interview")
    gone = run(CRM.translate(event, ACCOUNT), api(**{f"/v1/candidates/{PERSON}/hiring-stages/{JOB}": Reply(404, None)}))
    assert gone.ignored == "The deleted placement names no candidate who is on its job in Recruit CRM."


def test_a_status_that_is_corrected_with_an_earlier_date_is_the_newer_word():
    rejected = stage("Rejected", "2026-05-06T03:00:00.000000Z", "2026-05-06T03:00:05.000000Z")
    corrected = stage("Client Interview", "2026-05-04T03:00:00.000000Z", "2026-05-06T04:00:00.000000Z")
    before, after = (one(told("candidate.hiringstage.updated", **each), Application) for each in (rejected, corrected))
    assert after.version > before.version
    assert before.status
    assert after.status
    assert after.status.at < before.status.at
    bare = {part: value for part, value in corrected.items() if part != "updated_on"}
    event = CRM.event(request(bare, "candidate.hiringstage.updated"))
    assert event.occurred_at is None, "it is as new as its arrival"
    came = run(CRM.translate(replace(event, occurred_at=NOW), ACCOUNT), api())
    assert one(came, Application).version == NOW


def test_a_meeting_of_the_type_interview_is_an_interview():
    came = told("meeting.created")
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.kind) == ("5501", f"{PERSON}:{JOB}", None)
    assert interview.starts_at == datetime(2026, 5, 7, 0, 0, tzinfo=UTC)
    assert interview.ends_at - interview.starts_at == timedelta(hours=1)
    assert interview.booked_at == datetime(2026, 5, 4, 3, 1, tzinfo=UTC)


def test_the_agency_says_which_types_are_interviews():
    account = replace(ACCOUNT, settings={"interview_meeting_types": "Panel, client meeting"})
    assert not any(isinstance(each, Interview) for each in told("meeting.created", account=account).records)
    assert one(told("meeting.created", account=account), Activity).type == "meeting: Interview"


def test_an_interview_that_names_no_job_is_that_of_the_only_one():
    assert one(told("meeting.created", associated_jobs=[]), Interview).job_id is None
    assert one(told("meeting.created", associated_jobs=[]), Interview).application_id == f"{PERSON}:{JOB}"
    two = [own("recruitcrm", "api_stage"), {**own("recruitcrm", "api_stage"), "job_slug": "other"}]
    came = told("meeting.created", api(**{f"/v1/candidates/{PERSON}/hiring-stages": two}), associated_jobs=[])
    assert came.ignored == "The interview does not say which candidate and which job it is about."


@pytest.mark.parametrize(
    "changed", [{"all_day": 1}, {"start_date": None}, {"end_date": "2026-05-06T00:00:00.000000Z"}, {"id": None}]
)
def test_an_interview_without_times_of_day_is_not_made(changed):
    assert told("meeting.created", **changed).ignored == "The interview has no id or no times of day."


def test_a_meeting_that_is_no_interview_any_more_takes_the_interview_away():
    came = told("meeting.updated")
    activity = one(came, Activity)
    assert (activity.id, activity.type, activity.party) == ("meeting:5502", "meeting: Client Meeting", "client")
    assert activity.client_contact_id == CONTACT
    assert gone(came) == [("interview", "5502")]


def test_a_note_keeps_its_type_and_loses_its_markup():
    activity = one(told("note.created"), Activity)
    assert (activity.id, activity.type, activity.direction) == ("note:9001", "note: Client Follow-up", None)
    assert (activity.candidate_id, activity.job_id, activity.party) == (PERSON, JOB, None)
    assert activity.text is not None
    assert activity.text.startswith("Dan wants to see her again")


def test_a_note_of_ours_is_known_by_its_mark():
    activity = one(told("note.updated"), Activity)
    assert (activity.type, activity.mark) == ("note", MARK)


def test_calls_have_a_direction_and_the_label_that_the_agency_gave_them():
    outgoing, incoming = one(told("calllog.created"), Activity), one(told("calllog.updated"), Activity)
    assert (outgoing.type, outgoing.direction, outgoing.party) == ("call: CALL_OUTGOING", "out", "candidate")
    assert (incoming.type, incoming.direction, incoming.party) == ("call: Follow-Up Call", "in", "client")
    assert outgoing.occurred_at == datetime(2026, 5, 7, 3, 0, tzinfo=UTC)


def test_a_sent_email_went_out():
    activity = one(told("email.sent"), Activity)
    assert (activity.type, activity.direction, activity.text) == ("email: sent", "out", "Your interview on Thursday")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("candidate.deleted", [("candidate", PERSON)]),
        ("company.deleted", [("organisation", COMPANY)]),
        ("contact.deleted", [("client_contact", CONTACT)]),
        ("job.deleted", [("job", JOB)]),
        ("note.deleted", [("activity", "note:9001")]),
        ("meeting.deleted", [("interview", "5501")]),
        ("candidate.unassigned", [("application", f"{PERSON}:{JOB}")]),
    ],
)
def test_a_deletion_holds_from_when_it_was_told(name, what):
    came = told(name)
    assert gone(came) == what
    assert {each.version for each in came.records} == {NOW}


@pytest.mark.parametrize(
    ("id", "label", "expected"),
    [
        (1, "Open", "open"),
        (2, "On Hold", "on_hold"),
        (0, "Closed", "closed"),
        (3, "Cancelled", "closed"),
        (1004, "Placed", "filled"),
        (5512, "Filled by us", "filled"),
        (5513, "ON-HOLD", "on_hold"),
        (5514, "Open", "open"),
    ],
)
def test_a_job_is_open_on_hold_filled_or_closed_by_its_id_or_its_label(id, label, expected):
    came = told("job.status.updated", job_status={"id": id, "label": label})
    job = one(came, Job)
    assert (job.status, job.status_at, came.unknown) == (expected, datetime(2026, 5, 6, tzinfo=UTC), ())


def test_a_job_status_of_the_agencys_own_that_says_nothing_is_listed():
    came = told("job.status.updated", job_status={"id": 1406, "label": "Refill"})
    assert (one(came, Job).status, came.unknown) == (None, ("job status: Refill",))
    assert one(told("job.created"), Job).status_at is None


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
    activity = one(told(name, several(PERSON, "b", "c"), associated_candidates=["b", "c"]), Activity)
    assert (activity.candidate_id, activity.job_id) == (PERSON, JOB)
    assert activity.also == (Subject(candidate_id="b", job_id=JOB), Subject(candidate_id="c", job_id=JOB))


def test_a_call_with_the_client_counts_for_each_candidate_and_each_job_that_it_was_about():
    replies = several("b", "c", jobs=(JOB, "j2"))
    del replies["/v1/candidates/b/hiring-stages/j2"], replies["/v1/candidates/c/hiring-stages/" + JOB]
    changed = {"associated_candidates": ["b", "c"], "associated_jobs": [JOB, "j2"]}
    call = one(told("calllog.updated", replies, **changed), Activity)
    assert (call.candidate_id, call.job_id, call.client_contact_id, call.party) == ("b", JOB, CONTACT, "client")
    assert call.also == (Subject(candidate_id="c", job_id="j2"),), "each on the job that they are on"
    jobs = one(told("calllog.updated", replies, associated_jobs=[JOB, "j2"]), Activity)
    assert (jobs.job_id, jobs.also) == (JOB, (Subject(job_id="j2"),))


def test_of_several_contacts_and_companies_the_first_known_one_is_named():
    came = told("note.created", related_to="x", related_to_type="deal", associated_contacts=["gone", CONTACT])
    assert one(came, Activity).client_contact_id == CONTACT


def test_an_email_counts_for_whom_it_went_to():
    to = {"type": "candidate", "identifier": PERSON}
    copies = [{"type": "candidate", "identifier": "b"}, {"type": "user", "identifier": "5"}]
    email = one(told("email.sent", several(PERSON, "b"), related_to=None, to=to, cc=copies), Activity)
    assert (email.candidate_id, email.also) == (PERSON, (Subject(candidate_id="b", job_id=JOB),))


def test_a_meeting_of_several_candidates_is_an_interview_of_each():
    came = told("meeting.created", several(PERSON, "b"), associated_candidates=["b", "stranger"])
    interviews = [each for each in came.records if isinstance(each, Interview)]
    assert [(each.id, each.application_id) for each in interviews] == [
        ("5501", f"{PERSON}:{JOB}"),
        (f"5501-b:{JOB}", f"b:{JOB}"),
    ]
    record = {**own("recruitcrm", "meeting.created"), "associated_candidates": ["b"]}
    event = replace(CRM.event(request(record, "meeting.deleted")), occurred_at=NOW)
    assert set(gone(run(CRM.translate(event, ACCOUNT)))) >= {("interview", each.id) for each in interviews}


def test_a_candidate_who_attends_is_one_whom_a_meeting_is_about():
    attendees = [{"attendee_type": "Candidate", "attendee_id": "b", "attendee": []}]
    came = told("meeting.created", several("b"), related_to=CONTACT, related_to_type="contact", attendees=attendees)
    assert one(came, Interview).application_id == f"b:{JOB}"
    talk = told("meeting.updated", several("b"), associated_jobs=[JOB], attendees=attendees)
    assert one(talk, Activity).candidate_id == "b"


def test_a_note_about_more_than_can_be_asked_for_says_so():
    people = [f"p{number}" for number in range(14)]
    came = told("note.created", several(PERSON, *people), associated_candidates=people)
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
    came = told("meeting.created", meeting_type=[{"id": 9, "label": type}], address=address)
    assert one(came, Interview).kind == kind


@pytest.mark.parametrize(
    ("word", "became"), [("Cancelled", "cancelled"), ("No-show", "no_show"), ("o", None), (None, None)]
)
def test_a_meeting_that_says_what_became_of_it_does(word, became):
    assert one(told("meeting.created", status=word), Interview).status == became


def test_a_call_of_another_case_keeps_its_direction_and_one_of_another_kind_is_left_to_the_map():
    assert one(told("calllog.created", call_type="call outgoing"), Activity).type == "call: CALL_OUTGOING"
    odd = one(told("calllog.created", call_type="CALL_MISSED"), Activity)
    assert (odd.type, odd.direction) == ("call: CALL_MISSED", None)


@pytest.mark.parametrize("name", ["deal.stage.updated", "task.created"])
def test_deals_and_tasks_are_ignored_in_words(name):
    assert told(name).ignored == f"{name} tells nothing that Keepwarm keeps."


def test_every_published_record_comes_out_as_it_should():
    kinds = {}
    for name, record in published("recruitcrm").items():
        if name == "subscription_create":
            continue
        came = run(CRM.translate(CRM.event(request(record, name)), ACCOUNT), _invented)
        kinds[name] = [type(each).__name__ for each in came.records] or came.ignored
    before = ["Organisation", "ClientContact", "Job", "Candidate"]
    several = [*_twice(before), "Application", "Application", "Activity"]
    assert kinds == {
        "calllog.created": several,
        "candidate.created": ["Candidate"],
        "candidate.hiringstage.updated": [*before, "Application"],
        "candidate.updated": ["Candidate"],
        "deal.stage.updated": "deal.stage.updated tells nothing that Keepwarm keeps.",
        "job.status.updated": ["Organisation", "Organisation", "ClientContact", "Job"],
        "meeting.created": several,
        "note.created": several,
        "note.updated": several,
        "placement.created": [*before, "Application"],
        "task.created": "task.created tells nothing that Keepwarm keeps.",
    }


def _twice(before):
    """The activity's own company and contact stand beside those of its job, and one candidate beside another."""
    return [*before[:1] * 2, *before[1:2] * 2, *before[2:3], *before[3:] * 2]


def _invented(ask):
    """A record of whatever slug is asked for."""
    _, _, folder, slug, *rest = ask.path.split("/")
    if rest:
        return {**own("recruitcrm", "api_stage"), "candidate_slug": slug, "job_slug": rest[-1]}
    name = {"candidates": "candidate", "jobs": "job", "companies": "company", "contacts": "contact"}[folder]
    return {**own("recruitcrm", f"api_{name}"), "slug": slug}


@pytest.mark.parametrize("name", EVENTS)
def test_no_hostile_record_makes_it_stumble(name):
    genuine = hook(name)
    endures(lambda record: CRM.translate(replace(genuine, document=record), ACCOUNT), genuine.document, api())
