"""Ashby: signed webhooks under one id a change, whole applications, refusals that come as 200."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import UNDATED, Application, Candidate, ClientContact, Job, Merged
from app.connectors.contract import ApiError, ApiRequest, ApiResponse, RejectedRequest
from tests.connectors.ashby import ACCOUNT, ALONE, APPLICATION, CRM, NOW, SECRET, api, hook, request, translate
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import run
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status

__all__ = ["ACCOUNT", "APPLICATION", "CRM", "NOW", "api"]

EVENTS = [name for name in all_own("ashby") if not name.startswith("api_") and name != "ping"]
CANDIDATE = "000000c1-0000-4000-8000-000000000000"
ONSITE = "00000051-0000-4000-8000-000000000000"


# --- Signature, ping, key ---


def test_a_signed_request_is_taken_under_any_live_secret():
    CRM.verify(request(own("ashby", "candidateHire")), ["new", SECRET])
    assert CRM.rejection_status == 400


def test_a_thousand_forged_requests_are_refused():
    refuses_forgeries(CRM, request(own("ashby", "candidateHire")), [SECRET], ["ashby-signature"])


@pytest.mark.parametrize("scheme", ["sha256 ", "sha1=", "SHA256=", "", "sha256==", "v1="])
def test_only_the_documented_scheme_is_taken(scheme):
    genuine = request(own("ashby", "ping"))
    forged = genuine.headers["ashby-signature"].replace("sha256=", scheme)
    with pytest.raises(RejectedRequest):
        CRM.verify(replace(genuine, headers={"ashby-signature": forged}), [SECRET])


def test_the_ping_is_greeted_and_nothing_else():
    greeting = CRM.handshake(request(own("ashby", "ping")))
    assert greeting is not None
    assert greeting.signed
    for body in (b"", b"[]", b"no json", b'"ping"', b'{"action": null}', b'{"action": "pong"}'):
        assert CRM.handshake(request(body)) is None


def test_one_change_sent_by_several_webhooks_is_several_events_and_a_retry_is_none():
    stage, update = own("ashby", "candidateStageChange"), own("ashby", "applicationUpdate")
    update["webhookActionId"] = stage["webhookActionId"]
    keys = [CRM.parse_event(request(body)).key for body in (stage, update, stage)]
    assert keys[0] == keys[2] == f"candidateStageChange:{stage['webhookActionId']}:{APPLICATION}"
    assert keys[0] != keys[1]
    other = json.loads(json.dumps(update).replace(APPLICATION, "another"))
    assert CRM.parse_event(request(other)).key != keys[1]


def test_an_event_happened_when_its_thing_was_changed():
    assert CRM.parse_event(request(own("ashby", "candidateStageChange"))).occurred_at == datetime(
        2026, 5, 4, 16, tzinfo=UTC
    )
    assert CRM.parse_event(request(own("ashby", "candidateDelete"))).occurred_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"action": 1}', b"{}", b"[" * 200_000])
def test_a_body_without_an_action_is_refused(body):
    with pytest.raises(RejectedRequest):
        CRM.parse_event(request(body))


def test_the_steps_name_every_webhook_that_is_handled():
    steps = " ".join(CRM.steps("https://kw.example.com/hooks/1"))
    assert "https://kw.example.com/hooks/1" in steps
    assert all(name in steps for name in EVENTS)


# --- Applications ---


def test_a_stage_change_has_the_whole_application_and_asks_nothing():
    asked: list[ApiRequest] = []
    came = translate("candidateStageChange", asked=asked)
    assert [type(each) for each in came.records] == [ClientContact, Candidate, Job, Application]
    assert (status(came).value, status(came).label) == (ONSITE, "Onsite")
    assert status(came).at == one(came, Application).version == datetime(2026, 5, 4, 16, tzinfo=UTC)
    assert one(came, Application).recruiter_email == "sam@rpo.example.com"
    contact = one(came, ClientContact)
    assert (contact.name, contact.role, contact.organisation_id) == ("Iris Moreau", "hiring_manager", None)
    assert one(came, Job).hiring_manager_id == contact.id
    assert one(came, Job).version == UNDATED
    assert not asked


def test_an_update_learns_from_the_history_since_when_the_stage_holds():
    asked: list[ApiRequest] = []
    came = translate("applicationUpdate", asked=asked)
    assert (status(came).value, status(came).at) == (ONSITE, datetime(2026, 5, 4, 16, tzinfo=UTC))
    assert [(ask.method, ask.path, ask.json) for ask in asked] == [
        ("POST", "/application.info", {"applicationId": APPLICATION})
    ]


def test_an_update_without_a_key_is_followed_from_when_it_was_made():
    came = translate("applicationUpdate", ALONE)
    assert (status(came).value, status(came).at) == (ONSITE, one(came, Application).version)


def test_what_tells_no_stage_outdates_none_that_is_delivered_late():
    came = translate("interviewScheduleUpdate")
    assert one(came, Application).status is None
    assert one(came, Application).version < one(translate("candidateStageChange"), Application).version


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize("end", [{"status": "Hired"}, {"status": "Archived", "archivedAt": "2026-05-05T07:00:00.000Z"}])
def test_an_end_that_was_taken_back_is_newer_than_the_end(end, account):
    before = translate("applicationUpdate", account, updatedAt="2026-05-05T07:00:00.000Z", **end)
    after = translate("applicationUpdate", account, updatedAt="2026-05-05T08:00:00.000Z", status="Active")
    assert status(before).value in ("@hired", "@archived")
    assert status(after).value == ONSITE
    assert one(after, Application).version > one(before, Application).version


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
def test_a_transfer_names_the_new_job(account):
    """`applicationUpdate` names job transfers; the history may not know the stage on the new job yet."""
    changed = {
        "job": {"id": "j2", "title": "Finance Director"},
        "updatedAt": "2026-05-05T08:00:00.000Z",
        "currentInterviewStage": {"id": "s2", "title": "Onsite", "type": "Active"},
    }
    came = translate("applicationUpdate", account, replies=api(**changed), **changed)
    application = one(came, Application)
    assert (application.id, application.job_id, one(came, Job).title) == (APPLICATION, "j2", "Finance Director")
    assert (status(came).value, status(came).at) == ("s2", application.version)
    assert application.version == datetime(2026, 5, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "value", "unknown"),
    [
        ("ACTIVE", ONSITE, ()),
        ("Lead", ONSITE, ()),
        ("hired", "@hired", ()),
        ("Paused", ONSITE, ("application status: Paused",)),
        (None, ONSITE, ()),
    ],
)
def test_a_status_that_nobody_knows_is_listed_and_the_application_goes_on(theirs, value, unknown):
    came = translate("candidateStageChange", status=theirs)
    assert (status(came).value, came.unknown) == (value, unknown)


OFFER_STAGE = {"id": ONSITE, "title": "Offer", "type": "Offer"}


@pytest.mark.parametrize(
    ("offer", "value"),
    [
        ({"acceptanceStatus": "Accepted", "decidedAt": "2026-05-05T07:00:00Z"}, "@offer_accepted"),
        ({"acceptanceStatus": "Declined", "decidedAt": "2026-05-05T07:00:00Z"}, "@offer_declined"),
        ({"acceptanceStatus": "WaitingOnResponse"}, "@offer_made"),
        ({"acceptanceStatus": "Created", "offerStatus": "WaitingOnOfferApproval"}, ONSITE),
        ({"acceptanceStatus": "Cancelled", "offerStatus": "OfferCancelled"}, ONSITE),
        # The stage was entered after it.
        ({"acceptanceStatus": "Accepted", "decidedAt": "2026-05-01T07:00:00Z"}, ONSITE),
    ],
)
def test_an_update_of_something_else_does_not_take_an_offer_back(offer, value):
    asked: list[ApiRequest] = []
    written = {"id": "o1", "latestVersion": {"createdAt": "2026-05-04T18:00:00Z"}, **offer}
    replies = {**api(currentInterviewStage=OFFER_STAGE), "/offer.list": {"success": True, "results": [written]}}
    came = translate("applicationUpdate", replies=replies, asked=asked)
    assert (status(came).value, came.unknown) == (value, ())
    assert [ask.json for ask in asked if ask.path == "/offer.list"] == [{"applicationId": APPLICATION}]


@pytest.mark.parametrize(
    "refused", [ApiResponse(403, None), {"success": False, "errors": ["missing_endpoint_permission"]}]
)
def test_a_key_that_may_not_read_offers_or_openings_does_without(refused):
    replies = {**api(currentInterviewStage=OFFER_STAGE), "/offer.list": refused, "/job.info": refused}
    assert status(translate("applicationUpdate", replies=replies)).value == ONSITE
    assert one(translate("jobUpdate", replies=replies), Job).status == "closed"


def test_a_hire_is_a_hire_whatever_stage_it_stands_in():
    came = translate("candidateHire")
    assert (status(came).value, status(came).at) == ("@hired", datetime(2026, 5, 13, 10, tzinfo=UTC))
    assert CRM.known_stages["@hired"] == "accepted"


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("RejectedByOrg", "@rejected"),
        ("RejectedByCandidate", "@withdrawn"),
        ("rejected by candidate", "@withdrawn"),
        ("Other", "@archived"),
        ("Ghosted", "@archived"),
        (None, "@archived"),
    ],
)
def test_the_archive_reason_says_who_ended_it(reason, value):
    archived = {"text": "Another offer", "reasonType": reason}
    came = translate(
        "candidateStageChange", status="Archived", archiveReason=archived, archivedAt="2026-05-04T15:59:00.000Z"
    )
    assert (status(came).value, status(came).reason) == (value, "Another offer")
    assert status(came).at == datetime(2026, 5, 4, 15, 59, tzinfo=UTC)
    assert (value in CRM.known_stages) == (value != "@archived")
    # A stage map that names `Archived` decides on those alone of which nobody knows who ended them.
    assert (status(came).label == "Archived") == (value == "@archived")
    assert came.unknown == (("archive reason type: Ghosted",) if reason == "Ghosted" else ())


# --- Gone, unknown, refused ---


def test_an_event_of_a_name_that_nobody_knows_is_listed():
    body = {"action": "candidateWithdraw", "webhookActionId": "w", "data": {}}
    came = run(CRM.translate(hook(body), ALONE))
    assert came.ignored == "candidateWithdraw has nothing that Keepwarm stores."
    assert came.unknown == ("event: candidateWithdraw",)
    folded = run(CRM.translate(hook({**own("ashby", "candidateHire"), "action": "candidate_hire"}), ALONE))
    assert status(folded).value == "@hired"


def test_a_deleted_candidate_is_gone_and_a_merged_one_is_another():
    assert gone(translate("candidateDelete")) == [("candidate", CANDIDATE)]
    merged = one(run(CRM.translate(hook(own("ashby", "candidateMerge")), ACCOUNT)), Merged)
    assert (merged.id, merged.into) == (CANDIDATE, CANDIDATE.replace("c1", "c2"))


def test_a_refusal_that_comes_as_200_ends_the_attempt_and_an_absence_does_not():
    refused = {"success": False, "errors": ["missing_endpoint_permission"]}
    with pytest.raises(ApiError, match="missing_endpoint_permission"):
        translate("offerUpdate", replies={"/application.info": refused})
    absent = {"success": False, "errors": [], "errorInfo": {"code": "application_not_found", "message": "x"}}
    assert "no longer" in (translate("offerUpdate", replies={"/application.info": absent}).ignored or "")
    assert "no longer" in (
        translate("interviewScheduleUpdate", replies={"/application.info": ApiResponse(404, None)}).ignored or ""
    )


# --- Everything ---


def test_every_documented_payload_comes_out_as_it_should():
    kinds = {}
    for name, document in documented("ashby").items():
        if name == "ping":
            assert CRM.handshake(request(document)) is not None
            continue
        came = run(CRM.translate(hook(document), ACCOUNT), api())
        kinds[name] = "+".join(type(each).__name__ for each in came.records) or came.ignored
    whole, nothing = "ClientContact+Candidate+Job+Application", "{} has nothing that Keepwarm stores."
    unkept = ("interviewPlanTransition", "openingCreate", "surveySubmit")
    posts = ("jobPostingUpdate", "jobPostingPublish", "jobPostingUnpublish")
    wholes = ("applicationSubmit", "applicationUpdate", "candidateHire", "candidateStageChange")
    assert kinds == {
        **{name: nothing.format(name) for name in (*unkept, *posts)},
        **dict.fromkeys(wholes, whole),
        **dict.fromkeys(("candidateHire", "offerCreate", "offerUpdate"), f"{whole}+Milestone"),
        **dict.fromkeys(("interviewScheduleCreate", "interviewScheduleUpdate"), f"{whole}+Interview+Gone"),
        **dict.fromkeys(("jobCreate", "jobUpdate"), "ClientContact+Job"),
        "candidateDelete": "Gone",
        "candidateMerge": "Merged",
        "offerDelete": "Gone+Gone",
        "signatureRequestUpdate": "The request is for a signature of something else than an offer.",
        "pushToHRIS": "candidateHire reports the same hire.",
    }


@pytest.mark.parametrize("account", [ACCOUNT, ALONE])
@pytest.mark.parametrize("name", EVENTS)
def test_no_hostile_payload_makes_it_stumble(name, account):
    genuine = hook(own("ashby", name))
    endures(lambda body: CRM.translate(replace(genuine, document=body), account), genuine.document, api())


@pytest.mark.parametrize("what", ["application", "interview", "job", "note"])
def test_no_hostile_record_of_a_backfill_raises_an_error(what):
    document = {
        "application": own("ashby", "api_application")["results"],
        "interview": own("ashby", "interviewScheduleUpdate")["data"]["interviewSchedule"],
        "job": own("ashby", "jobUpdate")["data"]["job"],
        "note": {"note": own("ashby", "api_note"), "application": own("ashby", "api_application")["results"]},
    }[what]
    fetched = replace(hook(own("ashby", "jobUpdate")), type=f"fetched.{what}")
    endures(lambda body: CRM.translate(replace(fetched, document=body), ACCOUNT), document, api())
    assert run(CRM.translate(replace(fetched, document=document), ACCOUNT), api()).records
