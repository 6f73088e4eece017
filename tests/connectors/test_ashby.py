"""Ashby: signed webhooks under one id a change, schedules that are one round, refusals that come as 200."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.connectors.connector import Account, Arrived, Ask, AskFailed, Refused, Reply
from app.connectors.records import Application, Candidate, ClientContact, Interview, Job, Merged
from app.connectors.signing import hmac_sha256
from app.connectors.systems.ashby import Ashby
from tests.connectors.documents import all_own, own, published
from tests.connectors.driving import run
from tests.connectors.forging import refuses_forgeries
from tests.connectors.mutations import endures
from tests.connectors.said import gone, one, status

CRM = Ashby()
ACCOUNT = Account(credentials={"api_key": "key"})
ALONE = Account()
SECRET = "kw_77af"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
EVENTS = [name for name in all_own("ashby") if not name.startswith("api_") and name != "ping"]
APPLICATION = "000000a1-0000-4000-8000-000000000000"
CANDIDATE = "000000c1-0000-4000-8000-000000000000"
SCHEDULE = "0000005c-0000-4000-8000-000000000000"
ONSITE = "00000051-0000-4000-8000-000000000000"


def request(body, secret=SECRET):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Arrived(text, {"ashby-signature": f"sha256={hmac_sha256(secret.encode(), text).hex()}"}, {}, NOW)


def hook(document):
    event = CRM.event(request(document))
    return event if event.occurred_at else replace(event, occurred_at=NOW)


def api(**changed):
    answer = own("ashby", "api_application")
    return {"/application.info": {**answer, "results": {**answer["results"], **changed}}}


def told(name, account=ACCOUNT, replies=None, asked=None, **changed):
    document = own("ashby", name)
    [thing] = [key for key in document["data"] if key != "offer" or name.startswith("offer")][:1]
    document["data"][thing].update(changed)
    return run(CRM.translate(hook(document), account), api() if replies is None else replies, asked)


# --- Signature, ping, key ---


def test_a_signed_request_is_taken_under_any_live_secret():
    CRM.verify(request(own("ashby", "candidateHire")), ["new", SECRET])
    assert CRM.refusal == 400


def test_a_thousand_forged_requests_are_refused():
    refuses_forgeries(CRM, request(own("ashby", "candidateHire")), [SECRET], ["ashby-signature"])


@pytest.mark.parametrize("scheme", ["sha256 ", "sha1=", "SHA256=", "", "sha256==", "v1="])
def test_only_the_documented_scheme_is_taken(scheme):
    genuine = request(own("ashby", "ping"))
    forged = genuine.headers["ashby-signature"].replace("sha256=", scheme)
    with pytest.raises(Refused):
        CRM.verify(replace(genuine, headers={"ashby-signature": forged}), [SECRET])


def test_the_ping_is_greeted_and_nothing_else():
    greeting = CRM.greeting(request(own("ashby", "ping")))
    assert greeting is not None
    assert greeting.signed
    for body in (b"", b"[]", b"no json", b'"ping"', b'{"action": null}', b'{"action": "pong"}'):
        assert CRM.greeting(request(body)) is None


def test_one_change_told_by_several_webhooks_is_several_events_and_a_retry_is_none():
    stage, update = own("ashby", "candidateStageChange"), own("ashby", "applicationUpdate")
    update["webhookActionId"] = stage["webhookActionId"]
    keys = [CRM.event(request(body)).key for body in (stage, update, stage)]
    assert keys[0] == keys[2] == f"candidateStageChange:{stage['webhookActionId']}:{APPLICATION}"
    assert keys[0] != keys[1]
    other = json.loads(json.dumps(update).replace(APPLICATION, "another"))
    assert CRM.event(request(other)).key != keys[1]


def test_an_event_happened_when_its_thing_was_changed():
    assert CRM.event(request(own("ashby", "candidateStageChange"))).occurred_at == datetime(2026, 5, 4, 16, tzinfo=UTC)
    assert CRM.event(request(own("ashby", "candidateDelete"))).occurred_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"action": 1}', b"{}", b"[" * 200_000])
def test_a_body_without_an_action_is_refused(body):
    with pytest.raises(Refused):
        CRM.event(request(body))


def test_the_steps_name_every_webhook_that_is_handled():
    steps = " ".join(CRM.steps("https://kw.example.com/hooks/1"))
    assert "https://kw.example.com/hooks/1" in steps
    assert all(name in steps for name in EVENTS if name != "offerDelete")


# --- Applications ---


def test_a_stage_change_tells_the_whole_story_and_asks_nothing():
    asked: list[Ask] = []
    came = told("candidateStageChange", asked=asked)
    assert [type(each) for each in came.records] == [ClientContact, Candidate, Job, Application]
    assert (status(came).value, status(came).label) == (ONSITE, "Onsite")
    assert status(came).at == one(came, Application).version == datetime(2026, 5, 4, 16, tzinfo=UTC)
    assert one(came, Application).recruiter_email == "sam@rpo.example.com"
    contact = one(came, ClientContact)
    assert (contact.name, contact.role, contact.organisation_id) == ("Iris Moreau", "hiring_manager", None)
    assert one(came, Job).hiring_manager_id == contact.id
    assert one(came, Job).version == datetime(1970, 1, 1, tzinfo=UTC)
    assert not asked


def test_an_update_learns_from_the_history_since_when_the_stage_holds():
    asked: list[Ask] = []
    came = told("applicationUpdate", asked=asked)
    assert (status(came).value, status(came).at) == (ONSITE, datetime(2026, 5, 4, 16, tzinfo=UTC))
    assert [(ask.method, ask.path, ask.json) for ask in asked] == [
        ("POST", "/application.info", {"applicationId": APPLICATION})
    ]


def test_what_tells_no_stage_outdates_none_that_is_delivered_late():
    for came in (told("applicationUpdate", ALONE), told("interviewScheduleUpdate")):
        assert one(came, Application).status is None
        assert one(came, Application).version < one(told("candidateStageChange"), Application).version


def test_a_hire_is_a_hire_whatever_stage_it_stands_in():
    came = told("candidateHire")
    assert (status(came).value, status(came).at) == ("@hired", datetime(2026, 5, 13, 10, tzinfo=UTC))
    assert CRM.known_stages["@hired"] == "accepted"


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("RejectedByOrg", "@rejected"),
        ("RejectedByCandidate", "@withdrawn"),
        ("Other", "@archived"),
        (None, "@archived"),
    ],
)
def test_the_archive_reason_says_who_ended_it(reason, value):
    archived = {"text": "Another offer", "reasonType": reason}
    came = told(
        "candidateStageChange", status="Archived", archiveReason=archived, archivedAt="2026-05-04T15:59:00.000Z"
    )
    assert (status(came).value, status(came).reason) == (value, "Another offer")
    assert status(came).at == datetime(2026, 5, 4, 15, 59, tzinfo=UTC)
    assert (value in CRM.known_stages) == (value != "@archived")


# --- Interviews ---


def test_a_panel_is_one_round_from_the_first_start_to_the_last_end_without_the_debrief():
    came = told("interviewScheduleUpdate")
    assert [type(each) for each in came.records] == [ClientContact, Candidate, Job, Application, Interview]
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
    ],
)
def test_schedules_stand_as_ashby_says(theirs, ours):
    assert one(told("interviewScheduleUpdate", status=theirs), Interview).status == ours


def test_a_schedule_that_lost_its_times_is_no_interview_any_more():
    came = told("interviewScheduleUpdate", status="WaitingOnCandidateBooking", interviewEvents=[])
    assert gone(came) == [("interview", SCHEDULE)]
    new = told("interviewScheduleCreate")
    assert (list(new.records), new.ignored) == ([], "The schedule names no application, or no time (yet).")


def test_without_an_api_key_an_interview_names_its_application():
    assert [type(each) for each in told("interviewScheduleUpdate", ALONE).records] == [Interview]


# --- Offers, jobs, people ---


def test_an_offer_that_is_out_is_told_with_its_application():
    came = told("offerUpdate")
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
    decided = "2026-05-12T10:00:00.000Z"
    came = told("offerUpdate", acceptanceStatus=acceptance, offerStatus=stands, decidedAt=decided)
    at = NOW if value == "@offer_made" else datetime(2026, 5, 12, 10, tzinfo=UTC)
    assert (status(came).value, status(came).at) == (value, at)


def test_an_offer_on_an_application_that_has_ended_since_says_the_end():
    assert status(told("offerUpdate", replies=api(status="Hired"))).value == "@hired"


def test_an_offer_that_is_not_out_says_nothing():
    assert told("offerCreate").ignored == "The offer is not out yet, or it was taken back."
    assert (
        told("offerUpdate", offerStatus="OfferCancelled").ignored == "The offer is not out yet, or it was taken back."
    )
    assert "says nothing" in (told("offerDelete").ignored or "")
    assert "not connected" in (told("offerUpdate", ALONE).ignored or "")


def test_jobs_open_and_close():
    closed = told("jobUpdate")
    assert (one(closed, Job).status, one(closed, Job).hiring_manager_id) == ("closed", one(closed, ClientContact).id)
    assert (one(told("jobCreate"), Job).status, one(told("jobCreate"), Job).hiring_manager_id) == ("open", None)


def test_a_deleted_candidate_is_gone_and_a_merged_one_is_another():
    assert gone(told("candidateDelete")) == [("candidate", CANDIDATE)]
    merged = one(run(CRM.translate(hook(own("ashby", "candidateMerge")), ACCOUNT)), Merged)
    assert (merged.id, merged.into) == (CANDIDATE, CANDIDATE.replace("c1", "c2"))


def test_a_refusal_that_comes_as_200_ends_the_attempt_and_an_absence_does_not():
    refused = {"success": False, "errors": ["missing_endpoint_permission"]}
    with pytest.raises(AskFailed, match="missing_endpoint_permission"):
        told("offerUpdate", replies={"/application.info": refused})
    absent = {"success": False, "errors": [], "errorInfo": {"code": "application_not_found", "message": "x"}}
    assert "no longer" in (told("offerUpdate", replies={"/application.info": absent}).ignored or "")
    assert "no longer" in (
        told("interviewScheduleUpdate", replies={"/application.info": Reply(404, None)}).ignored or ""
    )


# --- Everything ---


def test_every_published_payload_comes_out_as_it_should():
    kinds = {}
    for name, document in published("ashby").items():
        if name == "ping":
            assert CRM.greeting(request(document)) is not None
            continue
        came = run(CRM.translate(hook(document), ACCOUNT), api())
        kinds[name] = "+".join(type(each).__name__ for each in came.records) or came.ignored
    whole, nothing = "ClientContact+Candidate+Job+Application", "{} tells nothing that Keepwarm keeps."
    unkept = ("interviewPlanTransition", "openingCreate", "signatureRequestUpdate", "surveySubmit")
    posts = ("jobPostingUpdate", "jobPostingPublish", "jobPostingUnpublish")
    wholes = ("applicationSubmit", "applicationUpdate", "candidateHire", "candidateStageChange")
    assert kinds == {
        **{name: nothing.format(name) for name in (*unkept, *posts)},
        **dict.fromkeys((*wholes, "offerCreate", "offerUpdate"), whole),
        **dict.fromkeys(("interviewScheduleCreate", "interviewScheduleUpdate"), f"{whole}+Interview"),
        **dict.fromkeys(("jobCreate", "jobUpdate"), "ClientContact+Job"),
        "candidateDelete": "Gone",
        "candidateMerge": "Merged",
        "offerDelete": "An offer that was deleted says nothing of where its application stands.",
        "pushToHRIS": "candidateHire tells of the same hire.",
    }


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize("name", EVENTS)
def test_no_hostile_payload_makes_it_stumble(name, account):
    genuine = hook(own("ashby", name))
    endures(lambda body: CRM.translate(replace(genuine, document=body), account), genuine.document, api())


@pytest.mark.parametrize("what", ["application", "interview", "job", "note"])
def test_no_hostile_record_of_a_walk_makes_it_stumble(what):
    document = {
        "application": own("ashby", "api_application")["results"],
        "interview": own("ashby", "interviewScheduleUpdate")["data"]["interviewSchedule"],
        "job": own("ashby", "jobUpdate")["data"]["job"],
        "note": {"note": own("ashby", "api_note"), "application": own("ashby", "api_application")["results"]},
    }[what]
    fetched = replace(hook(own("ashby", "jobUpdate")), type=f"fetched.{what}")
    endures(lambda body: CRM.translate(replace(fetched, document=body), ACCOUNT), document, api())
    assert run(CRM.translate(replace(fetched, document=document), ACCOUNT), api()).records
