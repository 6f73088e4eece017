"""Workable: the candidate as of sending, signed in hex or base64."""

import base64
from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import Application, Candidate, Job
from app.connectors.contract import ApiRequest, DatedEvent, RejectedRequest
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import all_own, own
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status
from tests.connectors.workable import ACCOUNT, BODY, NOW, WORKABLE, hook, request, translate

HOOKS = [name for name in all_own("workable") if not name.startswith("api_")]


# --- Signature ---


def test_hex_of_either_case_and_base64_are_taken():
    code = hmac_sha256(b"secret", BODY)
    for signature in (code.hex(), code.hex().upper(), base64.b64encode(code).decode()):
        WORKABLE.verify(request(signature), ["old", "secret"])


@pytest.mark.parametrize("encode", [bytes.hex, lambda code: base64.b64encode(code).decode()], ids=["hex", "base64"])
def test_a_thousand_forgeries_are_refused(encode):
    genuine = request(encode(hmac_sha256(b"secret", BODY)))
    refuses_forgeries(WORKABLE, genuine, ["secret"], ["x-workable-signature"])


@pytest.mark.parametrize("secrets", [[], ["other"], [""]])
def test_without_the_right_secret_nothing_is_taken(secrets):
    with pytest.raises(RejectedRequest):
        WORKABLE.verify(request(hmac_sha256(b"secret", BODY).hex()), secrets)


def test_the_key_is_the_hash_of_what_was_sent():
    assert WORKABLE.parse_event(request("")).key == WORKABLE.parse_event(request("other")).key
    assert WORKABLE.parse_event(request("")).key != WORKABLE.parse_event(request("", BODY + b" ")).key
    with pytest.raises(RejectedRequest):
        WORKABLE.parse_event(request("", b"no JSON"))


# --- What events say ---


def test_a_moved_candidate_is_a_person_an_application_and_a_job():
    asked: list[ApiRequest] = []
    came = translate(hook("candidate_moved"), asked=asked)
    person, job, application = one(came, Candidate), one(came, Job), one(came, Application)
    assert (person.name, person.email) == ("Sofia Almeida", "sofia.almeida@example.com")
    assert (job.id, job.title, job.organisation_id) == ("GROOV005", "Payroll Manager", None)
    assert (application.id, application.candidate_id, application.job_id) == ("12ce9b3a", "12ce9b3a", "GROOV005")
    assert (status(came).value, status(came).label) == ("Phone Screen", "Phone Screen")
    assert application.version == datetime(2026, 11, 10, 11, 20, 3, tzinfo=UTC)
    assert asked == []


def test_created_tells_the_first_stage():
    assert status(translate(hook("candidate_created"))).value == "Applied"


def test_hired_and_disqualified_are_the_systems_own_signals():
    hired, left = (
        status(translate(hook("candidate_moved_hired"))),
        status(translate(hook("candidate_moved_disqualified"))),
    )
    assert (hired.value, hired.at) == ("@hired", datetime(2026, 11, 10, 11, 19, 59, tzinfo=UTC))
    assert (left.value, left.reason) == ("@rejected", "Not a fit for now")
    assert (WORKABLE.known_stages[hired.value], WORKABLE.known_stages[left.value]) == ("accepted", "rejected")


def moved(**changed):
    """Translate a `candidate_moved` of a candidate, fired at twenty past eleven."""
    event = hook("candidate_moved")
    event.document["data"].update(changed)
    return translate(event)


def test_a_candidate_who_withdrew_was_not_rejected():
    left = status(moved(disqualified=True, withdrew=True, disqualification_reason="Accepted another offer"))
    assert (left.value, left.label, left.reason) == ("@withdrawn", "Accepted another offer", "Accepted another offer")
    assert WORKABLE.known_stages[left.value] == "withdrawn"
    assert status(moved(disqualified=True, withdrew=False)).value == "@rejected"


def test_a_candidate_whose_disqualification_was_reverted_stands_in_the_stage():
    back = moved(disqualified=False, withdrew=True, disqualification_reason=None)
    assert status(back).value == "Phone Screen"


def test_a_hire_that_was_taken_back_leads_to_the_stage():
    assert status(moved(hired_at="2026-11-10T11:19:59Z", stage="Hired", stage_kind="hired")).value == "@hired"
    assert status(moved(hired_at=None, stage="Offer", stage_kind="offer")).value == "Offer"
    assert status(moved(hired_at="2026-11-10T11:19:59Z", stage="Offer", stage_kind="offer")).value == "Offer"


def test_somebody_who_was_hired_and_disqualified_later_is_out():
    left = status(moved(hired_at="2026-11-10T11:00:00Z", disqualified=True, disqualified_at="2026-11-10T11:10:00Z"))
    assert (left.value, left.at) == ("@rejected", datetime(2026, 11, 10, 11, 10, tzinfo=UTC))


def test_an_event_about_a_candidate_that_nobody_documented_tells_where_they_stand():
    event = hook("candidate_moved")
    renamed = DatedEvent(event.key, "CandidateReverted", event.document, event.occurred_at)
    assert status(translate(renamed)).value == "Phone Screen"


def test_a_thin_event_asks_for_its_candidate():
    event, asked = hook("candidate_moved_thin"), list[ApiRequest]()
    came = translate(
        DatedEvent(event.key, event.type, event.document, NOW),
        {"candidates/12ce9b3a": own("workable", "api_candidate")},
        asked,
    )
    assert [ask.path for ask in asked] == ["candidates/12ce9b3a"]
    assert one(came, Candidate).name == "Sofia Almeida"


def test_a_deleted_candidate_takes_the_application_along():
    assert gone(translate(hook("candidate_deleted"))) == [("application", "12ce9b3a"), ("candidate", "12ce9b3a")]


def test_an_event_about_an_employee_is_ignored_and_says_so():
    event = DatedEvent("k", "onboarding_completed", {}, NOW)
    assert translate(event).ignored == "Keepwarm does nothing with events of the type onboarding_completed"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hostile_event_raises_nothing(name):
    def translate(document):
        return WORKABLE.translate(DatedEvent("k", document_type(name), document, NOW), ACCOUNT)

    replies = {"candidates/12ce9b3a": own("workable", "api_candidate")}
    assert endures(translate, own("workable", name), replies) > 40


def document_type(name):
    kind: str = own("workable", name)["event_type"]
    return kind


@pytest.mark.parametrize(("kind", "name", "of"), [
    ("event", "api_events", "events"), ("job", "api_jobs", "jobs"), ("activity", "api_activities", "activities"),
])  # fmt: skip
def test_a_hostile_fetched_document_raises_nothing(kind, name, of):
    document = {**own("workable", name)[of][0], "candidate": {"id": "12ce9b3a", "name": "Sofia"}}

    def translate(hostile):
        return WORKABLE.translate(DatedEvent("k", f"fetched.{kind}", hostile, NOW), ACCOUNT)

    assert endures(translate, document) > 100
