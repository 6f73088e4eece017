"""Bullhorn: what its people, jobs, submissions and placements say, read from its queue of events or from a backfill."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.connectors.canonical_records import Application, Candidate, ClientContact, Gone, Interview, Job, Organisation
from app.connectors.contract import (
    ApiError,
    ApiRequest,
    ApiResponse,
    DatedEvent,
    InboundRequest,
    MaybeApiExchange,
    RejectedRequest,
    Translation,
)
from app.connectors.crm.bullhorn.client import FIELDS
from tests.connectors.bullhorn import ACCOUNT, BULLHORN, DAY, HOUR, NOW, api, make_event, translate, with_
from tests.connectors.documents import documented, own
from tests.connectors.exchanges import EndedError
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one


def test_a_candidate_comes_with_name_email_and_the_mobile_number():
    assert translate(make_event("Candidate", 21805)).records == [
        Candidate(
            id="21805",
            version=NOW - 2 * DAY,
            name="Tomasz Lewandowski",
            email="tomasz.lewandowski@mail.example",
            phone="+44 7700 900123",
        )
    ]


def test_a_contact_brings_its_company_along():
    company, contact = translate(make_event("ClientContact", 8592)).records
    assert isinstance(company, Organisation)
    assert isinstance(contact, ClientContact)
    assert (company.id, company.name, contact.organisation_id) == ("4401", "Harrow & Finch Ltd", "4401")


def test_a_job_brings_its_company_and_its_contact_along_and_is_open_or_closed():
    came = translate(make_event("JobOrder", 3301))
    assert [type(record) for record in came.records] == [Organisation, Organisation, ClientContact, Job]
    job = one(came, Job)
    assert (job.title, job.organisation_id, job.hiring_manager_id, job.status) == (
        "Finance Analyst",
        "4401",
        "8592",
        "open",
    )
    closed = translate(make_event("JobOrder", 3301, "UPDATED", "isOpen"), with_("JobOrder", isOpen=False))
    assert one(closed, Job).status == "closed"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"isOpen": True, "status": "Accepting Candidates"}, "open"),
        ({"isOpen": True, "status": "Covered"}, "open"),
        ({"isOpen": True, "status": "ON_HOLD"}, "on_hold"),
        ({"isOpen": False, "status": "On Hold"}, "on_hold"),
        ({"isOpen": False, "status": "Placed"}, "filled"),
        ({"isOpen": False, "status": "Filled by us"}, "filled"),
        ({"isOpen": False, "status": "Lost to a competitor"}, "closed"),
        ({"isOpen": False, "status": "Unfilled"}, "closed"),
        ({"isOpen": None, "status": "Archive"}, "closed"),
    ],
)
def test_a_job_is_open_on_hold_filled_or_closed_by_its_flag_and_its_status(changes, status):
    came = translate(make_event("JobOrder", 3301, "UPDATED", "status"), with_("JobOrder", **changes))
    assert (one(came, Job).status, came.unknown) == (status, [])


def test_a_job_says_since_when_it_is_closed_or_when_the_event_said_so():
    day = {"isOpen": False, "status": "Placed", "dateClosed": int((NOW - DAY).timestamp() * 1000)}
    assert (
        one(translate(make_event("JobOrder", 3301, "UPDATED", "title"), with_("JobOrder", **day)), Job).status_at
        == NOW - DAY
    )
    opened = with_("JobOrder", **{**day, "isOpen": True})
    assert one(translate(make_event("JobOrder", 3301, "UPDATED", "isOpen"), opened), Job).status_at == NOW
    assert one(translate(make_event("JobOrder", 3301, "UPDATED", "title"), opened), Job).status_at is None


def test_a_job_status_that_says_nothing_is_listed():
    came = translate(make_event("JobOrder", 3301, "UPDATED"), with_("JobOrder", isOpen=None, status="Schrödinger"))
    assert one(came, Job).status is None
    assert came.unknown == ["job status: Schrödinger"]


def test_a_rejection_that_was_taken_back_is_newer_than_the_rejection():
    def history(*steps: tuple[str, datetime]) -> Any:
        submission = {**own("bullhorn", "JobSubmission")["data"], "status": steps[-1][0]}
        submission["dateLastModified"] = int(steps[-1][1].timestamp() * 1000)
        rows = [
            {"id": n, "status": label, "dateAdded": int(at.timestamp() * 1000), "jobSubmission": {"id": 55001}}
            for n, (label, at) in enumerate(steps)
        ]
        documents = {"query/JobSubmissionHistory": {"data": rows}, "entity/JobSubmission/55001": {"data": submission}}
        return lambda ask: documents.get(ask.path) or api(ask)

    steps = [("Interview", NOW - 2 * DAY), ("Client Rejected", NOW - HOUR), ("Interview", NOW)]
    rejected = translate(make_event("JobSubmission", 55001, "UPDATED", "status", at=NOW - HOUR), history(*steps[:2]))
    back = translate(make_event("JobSubmission", 55001, "UPDATED", "status"), history(*steps))
    assert words(rejected)[-1] == ("Client Rejected", NOW - HOUR)
    assert words(back)[-1] == ("Interview", NOW)
    newest = [
        max(record.version for record in came.records if isinstance(record, Application)) for came in (rejected, back)
    ]
    assert newest == [NOW - HOUR, NOW]


@pytest.mark.parametrize("origin", ["event", "fetched"])
def test_without_a_history_the_latest_change_is_the_newer_word(origin):
    def version(label: str, at: datetime) -> tuple[str, datetime]:
        stamp = int(at.timestamp() * 1000)
        row = {**own("bullhorn", "JobSubmission")["data"], "status": label, "dateLastModified": stamp}
        fetched = DatedEvent("1", "fetched.JobSubmission", {**row, "history": []}, at)
        event = make_event("JobSubmission", 55001, "UPDATED", "status", at=at) if origin == "event" else fetched
        replies = {"entity/JobSubmission/55001": {"data": row}, "query/JobSubmissionHistory": {"data": []}}
        application = one(translate(event, replies), Application)
        assert application.status
        return application.status.value, application.version

    assert version("Client Rejected", NOW - HOUR) == ("Client Rejected", NOW - HOUR)
    assert version("Interview", NOW) == ("Interview", NOW)


def test_a_submission_is_an_application_whose_history_dates_each_status():
    came = translate(make_event("JobSubmission", 55001, "UPDATED", "status"))
    steps = [record for record in came.records if isinstance(record, Application)]
    assert [(step.status.label, step.status.at) for step in steps if step.status] == [
        ("New Lead", NOW - 5 * DAY),
        ("Submitted", NOW - 4 * DAY),
        ("Interview Scheduled", NOW - HOUR),
    ]
    assert {(step.candidate_id, step.job_id, step.recruiter_email) for step in steps} == {
        ("21805", "3301", "grace.okafor@agency.example")
    }
    assert one(came, Candidate).id == "21805"
    assert one(came, Job).id == "3301"


def test_without_a_readable_history_the_event_dates_a_status_that_it_names():
    def denied(ask: ApiRequest) -> Any:
        return ApiResponse(403, None) if ask.path == "query/JobSubmissionHistory" else api(ask)

    at = NOW - timedelta(minutes=61)
    named = one(translate(make_event("JobSubmission", 55001, "UPDATED", "status", at=at), denied), Application)
    other = one(translate(make_event("JobSubmission", 55001, "UPDATED", "comments", at=at), denied), Application)
    assert named.status
    assert other.status
    assert (named.status.at, other.status.at) == (at, NOW - HOUR)


def test_a_history_whose_dates_are_all_the_same_dates_nothing():
    rows = [{**row, "dateAdded": 1777885200000} for row in own("bullhorn", "JobSubmissionHistory")["data"]]

    def undated(ask: ApiRequest) -> Any:
        return {"data": rows} if ask.path == "query/JobSubmissionHistory" else api(ask)

    came = translate(make_event("JobSubmission", 55001, "UPDATED", "comments"), undated)
    assert [record.status.at for record in came.records if isinstance(record, Application) and record.status] == [
        NOW - HOUR
    ]


def words(came: Translation) -> list[tuple[str, datetime]]:
    """The statuses of the only application in the order of their versions, in which they are kept."""
    applications = [record for record in came.records if isinstance(record, Application)]
    assert len({record.id for record in applications}) == 1
    return [
        (each.status.value, each.status.at)
        for each in sorted(applications, key=lambda each: each.version)
        if each.status
    ]


def test_a_placement_is_a_word_on_its_submission_that_the_agency_maps():
    came = words(translate(make_event("Placement", 1201)))
    assert came[-2:] == [("Interview Scheduled", NOW - HOUR), ("placement: Approved", NOW)]
    early = words(
        translate(make_event("Placement", 1201), with_("Placement", dateLastModified=1777885200000 - 2 * 3_600_000))
    )
    assert early[-2:] == [("placement: Approved", NOW - 2 * HOUR), ("Interview Scheduled", NOW - HOUR)]


def test_a_placement_that_names_no_submission_finds_that_of_the_same_candidate_and_job():
    asked: list[ApiRequest] = []
    came = translate(make_event("Placement", 1201), with_("Placement", jobSubmission=None), asked)
    assert words(came)[-1] == ("placement: Approved", NOW)
    assert asked[1].query["where"] == "candidate.id=21805 AND jobOrder.id=3301 AND isDeleted=false"
    other = with_("Placement", jobSubmission=None, jobOrder=None)
    assert translate(make_event("Placement", 1201), other).ignored


def test_an_interview_brings_its_submission_which_may_be_older_than_the_connection():
    asked: list[ApiRequest] = []
    came = translate(make_event("Appointment", 70001), asked=asked)
    assert words(came)[-1] == ("Interview Scheduled", NOW - HOUR)
    assert [ask.path for ask in asked] == [
        "entity/Appointment/70001",
        "query/AppointmentAttendee",
        "query/JobSubmission",
        "query/JobSubmissionHistory",
    ]
    asked.clear()
    row = {**own("bullhorn", "Appointment")["data"], "attendees": []}
    interview = translate(DatedEvent("1", "fetched.Appointment", row, NOW), asked=asked)
    assert one(interview, Interview).id == "70001"
    assert asked == []


def test_deleted_things_are_gone_whether_by_event_or_by_mark():
    assert gone(translate(make_event("Candidate", 21806, "DELETED"))) == [("candidate", "21806")]
    assert gone(translate(make_event("JobOrder", 3301, "UPDATED"), with_("JobOrder", isDeleted=True))) == [
        ("job", "3301")
    ]
    assert gone(translate(make_event("Note", 90001, "UPDATED"), with_("Note", isDeleted=True))) == [
        ("activity", "90001")
    ]
    assert "no longer says of which submission" in (translate(make_event("Placement", 1201, "DELETED")).ignored or "")


def test_what_bullhorn_cannot_show_is_left_out_with_a_sentence():
    assert translate(make_event("Candidate", 7)) == Translation(ignored="Bullhorn has no Candidate 7 to show.")
    assert translate(make_event("Lead", 7)) == Translation(ignored="Keepwarm does not follow events of Lead.")


def test_fields_that_bullhorn_refuses_are_not_taken_for_a_record_that_is_not_there():
    def refused(ask: ApiRequest) -> Any:
        return (
            {"data": {"id": 21805}}
            if ask.query["fields"] == "id"
            else ApiResponse(404, {"errorMessage": "no such field"})
        )

    with pytest.raises(ApiError, match="has Candidate 21805 and refuses the fields"):
        translate(make_event("Candidate", 21805), refused)


def test_an_error_with_the_status_of_a_success_is_said_to_be_one():
    with pytest.raises(ApiError, match="entity/Candidate with an error: Internal error"):
        translate(make_event("Candidate", 21805), lambda ask: {"errorMessage": "Internal error", "errorCode": 500})


def test_names_are_known_whatever_their_case_and_another_verb_is_read_as_a_change():
    event = make_event("Candidate", 21805)
    event.document["entityName"], event.document["entityEventType"] = "CANDIDATE", "Inserted"
    assert one(translate(event), Candidate).id == "21805"
    event.document["entityEventType"] = "MERGED"
    came = translate(event)
    assert one(came, Candidate).id == "21805"
    assert came.unknown == ["event: MERGED"]


def test_an_outage_ends_the_attempt_and_loses_nothing():
    with pytest.raises(EndedError):
        translate(make_event("Candidate", 21805), lambda ask: ApiResponse(500, None))


def test_every_event_of_our_batch_says_something_or_why_not():
    batch = own("bullhorn", "batch")["events"]
    assert len(batch) == 24
    for document in batch:
        event = DatedEvent("1", "event", document, NOW)
        came = translate(event)
        # A placement that was deleted tells that its first day is off, and why it says no more.
        is_lost = (document["entityName"], document["entityEventType"]) == ("Placement", "DELETED")
        assert bool(came.records) != bool(came.ignored) or is_lost, document


def test_every_documented_event_says_what_its_entity_says():
    counted: dict[str, list[Any]] = {}
    for name, document in documented("bullhorn").items():
        for event in document["events"]:
            came = translate(DatedEvent("1", "event", event, NOW))
            counted.setdefault(name, []).append(came.ignored or [type(record).__name__ for record in came.records][-1])
    assert counted["one_event"] == ["ClientContact"]
    assert counted["agency_batch"] == [
        "Activity", "Interview", "Application", "Candidate", "Job", "Milestone", "Gone",
    ]  # fmt: skip
    known = [one for one in counted["many_events"] if one == "Candidate"]
    assert len(known) == 8
    assert len(counted["many_events"]) == 36


def test_no_document_however_hostile_breaks_the_translation():
    tried = 0
    for document in own("bullhorn", "batch")["events"]:
        tried += endures(_translates("event"), document, api)
    for entity in FIELDS:
        row = {**own("bullhorn", entity)["data"], "history": own("bullhorn", "JobSubmissionHistory")["data"]}
        tried += endures(_translates(f"fetched.{entity}"), row, api)
    assert tried > 5_000


def _translates(type: str) -> Callable[[Any], MaybeApiExchange[Translation]]:
    return lambda document: BULLHORN.translate(DatedEvent("1", type, document, NOW), ACCOUNT)


def test_no_answer_however_hostile_breaks_the_translation():
    for entity in FIELDS:
        document = own("bullhorn", entity)
        endures(partial(_answered, make_event(entity, document["data"]["id"]), "entity/"), document)
    endures(partial(_answered, make_event("JobSubmission", 55001), "query/"), own("bullhorn", "JobSubmissionHistory"))


def _answered(event: DatedEvent, where: str, bad: Any) -> Translation:
    return translate(event, lambda ask: bad if ask.path.startswith(where) else api(ask))


def test_bullhorn_sends_no_webhooks_so_that_every_request_is_refused():
    request = InboundRequest(b'{"events": []}', {"authorization": "Bearer x"}, {}, NOW)
    with pytest.raises(RejectedRequest):
        BULLHORN.verify(request, ["x"])
    with pytest.raises(RejectedRequest):
        BULLHORN.parse_event(request)


def test_a_gone_thing_is_dated_by_the_event():
    [record] = translate(make_event("Candidate", 21806, "DELETED")).records
    assert isinstance(record, Gone)
    assert record.version == NOW
