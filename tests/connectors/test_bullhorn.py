"""Bullhorn: what its entities say, read from its queue of events or from a walk."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.connectors.connector import Account, Arrived, Ask, AskFailed, Event, MayAsk, Refused, Reply, Translation
from app.connectors.records import (
    Activity,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Organisation,
    Subject,
)
from app.connectors.systems.bullhorn import Bullhorn
from app.connectors.systems.bullhorn.fields import FIELDS
from app.connectors.systems.bullhorn.translating import translated
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
    came = said(told("JobOrder", 3301, "UPDATED", "status"), with_("JobOrder", **changes))
    assert (one(came, Job).status, came.unknown) == (status, [])


def test_a_job_says_since_when_it_is_closed_or_when_the_event_told_it():
    day = {"isOpen": False, "status": "Placed", "dateClosed": int((NOW - DAY).timestamp() * 1000)}
    assert one(said(told("JobOrder", 3301, "UPDATED", "title"), with_("JobOrder", **day)), Job).status_at == NOW - DAY
    opened = with_("JobOrder", **{**day, "isOpen": True})
    assert one(said(told("JobOrder", 3301, "UPDATED", "isOpen"), opened), Job).status_at == NOW
    assert one(said(told("JobOrder", 3301, "UPDATED", "title"), opened), Job).status_at is None


def test_a_job_status_that_says_nothing_is_listed():
    came = said(told("JobOrder", 3301, "UPDATED"), with_("JobOrder", isOpen=None, status="Schrödinger"))
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
    rejected = said(told("JobSubmission", 55001, "UPDATED", "status", at=NOW - HOUR), history(*steps[:2]))
    back = said(told("JobSubmission", 55001, "UPDATED", "status"), history(*steps))
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
        fetched = Event("1", "fetched.JobSubmission", {**row, "history": []}, at)
        event = told("JobSubmission", 55001, "UPDATED", "status", at=at) if origin == "event" else fetched
        replies = {"entity/JobSubmission/55001": {"data": row}, "query/JobSubmissionHistory": {"data": []}}
        application = one(said(event, replies), Application)
        assert application.status
        return application.status.value, application.version

    assert version("Client Rejected", NOW - HOUR) == ("Client Rejected", NOW - HOUR)
    assert version("Interview", NOW) == ("Interview", NOW)


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
    assert (interview.booked_at, interview.status, interview.kind) == (NOW - HOUR, "scheduled", None)
    assert one(came, Candidate).name == "Tomasz Lewandowski"


def test_an_agency_names_its_own_types_of_interview():
    account = Account(settings={"interview_types": "Client Interview, Second interview"})
    api = with_("Appointment", type="SECOND_INTERVIEW")
    assert one(run(BULLHORN.translate(told("Appointment", 70001), account), api), Interview).id == "70001"
    other = run(BULLHORN.translate(told("Appointment", 70001), account), with_("Appointment", type="Interview"))
    assert one(other, Activity).type == "meeting: Interview"


@pytest.mark.parametrize(
    ("type", "method", "kind"),
    [
        ("Interview", "Onsite Appointment", "in_person"),
        ("Phone Interview", None, "phone"),
        ("interview-2", "Video (Teams)", "video"),
        ("Client Interview", "Phone", "phone"),
        ("Interview", None, None),
    ],
)
def test_every_type_that_is_an_interview_by_its_name_is_one_and_says_how_it_is_held(type, method, kind):
    came = said(told("Appointment", 70001), with_("Appointment", type=type, communicationMethod=method))
    assert one(came, Interview).kind == kind
    assert came.unknown == []


def test_a_way_to_interview_that_keepwarm_does_not_know_is_another_kind_and_is_listed():
    came = said(told("Appointment", 70001), with_("Appointment", communicationMethod="Carrier pigeon"))
    assert one(came, Interview).kind == "other"
    assert came.unknown == ["interview method: Carrier pigeon"]


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
    assert gone(said(told("Appointment", 70009, "DELETED"))) == [
        ("interview", "70009"),
        ("activity", "appointment:70009"),
    ]


def attendees(*answers: tuple[int, str, int | None]) -> Any:
    """The API where these people were invited to the appointment, each with the answer."""
    rows = [
        {
            "id": number,
            "acceptanceStatus": answer,
            "appointment": {"id": 70001},
            "attendee": {"id": id, "_subtype": subtype, "firstName": "Ada", "lastName": f"Number {id}"},
        }
        for number, (id, subtype, answer) in enumerate(answers)
    ]

    def answer(ask: Ask) -> Any:
        if ask.path == "query/AppointmentAttendee":
            assert ask.query["where"] == "appointment.id IN (70001)"
            return {"data": rows}
        return api(ask)

    return answer


@pytest.mark.parametrize(
    ("answer", "status"), [(-1, "cancelled"), (0, "scheduled"), (None, "scheduled"), (1, "scheduled")]
)
def test_an_interview_that_the_candidate_declined_is_not_held(answer, status):
    came = said(
        told("Appointment", 70001, "UPDATED"), attendees((21805, "Candidate", answer), (8592, "ClientContact", -1))
    )
    assert one(came, Interview).status == status


def test_an_interview_of_several_candidates_is_one_of_each_who_is_put_forward_for_the_job():
    def answer(ask: Ask) -> Any:
        if ask.path == "query/JobSubmission" and "candidate.id=21810" in ask.query["where"]:
            return {"data": []}
        return attendees((21805, "Candidate", 1), (21806, "Candidate", -1), (21810, "Candidate", 1))(ask)

    came = said(told("Appointment", 70001), answer)
    interviews = [record for record in came.records if isinstance(record, Interview)]
    assert [(each.id, each.candidate_id, each.job_id, each.status) for each in interviews] == [
        ("70001", "21805", "3301", "scheduled"),
        ("70001-21806", "21806", "3301", "cancelled"),
    ]
    assert {record.id for record in came.records if isinstance(record, Candidate)} >= {"21805", "21806"}


def test_an_appointment_that_was_restored_is_booked_again_and_one_that_is_over_is_left_as_it_was():
    restored = one(
        said(told("Appointment", 70001, "UPDATED", "isDeleted"), with_("Appointment", isDeleted=False)), Interview
    )
    over = one(said(told("Appointment", 70001, "UPDATED", "subject", at=NOW + 2 * DAY)), Interview)
    assert (restored.status, over.status) == ("scheduled", None)


def test_what_is_no_interview_is_left_out_with_the_reason():
    private = said(
        told("Appointment", 70001), with_("Appointment", type="Personal", candidateReference=None, jobOrder=None)
    )
    copy = said(told("Appointment", 70001), with_("Appointment", parentAppointment={"id": 69999}))
    jobless = said(told("Appointment", 70001), with_("Appointment", jobOrder=None))
    assert private.ignored == "An appointment of the type Personal is no interview, and is with nobody of a job."
    assert copy.ignored == "This is an invited colleague's copy of the appointment 69999."
    assert jobless.ignored == "The interview names no candidate, no job or no time."


def test_an_appointment_of_another_type_is_an_activity_that_the_agency_can_map():
    call = with_("Appointment", type="Call", subject="Prepare for Thursday", clientContactReference={"id": 8592})
    came = said(told("Appointment", 70001), call)
    activity = one(came, Activity)
    assert (activity.id, activity.type, activity.occurred_at) == ("appointment:70001", "meeting: Call", NOW + DAY)
    assert (activity.candidate_id, activity.client_contact_id, activity.job_id) == ("21805", "8592", "3301")
    assert (activity.text, activity.party) == ("Prepare for Thursday", None)
    changed = said(told("Appointment", 70001, "UPDATED", "type"), call)
    assert gone(changed) == [("interview", "70001")]
    added = int(NOW.timestamp() * 1000)
    row = {"id": 70001, "type": "Call", "dateBegin": added, "candidateReference": {"id": 21805}, "dateAdded": added}
    assert gone(translated("Appointment", row | {"dateLastModified": added}, NOW)) == []
    assert gone(translated("Appointment", row | {"dateLastModified": added + 1}, NOW)) == [("interview", "70001")]
    hidden = with_("Appointment", type="Call", subject="Mine", isPrivate=True)
    assert one(said(told("Appointment", 70001), hidden), Activity).text is None
    off = said(told("Appointment", 70001, "DELETED"), call)
    assert gone(off) == [("activity", "appointment:70001"), ("interview", "70001")]


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


def tagged(*candidates: int, total: int | None = None, jobs: tuple[int, ...] = (3301,), **changes: Any) -> Any:
    """The API where the note names these candidates and jobs."""
    people = [{**own("bullhorn", "Candidate")["data"], "id": id} for id in candidates]
    return with_(
        "Note",
        candidates={"total": len(candidates) if total is None else total, "data": people},
        jobOrders={"total": len(jobs), "data": [{"id": id} for id in jobs]},
        **changes,
    )


def test_a_note_counts_for_each_candidate_that_it_names():
    came = said(told("Note", 90001), tagged(31, 32, 33))
    note = one(came, Activity)
    assert (note.candidate_id, note.job_id, note.client_contact_id, note.party) == ("31", "3301", "8592", "client")
    assert note.also == (Subject(candidate_id="32", job_id="3301"), Subject(candidate_id="33", job_id="3301"))
    assert [record.id for record in came.records if isinstance(record, Candidate)] == ["31", "32", "33"]


def test_a_note_counts_for_each_job_that_it_names():
    note = one(said(told("Note", 90001), tagged(31, jobs=(3301, 3302))), Activity)
    assert (note.candidate_id, note.job_id) == ("31", "3301")
    assert note.also == (Subject(candidate_id="31", job_id="3302"),)
    contact = one(said(told("Note", 90001), tagged(jobs=(3301, 3302))), Activity)
    assert (contact.job_id, contact.also) == ("3301", (Subject(job_id="3302"),))


def test_a_note_with_more_candidates_than_come_along_is_asked_for_the_rest():
    people = [{**own("bullhorn", "Candidate")["data"], "id": id} for id in range(31, 39)]
    asked: list[Ask] = []

    def answer(ask: Ask) -> Any:
        return {"data": people} if ask.path == "entity/Note/90001/candidates" else tagged(31, 32, total=8)(ask)

    note = one(said(told("Note", 90001), answer, asked), Activity)
    assert [subject.candidate_id for subject in note.also] == [str(id) for id in range(32, 39)]
    assert [ask.query["count"] for ask in asked if ask.path.endswith("/candidates")] == ["500"]
    denied = one(said(told("Note", 90001), tagged(31, 32, total=8)), Activity)
    assert [subject.candidate_id for subject in denied.also] == ["32"]


def test_a_note_that_names_more_than_can_be_counted_says_so():
    came = said(told("Note", 90001), tagged(*range(1, 252)))
    assert len(one(came, Activity).also) == 199
    assert came.ignored == "The note names 51 more applications than are read of one."


MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


@pytest.mark.parametrize("changes", [{"externalID": MARK}, {"comments": f"<p>Quiet.<br>[keepwarm {MARK}]</p>"}])
def test_a_note_of_ours_is_known_by_its_mark(changes):
    candidates = {"total": 1, "data": [own("bullhorn", "Candidate")["data"]]}
    ours = with_("Note", candidates=candidates, clientContacts={"total": 0, "data": []}, **changes)
    note = one(said(told("Note", 90001), ours), Activity)
    assert (note.mark, note.candidate_id, note.party) == (MARK, "21805", "candidate")


def words(came: Translation) -> list[tuple[str, datetime]]:
    """The statuses of the only application in the order of their versions, in which they are kept."""
    told = [record for record in came.records if isinstance(record, Application)]
    assert len({record.id for record in told}) == 1
    return [(each.status.value, each.status.at) for each in sorted(told, key=lambda each: each.version) if each.status]


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
        "query/AppointmentAttendee",
        "query/JobSubmission",
        "query/JobSubmissionHistory",
    ]
    asked.clear()
    row = {**own("bullhorn", "Appointment")["data"], "attendees": []}
    walked = said(Event("1", "fetched.Appointment", row, NOW), asked=asked)
    assert one(walked, Interview).id == "70001"
    assert asked == []


def test_deleted_things_are_gone_whether_by_event_or_by_mark():
    assert gone(said(told("Candidate", 21806, "DELETED"))) == [("candidate", "21806")]
    assert gone(said(told("JobOrder", 3301, "UPDATED"), with_("JobOrder", isDeleted=True))) == [("job", "3301")]
    assert gone(said(told("Note", 90001, "UPDATED"), with_("Note", isDeleted=True))) == [("activity", "90001")]
    assert "no longer says of which submission" in (said(told("Placement", 1201, "DELETED")).ignored or "")


def test_what_bullhorn_cannot_show_is_left_out_with_a_sentence():
    assert said(told("Candidate", 7)) == Translation(ignored="Bullhorn has no Candidate 7 to show.")
    assert said(told("Lead", 7)) == Translation(ignored="Keepwarm does not follow events of Lead.")


def test_fields_that_bullhorn_refuses_are_not_taken_for_a_record_that_is_not_there():
    def refused(ask: Ask) -> Any:
        return {"data": {"id": 21805}} if ask.query["fields"] == "id" else Reply(404, {"errorMessage": "no such field"})

    with pytest.raises(AskFailed, match="has Candidate 21805 and refuses the fields"):
        said(told("Candidate", 21805), refused)


def test_an_error_with_the_status_of_a_success_is_said_to_be_one():
    with pytest.raises(AskFailed, match="entity/Candidate with an error: Internal error"):
        said(told("Candidate", 21805), lambda ask: {"errorMessage": "Internal error", "errorCode": 500})


def test_names_are_known_whatever_their_case_and_another_verb_is_read_as_a_change():
    event = told("Candidate", 21805)
    event.document["entityName"], event.document["entityEventType"] = "CANDIDATE", "Inserted"
    assert one(said(event), Candidate).id == "21805"
    event.document["entityEventType"] = "MERGED"
    came = said(event)
    assert one(came, Candidate).id == "21805"
    assert came.unknown == ["event: MERGED"]


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
