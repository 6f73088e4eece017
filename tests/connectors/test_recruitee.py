"""Recruitee: signed events with their stages, and the unsigned test."""

import json
from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import Application, Candidate, Job
from app.connectors.contract import ApiRequest, DatedEvent, InboundRequest, RejectedRequest
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import run
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.mutations import endures
from tests.connectors.recruitee import ACCOUNT, NOW, RECRUITEE, api, translate
from tests.connectors.results import gone, one, status

HOOKS = [name for name in all_own("recruitee") if not name.startswith("api_")]
BODY = json.dumps(own("recruitee", "candidate_moved_stage_changed")).encode()


def request(signature, body=BODY):
    return InboundRequest(body, {"x-recruitee-signature": signature}, {}, NOW)


def hook(name, **changed):
    return RECRUITEE.parse_event(request("", json.dumps({**own("recruitee", name), **changed}).encode()))


# --- Signature, test, key ---


def test_hex_of_either_case_under_either_live_secret_is_taken():
    code = hmac_sha256(b"secret", BODY).hex()
    for signature in (code, code.upper()):
        RECRUITEE.verify(request(signature), ["new", "secret"])


def test_a_thousand_forgeries_are_refused():
    genuine = request(hmac_sha256(b"secret", BODY).hex())
    refuses_forgeries(RECRUITEE, genuine, ["secret"], ["x-recruitee-signature"])


@pytest.mark.parametrize("secrets", [[], ["other"], [""]])
def test_without_the_right_secret_nothing_is_taken(secrets):
    with pytest.raises(RejectedRequest):
        RECRUITEE.verify(request(hmac_sha256(b"secret", BODY).hex()), secrets)


def test_both_test_buttons_are_greeted_unsigned_and_no_event_is():
    test = json.dumps(documented("recruitee")["test"]).encode()
    # The button Test payload sends an example event with `test` beside it.
    for sent in (test, BODY.replace(b"{", b'{"test": true, ', 1)):
        greeting = RECRUITEE.handshake(request("", sent))
        assert greeting is not None
        assert not greeting.signed
    for body in (
        BODY,
        BODY.replace(b'"payload": {', b'"payload": {"test": true, ', 1),
        b'{"test": "true"}',
        b'{"test": 1}',
        b"[]",
        b"no JSON",
    ):
        assert RECRUITEE.handshake(request("", body)) is None


def test_a_retry_is_the_same_event_and_another_body_another():
    first = hook("candidate_moved_stage_changed")
    assert hook("candidate_moved_stage_changed", attempt_count=2).key == first.key
    assert hook("candidate_moved_stage_changed", id=5).key != first.key
    assert first.type == "candidate_moved/stage_changed"
    assert first.occurred_at == datetime(2026, 11, 10, 11, 20, 3, tzinfo=UTC)
    assert hook("candidate_deleted", created_at="2026-11-10 11:20:03 UTC").occurred_at == first.occurred_at


# --- What events say ---


def test_a_move_tells_the_stage_with_candidate_and_job():
    came = translate(hook("candidate_moved_stage_changed"))
    person, job, application = one(came, Candidate), one(came, Job), one(came, Application)
    assert (person.id, person.name, person.email) == ("48821", "Jonas Weber", "jonas.weber@example.com")
    assert (job.id, job.title, job.status, job.organisation_id) == ("7001", "Payroll Manager", "open", None)
    assert (application.id, application.candidate_id, application.job_id) == ("48821:7001", "48821", "7001")
    assert (status(came).value, status(came).label) == ("502", "On-site")


def test_hired_is_the_category_whatever_the_agency_calls_the_stage():
    now = status(translate(hook("candidate_moved_hired")))
    assert (now.value, now.label, RECRUITEE.known_stages[now.value]) == ("@hired", "Welcome aboard", "accepted")


def test_disqualified_tells_the_reason():
    now = status(translate(hook("candidate_moved_disqualified")))
    assert (now.value, now.reason, RECRUITEE.known_stages[now.value]) == (
        "@rejected",
        "Salary expectations",
        "rejected",
    )


def test_requalified_asks_for_the_placement_and_its_stage():
    offer, asked = own("recruitee", "api_offer"), list[ApiRequest]()
    offer["offer"]["pipeline_template"] = {"stages": [{"id": 502, "name": "On-site", "category": "interview"}]}
    ended = one(translate(hook("candidate_moved_disqualified")), Application)
    event = hook("candidate_moved_requalified", created_at="2026-11-10T12:00:00Z")
    came = translate(event, api(**{"offers/7001": offer}), asked)
    assert [ask.path for ask in asked] == ["candidates/48821", "offers/7001"]
    assert (status(came).value, status(came).label) == ("502", "On-site")
    assert one(came, Application).version > ended.version


def test_requalified_and_then_hired_is_hired():
    offer = own("recruitee", "api_offer")
    offer["offer"]["pipeline_template"] = {"stages": [{"id": 502, "name": "Welcome aboard", "category": "hire"}]}
    came = translate(hook("candidate_moved_requalified"), api(**{"offers/7001": offer}))
    assert status(came).value == "@hired"


@pytest.mark.parametrize("replies", [{}, api(**{"candidates/48821": {"candidate": {"id": 48821, "placements": []}}})])
def test_requalified_into_a_stage_that_nobody_tells_is_not_guessed(replies):
    now = status(translate(hook("candidate_moved_requalified"), replies))
    assert now.value == "@unrejected"
    assert now.value not in RECRUITEE.known_stages


def test_a_kind_of_move_that_nobody_documented_is_named_as_unknown():
    event = hook("candidate_moved_requalified", event_subtype="teleported")
    came = translate(event)
    assert (one(came, Application).status, list(came.unknown)) == (None, ["event subtype: teleported"])
    assert list(translate(hook("candidate_moved_stage_changed", event_subtype="Stage-Changed")).unknown) == []


def test_a_new_candidate_of_two_jobs_is_an_application_for_each():
    event = hook("new_candidate")
    event.document["payload"]["offers"].append({"id": 7002, "title": "HR Partner", "kind": "job"})
    came = translate(event)
    assert [record.id for record in came.records if isinstance(record, Application)] == ["48821:7001", "48821:7002"]
    jobs = [record for record in came.records if isinstance(record, Job)]
    # A job beside a candidate has no time of its own and sets no more than its title.
    assert [(job.title, job.status, job.version.year) for job in jobs] == [
        ("Payroll Manager", "open", 2026),
        ("HR Partner", None, 1970),
    ]


@pytest.mark.parametrize("name", ["new_candidate", "candidate_assigned"])
def test_a_new_candidate_of_a_job_is_an_application_without_a_status_yet(name):
    application = one(translate(hook(name)), Application)
    assert (application.id, application.status) == ("48821:7001", None)


def test_a_talent_pool_is_no_job():
    event = hook("candidate_assigned")
    event.document["payload"]["offer"]["kind"] = "talent_pool"
    assert [type(record) for record in translate(event).records] == [Candidate]


def test_a_deleted_candidate_is_gone():
    assert gone(translate(hook("candidate_deleted"))) == [("candidate", "48821")]


@pytest.mark.parametrize(("name", "state"), [("job_published", "open"), ("job_unpublished", "closed")])
def test_a_job_is_open_or_closed(name, state):
    assert one(translate(hook(name)), Job).status == state


def offered(**changed):
    """Translate an updated job."""
    event = hook("job_published", event_type="job_updated", event_subtype="status_changed")
    event.document["payload"]["offer"].update(changed)
    return translate(event)


@pytest.mark.parametrize(
    ("word", "expected", "unknown"),
    [
        ("published", "open", []),
        ("Internal", "open", []),
        ("draft", "open", []),
        ("closed", "closed", []),
        ("archived", "closed", []),
        ("frozen", None, ["job status: frozen"]),
    ],
)
def test_a_job_has_the_status_of_its_state(word, expected, unknown):
    came = offered(status=word)
    assert (one(came, Job).status, list(came.unknown)) == (expected, unknown)


def test_a_closed_job_whose_openings_are_all_hired_is_filled():
    closed = {"status": "closed", "closed_at": "2026-11-09T16:00:00Z", "number_of_openings": 2}
    filled = one(offered(**closed, hired_candidates_count=2), Job)
    assert (filled.status, filled.status_at) == ("filled", datetime(2026, 11, 9, 16, tzinfo=UTC))
    assert one(offered(**closed, hired_candidates_count=1), Job).status == "closed"


def test_an_event_without_a_use_is_ignored_and_says_so():
    event = DatedEvent("k", "requisition_created", {}, NOW)
    assert translate(event).ignored == "Keepwarm does nothing with events of the type requisition_created"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hostile_event_raises_nothing(name):
    kind = hook(name).type

    def translate(document):
        return RECRUITEE.translate(DatedEvent("k", kind, document, NOW), ACCOUNT)

    assert endures(translate, own("recruitee", name)) > 100


@pytest.mark.parametrize(
    ("kind", "name", "of"), [("candidate", "api_candidate", "candidate"), ("offer", "api_offer", "offer")]
)
def test_a_hostile_fetched_document_raises_nothing(kind, name, of):
    def translate(document):
        return RECRUITEE.translate(DatedEvent("k", f"fetched.{kind}", document, NOW), ACCOUNT)

    assert endures(translate, own("recruitee", name)[of]) > 100


def test_a_hostile_interview_or_answer_raises_nothing():
    interview = own("recruitee", "api_interviews")["interview_events"][0]

    def translate(document):
        return RECRUITEE.translate(DatedEvent("k", "fetched.interview", document, NOW), ACCOUNT)

    def answered(document):
        return run(translate(interview), api(**{"candidates/48821": document}))

    assert endures(translate, interview, api()) > 100
    assert endures(answered, own("recruitee", "api_candidate")) > 100
