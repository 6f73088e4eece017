"""Greenhouse: signed bytes, whole applications, and Harvest for what a payload leaves out."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import Application, Candidate, Interview, Job
from app.connectors.contract import ApiRequest, RejectedRequest
from app.connectors.parsing import parse_instant
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import run
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.greenhouse import ACCOUNT, ALONE, CRM, NOW, SECRET, api, hook, request, translate
from tests.connectors.mutations import endures
from tests.connectors.results import one, status

__all__ = ["ACCOUNT", "CRM", "NOW", "api"]

EVENTS = [name for name in all_own("greenhouse") if not name.startswith("api_")]


# --- Signature, ping, key ---


def test_the_bytes_are_signed_as_they_came_escapes_included():
    genuine = request(own("greenhouse", "candidate_stage_change"))
    assert b"\\u003cPanel\\u003e" in genuine.body
    CRM.verify(genuine, ["other", SECRET])
    rewritten = json.dumps(json.loads(genuine.body)).encode()
    with pytest.raises(RejectedRequest):
        CRM.verify(replace(genuine, body=rewritten), [SECRET])


def test_a_thousand_forged_requests_are_refused():
    refuses_forgeries(CRM, request(own("greenhouse", "hire_candidate")), [SECRET], ["signature"])


@pytest.mark.parametrize("scheme", ["sha256=", "sha1 ", "SHA256 ", "sha256", "sha256  ", ""])
def test_only_the_documented_scheme_is_taken(scheme):
    genuine = request({"action": "ping"})
    forged = genuine.headers["signature"].replace("sha256 ", scheme)
    with pytest.raises(RejectedRequest):
        CRM.verify(replace(genuine, headers={"signature": forged}), [SECRET])


@pytest.mark.parametrize("body", [{"action": "ping"}, {"action": "Ping", "payload": {}}, {"webhook_id": 1}, {}])
def test_whatever_names_no_event_is_a_ping_and_greeted_once_its_signature_is_good(body):
    greeting = CRM.handshake(request(body))
    assert greeting is not None
    assert greeting.signed


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'"ping"', b'{"action": 1}', b'{"action": "hire_candidate"}'])
def test_nothing_else_is_greeted(body):
    assert CRM.handshake(request(body)) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"action": 1}', b'{"payload": {}}', b"[" * 200_000])
def test_a_body_without_an_action_is_refused(body):
    with pytest.raises(RejectedRequest):
        CRM.parse_event(request(body))


def test_an_event_is_kept_under_its_own_id_and_says_nothing_of_its_time():
    event = CRM.parse_event(request(own("greenhouse", "hire_candidate"), id="57a"))
    assert (event.key, event.type, event.occurred_at) == ("57a", "hire_candidate", None)
    unnamed = replace(request(own("greenhouse", "hire_candidate")), headers={})
    assert len(CRM.parse_event(unnamed).key) == 64


def test_the_steps_name_every_event_that_is_handled():
    steps = " ".join(CRM.steps("https://kw.example.com/hooks/1"))
    assert "Endpoint URL: https://kw.example.com/hooks/1" in steps
    assert all(name in steps for name in EVENTS if name != "new_prospect_application")


# --- Applications ---


def test_a_stage_change_brings_candidate_job_and_the_booked_interviews():
    asked: list[ApiRequest] = []
    came = translate("candidate_stage_change", asked=asked)
    assert [type(each) for each in came.records] == [Candidate, Job, Application, Interview]
    assert (status(came).value, status(came).label) == ("3041", "Onsite <Panel>")
    assert status(came).at == one(came, Application).version == datetime(2026, 5, 4, 16, 38, 36, tzinfo=UTC)
    assert one(came, Application).recruiter_email == "sam@rpo.example.com"
    assert one(came, Job).organisation_id is None
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.status) == ("31087450", "69306314", "scheduled")
    assert interview.booked_at == datetime(2026, 5, 4, 16, 37, tzinfo=UTC)
    assert [(ask.path, ask.query["application_ids"]) for ask in asked] == [("/interviews", "69306314")]


def test_without_a_credential_the_payload_alone_is_translated():
    asked: list[ApiRequest] = []
    came = translate("candidate_stage_change", ALONE, asked)
    assert [type(each) for each in came.records] == [Candidate, Job, Application]
    assert not asked


def test_a_rejection_says_which_side_turned_the_other_down():
    came = translate("reject_candidate")
    assert (status(came).value, status(came).reason) == ("@withdrawn", "Took another offer")
    body = own("greenhouse", "reject_candidate")
    body["payload"]["application"]["rejection_reason"]["type"] = {"id": 1, "name": "We rejected them"}
    came = run(CRM.translate(hook(body), ALONE))
    assert (status(came).value, status(came).at) == ("@rejected", datetime(2026, 5, 11, 9, tzinfo=UTC))


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize(("name", "stage"), [("unreject_candidate", "3041"), ("unhire_candidate", "3042")])
def test_what_was_taken_back_stands_in_its_stage_again(name, stage, account):
    came = translate(name, account)
    assert status(came).value == stage
    assert "was taken back in Greenhouse" in (status(came).reason or "")
    # The payload still has the time of the end: it counts from when it arrived.
    assert status(came).at == one(came, Application).version == NOW


def test_the_documented_unrejection_is_newer_than_the_documented_rejection():
    documents = documented("greenhouse")
    rejected, taken_back = (
        one(run(CRM.translate(hook(documents[name]), ALONE)), Application)
        for name in ("reject_candidate", "unreject_candidate")
    )
    again = documents["unreject_candidate"]["payload"]["application"]["last_activity_at"]
    assert parse_instant(again) == rejected.version
    assert taken_back.version > rejected.version


@pytest.mark.parametrize("name", ["unreject_candidate", "unhire_candidate"])
def test_an_end_taken_back_that_comes_late_leads_to_where_harvest_says_it_stands(name):
    since = {**own("greenhouse", "api_application"), "job_interview_stage_id": 3099, "stage_name": "Final"}
    since["last_activity_at"] = since["updated_at"] = "2026-05-15T09:00:00Z"
    came = translate(name, applications=[since])
    assert (status(came).value, status(came).label) == ("3099", "Final")
    assert "was taken back in Greenhouse" in (status(came).reason or "")
    assert one(came, Application).as_of == datetime(2026, 5, 15, 9, tzinfo=UTC)


def test_a_rejection_that_was_taken_back_and_made_again_since_stands():
    since = {
        **own("greenhouse", "api_application"),
        "status": "rejected",
        "rejected_at": "2026-05-12T09:00:00Z",
        "rejection_reason_id": 14,
    }
    reasons = [{"id": 14, "name": "Took another offer", "type": {"id": 2, "key": "THEY_REJECTED_US", "name": "x"}}]
    came = translate("unreject_candidate", applications=[since], rejection_reasons=reasons)
    assert (status(came).value, status(came).reason) == ("@withdrawn", "Took another offer")
    assert one(came, Application).version == datetime(2026, 5, 13, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "unknown"),
    [
        ({"name": "We rejected them"}, "@rejected", ()),
        ({"name": "THEY_REJECTED_US"}, "@withdrawn", ()),
        ({"name": "None Specified"}, "@rejected", ()),
        ({"key": "SECURITY_CONCERN", "name": "Security concern"}, "@rejected", ()),
        ({"key": "THEY_REJECTED_US", "name": "Ils ont refus\u00e9"}, "@withdrawn", ()),
        ({"name": "Wrong skill set"}, "@rejected", ("rejection reason type: Wrong skill set",)),
        (None, "@rejected", ()),
    ],
)
def test_the_type_of_a_rejection_reason_says_who_ended_it(kind, value, unknown):
    body = own("greenhouse", "reject_candidate")
    body["payload"]["application"]["rejection_reason"]["type"] = kind
    came = run(CRM.translate(hook(body), ALONE))
    assert (status(came).value, came.unknown) == (value, unknown)


def test_an_application_on_another_job_names_the_new_one():
    before, after = own("greenhouse", "candidate_stage_change"), own("greenhouse", "application_updated")
    after["payload"]["application"]["jobs"][0] |= {"id": 702, "name": "Finance Director"}
    first, second = (run(CRM.translate(hook(body), ALONE)) for body in (before, after))
    assert (one(second, Application).id, one(second, Application).job_id) == (one(first, Application).id, "702")
    assert one(second, Application).version > one(first, Application).version
    assert one(second, Job).title == "Finance Director"


def test_a_hire_is_dated_by_harvest_and_a_late_one_undoes_nothing():
    hired = {**own("greenhouse", "api_application"), "status": "hired", "job_interview_stage_id": None}
    came = translate("hire_candidate", applications=[hired])
    assert status(came).value == "@hired"
    assert one(came, Application).version == datetime(2026, 5, 13, 9, 30, tzinfo=UTC)
    assert status(translate("hire_candidate")).value == "3041"
    alone = translate("hire_candidate", ALONE)
    assert (status(alone).value, status(alone).at) == ("@hired", NOW)


def test_an_update_of_anything_at_all_asks_since_when_the_stage_holds():
    stages = [{"id": 1, "application_id": 69306314, "current": True, "entered_at": "2026-05-04T16:38:36Z"}]
    came = translate("application_updated", application_stages=stages)
    assert (status(came).value, status(came).at) == ("3041", datetime(2026, 5, 4, 16, 38, 36, tzinfo=UTC))
    assert one(came, Application).version == datetime(2026, 5, 4, 17, tzinfo=UTC)


def test_an_update_without_harvest_is_followed_from_when_it_was_made():
    alone = translate("application_updated", ALONE)
    assert (status(alone).value, status(alone).at) == ("3041", datetime(2026, 5, 4, 17, tzinfo=UTC))
    assert one(alone, Application).version == datetime(2026, 5, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize(("word", "value"), [("hired", "@hired"), ("Rejected", "@withdrawn"), ("ACTIVE", "3041")])
def test_an_update_of_an_application_that_has_ended_does_not_put_it_back_in_its_stage(account, word, value):
    body = own("greenhouse", "application_updated")
    reason = own("greenhouse", "reject_candidate")["payload"]["application"]["rejection_reason"]
    body["payload"]["application"] |= {"status": word, "rejection_reason": reason}
    assert status(run(CRM.translate(hook(body), account), api())).value == value


@pytest.mark.parametrize(
    ("offer", "value"),
    [
        ({"status": "Created", "sent_on": "2026-05-12"}, "@offer_made"),
        ({"status": "Accepted", "resolved_at": "2026-05-13T08:00:00Z"}, "@offer_accepted"),
        ({"status": "Rejected", "resolved_at": "2026-05-13T08:00:00Z"}, "@offer_declined"),
        ({"status": "Created", "sent_on": None}, "3041"),
        ({"status": "Deprecated", "sent_on": "2026-05-12"}, "3041"),
        # The stage was entered after it.
        ({"status": "Accepted", "resolved_at": "2026-05-01T08:00:00Z"}, "3041"),
    ],
)
def test_an_update_of_something_else_does_not_take_an_offer_back(offer, value):
    stages = [{"id": 1, "application_id": 69306314, "current": True, "entered_at": "2026-05-04T16:38:36Z"}]
    asked: list[ApiRequest] = []
    offers = [{"id": 7, "application_id": 69306314, **offer}]
    body = own("greenhouse", "application_updated")
    body["payload"]["application"]["last_activity_at"] = "2026-05-13T09:00:00Z"
    came = run(CRM.translate(hook(body), ACCOUNT), api(application_stages=stages, offers=offers), asked)
    assert status(came).value == value
    [ask] = [ask for ask in asked if ask.path == "/offers"]
    assert ask.query["current_only"] == "true"
    assert (403 in ask.expects, 404 in ask.expects) == (True, True)


def test_an_event_of_a_name_that_nobody_knows_is_listed():
    body = {"action": "interview_scheduled", "payload": {}}
    came = run(CRM.translate(hook(body), ALONE))
    assert came.ignored == "interview_scheduled has nothing that Keepwarm stores."
    assert came.unknown == ("event: interview_scheduled",)
    folded = run(CRM.translate(hook({**own("greenhouse", "hire_candidate"), "action": "Hire Candidate"}), ALONE))
    assert status(folded).value == "@hired"


def test_a_prospect_is_kept_as_a_candidate_only():
    came = translate("new_prospect_application")
    assert [type(each) for each in came.records] == [Candidate]
    assert came.ignored == "A prospect is on no job yet."


# --- Everything ---


def test_every_documented_payload_comes_out_as_it_should():
    kinds = {}
    for name, document in documented("greenhouse").items():
        came = run(CRM.translate(hook(document), ALONE))
        kinds[name] = "+".join(type(each).__name__ for each in came.records) or came.ignored
    whole, nothing = "Candidate+Job+Application", "{} has nothing that Keepwarm stores."
    unkept = (
        "department_deleted",
        "office_deleted",
        "scorecard_deleted",
        "job_interview_stage_deleted",
    )
    posts = ("job_post_created", "job_post_updated", "job_post_deleted")
    wholes = ("candidate_stage_change", "hire_candidate", "unhire_candidate", "reject_candidate", "unreject_candidate")
    assert kinds == {
        **{name: nothing.format(name) for name in (*unkept, *posts)},
        **dict.fromkeys((*wholes, "new_candidate_application"), whole),
        **dict.fromkeys(("job_created", "job_updated", "job_approved"), "Job"),
        **dict.fromkeys(("interview_deleted", "job_deleted", "delete_application", "candidate_anonymized"), "Gone"),
        # The documented one has no job at all.
        "application_updated": "Candidate",
        "new_prospect_application": "Candidate",
        "update_candidate": "Candidate",
        "delete_candidate": "Gone+Gone+Gone",
        "merge_candidate": "Merged",
        "hire_candidate": f"{whole}+Milestone+Milestone",
        "offer_created": "Milestone+Milestone",
        "offer_approved": "Milestone+Milestone",
        "offer_deleted": "Gone+Gone",
        "offer_updated": "The offer was not sent yet, or a newer version took its place.",
    }


def test_the_documented_rejection_and_hire_say_so():
    documents = documented("greenhouse")
    rejected = run(CRM.translate(hook(documents["reject_candidate"]), ALONE))
    assert (status(rejected).value, status(rejected).reason) == ("@rejected", "No licence")
    assert status(run(CRM.translate(hook(documents["hire_candidate"]), ALONE))).value == "@hired"


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize("name", EVENTS)
def test_no_hostile_payload_makes_it_stumble(name, account):
    genuine = hook(own("greenhouse", name))
    endures(lambda body: CRM.translate(replace(genuine, document=body), account), genuine.document, api())


@pytest.mark.parametrize("what", ["interview", "note", "email", "application", "job"])
def test_no_hostile_answer_of_harvest_makes_it_stumble(what):
    document = {name: own("greenhouse", f"api_{name}") for name in ("application", "candidate", "job")}
    document |= {"note" if what == "email" else what: own("greenhouse", f"api_{what}")}
    fetched = replace(hook(own("greenhouse", "job_created")), type=f"fetched.{'note' if what == 'email' else what}")
    endures(lambda body: CRM.translate(replace(fetched, document=body), ACCOUNT), document)
    assert run(CRM.translate(replace(fetched, document=document), ACCOUNT)).records
