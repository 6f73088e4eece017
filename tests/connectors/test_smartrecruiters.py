"""SmartRecruiters: the vendor's own worked signature, the handshake, and thin events that are asked for."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Application, Candidate, Gone, Interview, Job
from app.connectors.contract import ApiRequest, DatedEvent, InboundRequest, RejectedRequest
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import run
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status
from tests.connectors.smartrecruiters import ACCOUNT, CAN, INT, JOB, NOW, SMART, api, page, translate

HOOKS = [name for name in all_own("smartrecruiters") if not name.startswith(("api_", "vector"))]
VECTOR = own("smartrecruiters", "vector")
T = datetime.fromtimestamp(1574080897, UTC)
HEADERS = [
    "smartrecruiters-signature",
    "smartrecruiters-timestamp",
    "event-id",
    "event-name",
    "event-version",
    "link",
]


def vector(**headers):
    return InboundRequest(VECTOR["body"].encode(), {**VECTOR["headers"], **headers}, {}, T)


def hook(name):
    document = own("smartrecruiters", name)
    headers = {
        "event-id": name,
        "event-name": name,
        "link": document["link"],
        "smartrecruiters-timestamp": "1794309600",
    }
    return SMART.parse_event(InboundRequest(json.dumps(document["body"]).encode(), headers, {}, NOW))


# --- Signature and handshake ---


def test_the_vendors_worked_example_verifies():
    SMART.verify(vector(), [VECTOR["secret"]])
    event = SMART.parse_event(vector())
    assert (event.key, event.type, event.occurred_at) == ("123", "application.created", T)
    assert event.document["body"] == {"job_id": "jid", "candidate_id": "cid"}


def test_a_thousand_forgeries_are_refused():
    refuses_forgeries(SMART, vector(), [VECTOR["secret"]], HEADERS)


def test_one_of_several_signatures_and_one_of_several_keys_is_enough():
    good = VECTOR["headers"]["smartrecruiters-signature"]
    many = ";".join(["v2=abc", "v1=" + "0" * 64, good, "v1=" + "1" * 64])
    SMART.verify(vector(**{"smartrecruiters-signature": many}), ["another", VECTOR["secret"]])
    for broken in (good.replace("v1", "v2"), good.removeprefix("v1="), ";;;", "=", "v1="):
        with pytest.raises(RejectedRequest):
            SMART.verify(vector(**{"smartrecruiters-signature": broken}), [VECTOR["secret"]])


def test_headers_that_are_absent_are_signed_as_empty():
    signed = b"1574080897.{}.9..."
    headers = {
        "smartrecruiters-timestamp": "1574080897",
        "event-id": "9",
        "smartrecruiters-signature": "v1=" + hmac_sha256(b"s", signed).hex(),
    }
    SMART.verify(InboundRequest(b"{}", headers, {}, T), ["s"])


@pytest.mark.parametrize("seconds", [-301, 301])
def test_times_beyond_five_minutes_are_refused(seconds):
    SMART.verify(replace(vector(), at=T + timedelta(seconds=seconds // 301 * 299)), [VECTOR["secret"]])
    with pytest.raises(RejectedRequest):
        SMART.verify(replace(vector(), at=T + timedelta(seconds=seconds)), [VECTOR["secret"]])


def test_the_handshake_is_sent_back_unsigned():
    greeting = SMART.handshake(InboundRequest(b"", {"x-hook-secret": "4jn8fs9011jj8"}, {}, T))
    assert greeting is not None
    assert (greeting.headers, greeting.signed) == ({"X-Hook-Secret": "4jn8fs9011jj8"}, False)


@pytest.mark.parametrize("value", ["", "a\r\nSet-Cookie: x", "é", "x" * 201])
def test_what_is_no_handshake_is_not_sent_back(value):
    assert SMART.handshake(InboundRequest(b"", {"x-hook-secret": value}, {}, T)) is None
    assert SMART.handshake(vector(**{"x-hook-secret": "smuggled"})) is None


def test_a_body_that_is_no_json_or_has_no_id_is_refused():
    with pytest.raises(RejectedRequest):
        SMART.parse_event(replace(vector(), body=b"nope"))
    with pytest.raises(RejectedRequest):
        SMART.parse_event(replace(vector(), headers={}))


# --- What events say ---


@pytest.mark.parametrize("name", ["application.created", "application.status.updated"])
def test_an_application_comes_with_its_candidate_and_its_job(name):
    asked: list[ApiRequest] = []
    came = translate(hook(name), asked=asked)
    candidate, job = one(came, Candidate), one(came, Job)
    assert (candidate.name, candidate.email) == ("Amelia Okafor", "amelia.okafor@example.com")
    assert (job.id, job.title, job.status, job.organisation_id) == (JOB, "Payroll Manager", "open", None)
    assert (status(came).value, status(came).label) == ("INTERVIEW/Reference check", "Reference check")
    assert came.records[-1].id == f"{CAN}:{JOB}"
    assert [ask.path for ask in asked] == [f"candidates/{CAN}", f"jobs/{JOB}"]


@pytest.mark.parametrize(
    ("word", "value", "stage"),
    [
        ("HIRED", "@hired", "accepted"),
        ("REJECTED", "@rejected", "rejected"),
        ("WITHDRAWN", "@withdrawn", "withdrawn"),
        ("OFFERED", "@offer_made", "offer"),
        ("Offered", "@offer_made", "offer"),
        ("TRANSFERRED", "@transferred", "cancelled"),
        ("NEW", "NEW", "ignore"),
        ("IN_REVIEW", "IN_REVIEW", "ignore"),
    ],
)
def test_statuses_that_the_system_defines_have_a_known_meaning(word, value, stage):
    person = own("smartrecruiters", "api_candidate")
    person["primaryAssignment"].update(status=word, subStatus=None)
    came = translate(hook("application.status.updated"), api(**{f"candidates/{CAN}": person}))
    assert status(came).value == value
    assert SMART.known_stages[value] == stage


def assigned(**changed):
    """Translate an application event whose candidate has an assignment with these fields."""
    person = own("smartrecruiters", "api_candidate")
    person["primaryAssignment"].update(changed)
    return translate(hook("application.status.updated"), api(**{f"candidates/{CAN}": person}))


def test_who_ended_it_and_why_is_read():
    label = {"id": "r1", "label": "Took another offer"}
    left = status(assigned(status="WITHDRAWN", subStatus=None, reasonOfWithdrawal=label))
    assert (left.value, left.label, left.reason) == ("@withdrawn", "Withdrawn", "Took another offer")
    moved = status(assigned(status="TRANSFERRED", subStatus=None))
    assert (moved.label, moved.reason) == ("Transferred", "transferred")


def test_a_rejection_that_was_taken_back_is_the_status_and_newer_than_the_end():
    ended = one(assigned(status="REJECTED", subStatus=None), Application)
    [item] = page("candidates", {}, {"candidates": {"content": [own("smartrecruiters", "api_candidate")]}}).items
    back = next(record for record in translate(item).records if record.id == f"{CAN}:{JOB}")
    assert isinstance(back, Application)
    assert back.status is not None
    assert (back.status.value, back.status.at < back.version) == ("INTERVIEW/Reference check", True)
    assert back.version == NOW > ended.version


def test_an_assignment_that_the_candidate_does_not_list_is_asked_for():
    person = {**own("smartrecruiters", "api_candidate"), "primaryAssignment": None, "secondaryAssignments": []}
    details = {f"candidates/{CAN}": person, f"candidates/{CAN}/jobs/{JOB}": {"status": "TRANSFERRED"}}
    came = translate(hook("application.status.updated"), api(**details))
    assert (status(came).value, one(came, Application).id) == ("@transferred", f"{CAN}:{JOB}")


def test_a_candidate_comes_with_every_assignment_and_their_jobs_by_title():
    came = translate(hook("candidate.updated"))
    assert [record.id for record in came.records if isinstance(record, Job)] == [
        JOB,
        "11111111-2a52-4a0e-b0d1-0d7b9b5a2c33",
    ]
    assert len(came.records) == 5


def test_an_interview_spans_its_timeslots_and_brings_its_application_along():
    came = translate(hook("interview.created"))
    interview = one(came, Interview)
    assert (interview.starts_at, interview.ends_at) == (
        datetime(2026, 11, 12, 10, tzinfo=UTC),
        datetime(2026, 11, 12, 11, 30, tzinfo=UTC),
    )
    assert (interview.application_id, interview.status) == (f"{CAN}:{JOB}", "scheduled")
    assert one(came, Candidate).id == CAN


@pytest.mark.parametrize("name", ["interview.canceled", "interview.cancelled"])
def test_a_cancelled_interview_is_cancelled_and_one_that_is_no_more_is_gone(name):
    event = replace(hook("interview.canceled"), type=name)
    assert one(translate(event), Interview).status == "cancelled"
    [deletion] = translate(event, {}).records
    assert deletion == Gone(id=INT, version=deletion.version, kind="interview", parts_from=1)


def invited(*days, answer=None, **slot):
    """Translate an interview that has a timeslot on each of these days of November."""
    interview = own("smartrecruiters", "api_interview")
    interview["candidate"]["status"] = answer
    [first, _] = interview["timeslots"]
    first.pop("candidateStatus")
    interview["timeslots"] = [
        {**first, **slot, "startsOn": f"2026-11-{day}T10:00:00.000Z", "endsOn": f"2026-11-{day}T10:45:00.000Z"}
        for day in days
    ]
    came = translate(hook("interview.updated"), api(**{f"interviews-api/v201904/interviews/{INT}": interview}))
    return [record for record in came.records if isinstance(record, Interview)], list(came.unknown)


@pytest.mark.parametrize(
    ("answer", "expected", "unknown"),
    [
        ("accepted", "scheduled", []),
        ("ACCEPTED", "scheduled", []),
        ("pending", "scheduled", []),
        ("tentative", "scheduled", []),
        ("declined", "cancelled", []),
        ("Declined", "cancelled", []),
        (None, "scheduled", []),
        ("maybe", "scheduled", ["candidate status: maybe"]),
    ],
)
def test_an_interview_that_the_candidate_declined_does_not_take_place(answer, expected, unknown):
    [interview], words = invited(12, answer=answer)
    assert (interview.status, words) == (expected, unknown)


def test_an_interview_of_the_past_was_declined_before_it_ended():
    [interview], _ = invited("01", answer="declined")
    assert interview.status_at == interview.ends_at


def test_an_interviewer_who_declined_ends_nothing():
    [interview], _ = invited(12, answer="accepted", interviewers=[{"id": "u1", "status": "declined"}])
    assert interview.status == "scheduled"


def test_timeslots_on_several_days_are_an_interview_on_each():
    interviews, _ = invited(12, 13, answer="accepted")
    assert [(one.id, one.part_of, one.starts_at.day) for one in interviews] == [
        (INT, None, 12),
        (f"{INT}:2", INT, 13),
    ]


def test_a_day_on_which_the_candidate_never_came_is_a_no_show_and_the_other_is_not():
    interview = own("smartrecruiters", "api_interview")
    interview["timeslots"][0].update(startsOn="2026-11-11T10:00:00Z", endsOn="2026-11-11T11:00:00Z", noShow=True)
    came = translate(hook("interview.updated"), api(**{f"interviews-api/v201904/interviews/{INT}": interview}))
    assert [one.status for one in came.records if isinstance(one, Interview)] == ["no_show", "scheduled"]


def test_a_candidate_who_never_came_is_a_no_show():
    interview = own("smartrecruiters", "api_interview")
    for slot in interview["timeslots"]:
        slot["noShow"] = True
    replies = api(**{f"interviews-api/v201904/interviews/{INT}": interview})
    assert one(translate(hook("interview.updated"), replies), Interview).status == "no_show"


@pytest.mark.parametrize("name", ["job.created", "job.updated", "job.status.updated"])
def test_a_job_is_asked_for(name):
    assert one(translate(hook(name)), Job).title == "Payroll Manager"


@pytest.mark.parametrize(
    ("word", "expected", "unknown"),
    [
        ("CREATED", "open", []),
        ("SOURCING", "open", []),
        ("INTERVIEW", "open", []),
        ("OFFER", "open", []),
        ("On hold", "on_hold", []),
        ("ON_HOLD", "on_hold", []),
        ("FILLED", "filled", []),
        ("CANCELLED", "closed", []),
        ("FROZEN", None, ["job status: FROZEN"]),
    ],
)
@pytest.mark.parametrize("name", ["job.status.updated", "application.created", "interview.created"])
def test_a_job_is_open_on_hold_filled_or_closed(name, word, expected, unknown):
    job = {**own("smartrecruiters", "api_job"), "status": word}
    came = translate(hook(name), api(**{f"jobs/{JOB}": job}))
    assert (one(came, Job).status, list(came.unknown)) == (expected, unknown)


def test_a_deleted_candidate_is_gone():
    assert gone(translate(hook("candidate.deleted"))) == [("candidate", CAN)]


def test_where_the_body_names_nothing_a_link_of_ours_does_and_a_foreign_one_is_never_followed():
    event = hook("application.created")
    event.document["body"] = {}
    assert status(translate(event)).label == "Reference check"
    for foreign in (
        f"<https://api.smartrecruiters.com.evil.example/candidates/{CAN}/jobs/{JOB}>",
        f"<http://169.254.169.254/candidates/{CAN}>",
        f"<https://api.smartrecruiters.com@evil.example/candidates/{CAN}>",
        "<https://api.smartrecruiters.com/candidates/../users>",
        "<https://api.smartrecruiters.com/candidates/%2e%2e/x>",
        "</candidates/x>",
        "",
    ):
        event.document["link"] = foreign
        asked: list[ApiRequest] = []
        assert translate(event, asked=asked).ignored
        assert asked == []


@pytest.mark.parametrize("name", ["offer.created", "position.updated", "job.ad.created.elsewhere", "unknown"])
def test_events_without_a_use_are_ignored_and_say_so(name):
    event = DatedEvent("k", name, {"body": {}, "link": ""}, NOW)
    assert translate(event).ignored == f"Keepwarm does nothing with this event of the type {name}"


def test_the_documented_thin_body_asks_for_its_ids():
    event, asked = (
        DatedEvent("k", "application.created", {"body": documented("smartrecruiters")["application.created"]}, NOW),
        list[ApiRequest](),
    )
    assert translate(event, {}, asked).ignored
    assert [ask.path for ask in asked] == ["candidates/candidate-1", "jobs/job-1"]


@pytest.mark.parametrize("name", HOOKS)
def test_a_hostile_event_raises_nothing(name):
    def translate(document):
        return SMART.translate(DatedEvent("k", name, document, NOW), ACCOUNT)

    assert endures(translate, own("smartrecruiters", name), api()) > 30


@pytest.mark.parametrize(
    ("path", "name", "event"),
    [
        (f"candidates/{CAN}", "api_candidate", "application.status.updated"),
        (f"candidates/{CAN}", "api_candidate", "candidate.updated"),
        (f"jobs/{JOB}", "api_job", "job.updated"),
        (f"interviews-api/v201904/interviews/{INT}", "api_interview", "interview.created"),
    ],
)
def test_a_hostile_answer_raises_nothing(path, name, event):
    def translate(document):
        return run(SMART.translate(hook(event), ACCOUNT), api(**{path: document}))

    assert endures(translate, own("smartrecruiters", name)) > 100
