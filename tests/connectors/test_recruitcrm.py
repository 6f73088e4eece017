"""Recruit CRM: the secret stands in the address, the body is a bare record, and what it refers to is fetched."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.connector import Account, Arrived, Refused, Reply
from app.connectors.records import Activity, Application, Candidate, ClientContact, Interview, Job, Organisation
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


def test_a_placement_does_not_outdate_the_stage_that_is_told_after_it():
    placed, moved = one(told("placement.created"), Application), one(told("candidate.hiringstage.updated"), Application)
    assert placed.version <= moved.version
    alone = told("placement.created", api(**{f"/v1/candidates/{PERSON}/hiring-stages/{JOB}": Reply(404, None)}))
    assert one(alone, Application).version == datetime(2026, 5, 12, 6, tzinfo=UTC)


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
    assert came.ignored == "The interview does not say which one candidate and which one job it is about."


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


def test_the_job_statuses_that_everybody_has_are_known_and_an_agencys_own_are_not():
    assert one(told("job.status.updated"), Job).status == "on_hold"
    assert one(told("job.status.updated", job_status={"id": 5512, "label": "Open"}), Job).status is None


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
    assert kinds == {
        "calllog.created": [*_twice(before), "Application", "Activity"],
        "candidate.created": ["Candidate"],
        "candidate.hiringstage.updated": [*before, "Application"],
        "candidate.updated": ["Candidate"],
        "deal.stage.updated": "deal.stage.updated tells nothing that Keepwarm keeps.",
        "job.status.updated": ["Organisation", "Organisation", "ClientContact", "Job"],
        "meeting.created": [*_twice(before), "Application", "Activity"],
        "note.created": [*_twice(before), "Application", "Activity"],
        "note.updated": [*_twice(before), "Application", "Activity"],
        "placement.created": [*before, "Application"],
        "task.created": "task.created tells nothing that Keepwarm keeps.",
    }


def _twice(before):
    """The activity's own company and contact, of another slug, stand beside those of its job."""
    return [*before[:1] * 2, *before[1:2] * 2, *before[2:]]


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
