"""Bullhorn: what its entities say, read from its queue of events or from a walk."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.connectors.connector import Account, Arrived, Ask, Event, MayAsk, Refused, Reply, Translation
from app.connectors.records import Activity, Application, Candidate, ClientContact, Gone, Interview, Job, Organisation
from app.connectors.systems.bullhorn import Bullhorn
from app.connectors.systems.bullhorn.translating import FIELDS
from tests.connectors.documents import own, published
from tests.connectors.driving import EndedError, run
from tests.connectors.mutations import endures
from tests.connectors.said import gone, one

BULLHORN = Bullhorn()
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCOUNT = Account(session={"token": "t", "address": "https://rest21.bullhornstaffing.com/rest-services/e999"})


def api(ask: Ask) -> Any:
    """Bullhorn with one of each entity."""
    if ask.path == "query/JobSubmissionHistory":
        return own("bullhorn", "JobSubmissionHistory")
    if ask.path == "query/JobSubmission":
        return {"data": [own("bullhorn", "JobSubmission")["data"]]}
    kind, _, rest = ask.path.partition("/")
    entity, _, id = rest.partition("/")
    found = own("bullhorn", entity) if kind == "entity" and entity in FIELDS else None
    return found if found and str(found["data"]["id"]) == id else Reply(404, {"errorMessage": "not found"})


def told(name: str, id: int, verb: str = "INSERTED", *properties: str, at: datetime = NOW) -> Event:
    document = {
        "eventId": "ID:JBM-1",
        "eventType": "ENTITY",
        "eventTimestamp": int(at.timestamp() * 1000),
        "entityName": name,
        "entityId": id,
        "entityEventType": verb,
        "updatedProperties": list(properties),
    }
    return Event("1", f"event.{name}.{verb}", document, at)


def said(event: Event, replies: Any = api, asked: list[Ask] | None = None) -> Translation:
    return run(BULLHORN.translate(event, ACCOUNT), replies, asked)


def with_(entity: str, **changes: Any) -> Any:
    """The API where one entity differs."""
    document = {"data": {**own("bullhorn", entity)["data"], **changes}}

    def answer(ask: Ask) -> Any:
        return document if ask.path.startswith(f"entity/{entity}/") else api(ask)

    return answer


def test_a_candidate_comes_with_name_email_and_the_mobile_number():
    assert said(told("Candidate", 21805)).records == [
        Candidate(
            id="21805",
            version=NOW - 2 * DAY,
            name="Tomasz Lewandowski",
            email="tomasz.lewandowski@mail.example",
            phone="+44 7700 900123",
        )
    ]


def test_a_contact_brings_its_company_along():
    company, contact = said(told("ClientContact", 8592)).records
    assert isinstance(company, Organisation)
    assert isinstance(contact, ClientContact)
    assert (company.id, company.name, contact.organisation_id) == ("4401", "Harrow & Finch Ltd", "4401")


def test_a_job_brings_its_company_and_its_contact_along_and_is_open_or_closed():
    came = said(told("JobOrder", 3301))
    assert [type(record) for record in came.records] == [Organisation, Organisation, ClientContact, Job]
    job = one(came, Job)
    assert (job.title, job.organisation_id, job.hiring_manager_id, job.status) == (
        "Finance Analyst",
        "4401",
        "8592",
        "open",
    )
    closed = said(told("JobOrder", 3301, "UPDATED", "isOpen"), with_("JobOrder", isOpen=False))
    assert one(closed, Job).status == "closed"


def test_a_submission_is_an_application_whose_history_dates_each_status():
    came = said(told("JobSubmission", 55001, "UPDATED", "status"))
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
    def denied(ask: Ask) -> Any:
        return Reply(403, None) if ask.path == "query/JobSubmissionHistory" else api(ask)

    at = NOW - timedelta(minutes=61)
    named = one(said(told("JobSubmission", 55001, "UPDATED", "status", at=at), denied), Application)
    other = one(said(told("JobSubmission", 55001, "UPDATED", "comments", at=at), denied), Application)
    assert named.status
    assert other.status
    assert (named.status.at, other.status.at) == (at, NOW - HOUR)


def test_a_history_whose_dates_are_all_the_same_dates_nothing():
    rows = [{**row, "dateAdded": 1777885200000} for row in own("bullhorn", "JobSubmissionHistory")["data"]]

    def undated(ask: Ask) -> Any:
        return {"data": rows} if ask.path == "query/JobSubmissionHistory" else api(ask)

    came = said(told("JobSubmission", 55001, "UPDATED", "comments"), undated)
    assert [record.status.at for record in came.records if isinstance(record, Application) and record.status] == [
        NOW - HOUR
    ]


def test_an_interview_is_an_appointment_of_that_type_and_brings_who_and_what_for():
    came = said(told("Appointment", 70001))
    interview = one(came, Interview)
    assert (interview.candidate_id, interview.job_id, interview.application_id) == ("21805", "3301", None)
    assert (interview.starts_at, interview.ends_at) == (NOW + DAY, NOW + DAY + HOUR)
    assert (interview.booked_at, interview.status, interview.kind) == (NOW - HOUR, None, None)
    assert one(came, Candidate).name == "Tomasz Lewandowski"


def test_an_agency_names_its_own_types_of_interview():
    account = Account(settings={"interview_types": "Client Interview, Second interview"})
    api = with_("Appointment", type="Second Interview")
    assert one(run(BULLHORN.translate(told("Appointment", 70001), account), api), Interview).id == "70001"
    assert said(told("Appointment", 70001), api).ignored


def test_an_interview_that_moves_keeps_its_id():
    later = int((NOW + 3 * DAY).timestamp() * 1000)
    moved = with_("Appointment", dateBegin=later, dateEnd=later + 3_600_000, dateLastModified=1777885300000)
    interview = one(said(told("Appointment", 70001, "UPDATED", "dateBegin"), moved), Interview)
    assert (interview.id, interview.starts_at) == ("70001", NOW + 3 * DAY)


@pytest.mark.parametrize("verb", ["UPDATED", "DELETED"])
def test_an_appointment_that_is_marked_as_deleted_is_a_cancelled_interview(verb):
    interview = one(said(told("Appointment", 70001, verb), with_("Appointment", isDeleted=True)), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", NOW - timedelta(minutes=30))


def test_an_appointment_that_was_removed_altogether_is_gone():
    assert gone(said(told("Appointment", 70009, "DELETED"))) == [("interview", "70009")]


def test_what_is_no_interview_is_left_out_with_the_reason():
    call = said(told("Appointment", 70001), with_("Appointment", type="Call"))
    copy = said(told("Appointment", 70001), with_("Appointment", parentAppointment={"id": 69999}))
    jobless = said(told("Appointment", 70001), with_("Appointment", jobOrder=None))
    assert call == Translation(ignored="An appointment of the type Call is no interview.")
    assert copy == Translation(ignored="This is an invited colleague's copy of the appointment 69999.")
    assert jobless == Translation(ignored="The interview names no candidate, no job or no time.")


def test_a_note_says_its_action_its_text_without_markup_and_whom_it_was_with():
    came = said(told("Note", 90001))
    note = one(came, Activity)
    assert (note.type, note.party, note.client_contact_id, note.candidate_id) == (
        "note: Client Call",
        "client",
        "8592",
        None,
    )
    assert note.text
    assert note.text.split() == ["Spoke", "to", "Priya", "&", "team.", "They", "decide", "on", "Thursday", "."]
    assert (note.job_id, note.mark, note.occurred_at) == ("3301", None, NOW - HOUR)


MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


@pytest.mark.parametrize("changes", [{"externalID": MARK}, {"comments": f"<p>Quiet.<br>[keepwarm {MARK}]</p>"}])
def test_a_note_of_ours_is_known_by_its_mark(changes):
    candidates = {"total": 1, "data": [own("bullhorn", "Candidate")["data"]]}
    ours = with_("Note", candidates=candidates, clientContacts={"total": 0, "data": []}, **changes)
    note = one(said(told("Note", 90001), ours), Activity)
    assert (note.mark, note.candidate_id, note.party) == (MARK, "21805", "candidate")


def words(came: Translation) -> list[tuple[str, datetime]]:
    """The statuses of the only application, as they are told, each in the same version."""
    told = [record for record in came.records if isinstance(record, Application)]
    assert len({(record.id, record.version) for record in told}) == 1
    return [(record.status.value, record.status.at) for record in told if record.status]


def test_a_placement_is_a_word_on_its_submission_that_the_agency_maps():
    came = words(said(told("Placement", 1201)))
    assert came[-2:] == [("Interview Scheduled", NOW - HOUR), ("placement: Approved", NOW)]
    early = words(said(told("Placement", 1201), with_("Placement", dateLastModified=1777885200000 - 2 * 3_600_000)))
    assert early[-2:] == [("placement: Approved", NOW - 2 * HOUR), ("Interview Scheduled", NOW - HOUR)]


def test_a_placement_that_names_no_submission_finds_that_of_the_same_candidate_and_job():
    asked: list[Ask] = []
    came = said(told("Placement", 1201), with_("Placement", jobSubmission=None), asked)
    assert words(came)[-1] == ("placement: Approved", NOW)
    assert asked[1].query["where"] == "candidate.id=21805 AND jobOrder.id=3301 AND isDeleted=false"
    other = with_("Placement", jobSubmission=None, jobOrder=None)
    assert said(told("Placement", 1201), other).ignored


def test_an_interview_brings_its_submission_which_may_be_older_than_the_connection():
    asked: list[Ask] = []
    came = said(told("Appointment", 70001), asked=asked)
    assert words(came)[-1] == ("Interview Scheduled", NOW - HOUR)
    assert [ask.path for ask in asked] == [
        "entity/Appointment/70001",
        "query/JobSubmission",
        "query/JobSubmissionHistory",
    ]
    asked.clear()
    walked = said(Event("1", "fetched.Appointment", own("bullhorn", "Appointment")["data"], NOW), asked=asked)
    assert one(walked, Interview).id == "70001"
    assert asked == []


def test_deleted_things_are_gone_whether_by_event_or_by_mark():
    assert gone(said(told("Candidate", 21806, "DELETED"))) == [("candidate", "21806")]
    assert gone(said(told("JobOrder", 3301, "UPDATED"), with_("JobOrder", isDeleted=True))) == [("job", "3301")]
    assert gone(said(told("Note", 90001, "UPDATED"), with_("Note", isDeleted=True))) == [("activity", "90001")]
    assert said(told("Placement", 1201, "DELETED")).ignored


def test_what_bullhorn_cannot_show_is_left_out_with_a_sentence():
    assert said(told("Candidate", 7)) == Translation(ignored="Bullhorn has no Candidate 7 to show.")
    assert said(told("Lead", 7)) == Translation(ignored="Keepwarm does not follow events of Lead.")


def test_an_outage_ends_the_attempt_and_loses_nothing():
    with pytest.raises(EndedError):
        said(told("Candidate", 21805), lambda ask: Reply(500, None))


def test_every_event_of_our_batch_says_something_or_why_not():
    batch = own("bullhorn", "batch")["events"]
    assert len(batch) == 24
    for document in batch:
        event = Event("1", "event", document, NOW)
        came = said(event)
        assert bool(came.records) != bool(came.ignored), document


def test_every_published_event_says_what_its_entity_says():
    counted: dict[str, list[Any]] = {}
    for name, document in published("bullhorn").items():
        for event in document.get("events", ()):
            came = said(Event("1", "event", event, NOW))
            counted.setdefault(name, []).append(came.ignored or [type(record).__name__ for record in came.records][-1])
    assert counted["event_subscription_get_doc"] == ["ClientContact"]
    assert counted["ASSEMBLED_agency_batch"] == [
        "Activity", "Interview", "Application", "Candidate", "Job", "Application", "Gone",
    ]  # fmt: skip
    known = [said for said in counted["event_subscription_get_sdk_testdata"] if said == "Candidate"]
    assert len(known) == 8
    assert len(counted["event_subscription_get_sdk_testdata"]) == 36


def test_no_document_however_hostile_breaks_the_translation():
    tried = 0
    for document in own("bullhorn", "batch")["events"]:
        tried += endures(_translates("event"), document, api)
    for entity in FIELDS:
        row = {**own("bullhorn", entity)["data"], "history": own("bullhorn", "JobSubmissionHistory")["data"]}
        tried += endures(_translates(f"fetched.{entity}"), row, api)
    assert tried > 5_000


def _translates(type: str) -> Callable[[Any], MayAsk[Translation]]:
    return lambda document: BULLHORN.translate(Event("1", type, document, NOW), ACCOUNT)


def test_no_answer_however_hostile_breaks_the_translation():
    for entity in FIELDS:
        document = own("bullhorn", entity)
        endures(partial(_answered, told(entity, document["data"]["id"]), "entity/"), document)
    endures(partial(_answered, told("JobSubmission", 55001), "query/"), own("bullhorn", "JobSubmissionHistory"))


def _answered(event: Event, where: str, bad: Any) -> Translation:
    return said(event, lambda ask: bad if ask.path.startswith(where) else api(ask))


def test_bullhorn_calls_nobody_so_that_whoever_calls_is_refused():
    request = Arrived(b'{"events": []}', {"authorization": "Bearer x"}, {}, NOW)
    with pytest.raises(Refused):
        BULLHORN.verify(request, ["x"])
    with pytest.raises(Refused):
        BULLHORN.event(request)


def test_a_gone_thing_is_dated_by_the_event():
    [record] = said(told("Candidate", 21806, "DELETED")).records
    assert isinstance(record, Gone)
    assert record.version == NOW
