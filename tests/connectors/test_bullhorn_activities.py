"""Bullhorn: what its appointments and notes say, which are interviews or activities."""

from datetime import timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Candidate, Interview, Subject
from app.connectors.contract import Account, ApiRequest
from app.connectors.crm.bullhorn.records import translated
from tests.connectors.bullhorn import BULLHORN, DAY, HOUR, NOW, api, make_event, translate, with_
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.results import gone, one


def test_an_interview_is_an_appointment_of_that_type_and_brings_who_and_what_for():
    came = translate(make_event("Appointment", 70001))
    interview = one(came, Interview)
    assert (interview.candidate_id, interview.job_id, interview.application_id) == ("21805", "3301", None)
    assert (interview.starts_at, interview.ends_at) == (NOW + DAY, NOW + DAY + HOUR)
    assert (interview.booked_at, interview.status, interview.kind) == (NOW - HOUR, "scheduled", None)
    assert one(came, Candidate).name == "Tomasz Lewandowski"


def test_an_agency_names_its_own_types_of_interview():
    account = Account(settings={"interview_types": "Client Interview, Second interview"})
    api = with_("Appointment", type="SECOND_INTERVIEW")
    assert one(run(BULLHORN.translate(make_event("Appointment", 70001), account), api), Interview).id == "70001"
    other = run(BULLHORN.translate(make_event("Appointment", 70001), account), with_("Appointment", type="Interview"))
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
    came = translate(make_event("Appointment", 70001), with_("Appointment", type=type, communicationMethod=method))
    assert one(came, Interview).kind == kind
    assert came.unknown == []


def test_a_way_to_interview_that_keepwarm_does_not_know_is_another_kind_and_is_listed():
    came = translate(make_event("Appointment", 70001), with_("Appointment", communicationMethod="Carrier pigeon"))
    assert one(came, Interview).kind == "other"
    assert came.unknown == ["interview method: Carrier pigeon"]


def test_an_interview_that_moves_keeps_its_id():
    later = int((NOW + 3 * DAY).timestamp() * 1000)
    moved = with_("Appointment", dateBegin=later, dateEnd=later + 3_600_000, dateLastModified=1777885300000)
    interview = one(translate(make_event("Appointment", 70001, "UPDATED", "dateBegin"), moved), Interview)
    assert (interview.id, interview.starts_at) == ("70001", NOW + 3 * DAY)


@pytest.mark.parametrize("verb", ["UPDATED", "DELETED"])
def test_an_appointment_that_is_marked_as_deleted_is_a_cancelled_interview(verb):
    interview = one(translate(make_event("Appointment", 70001, verb), with_("Appointment", isDeleted=True)), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", NOW - timedelta(minutes=30))


def test_an_appointment_that_was_removed_altogether_is_gone():
    assert gone(translate(make_event("Appointment", 70009, "DELETED"))) == [
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

    def answer(ask: ApiRequest) -> Any:
        if ask.path == "query/AppointmentAttendee":
            assert ask.query["where"] == "appointment.id IN (70001)"
            return {"data": rows}
        return api(ask)

    return answer


@pytest.mark.parametrize(
    ("answer", "status"), [(-1, "cancelled"), (0, "scheduled"), (None, "scheduled"), (1, "scheduled")]
)
def test_an_interview_that_the_candidate_declined_is_not_held(answer, status):
    came = translate(
        make_event("Appointment", 70001, "UPDATED"),
        attendees((21805, "Candidate", answer), (8592, "ClientContact", -1)),
    )
    assert one(came, Interview).status == status


def test_an_interview_of_several_candidates_is_one_of_each_who_is_put_forward_for_the_job():
    def answer(ask: ApiRequest) -> Any:
        if ask.path == "query/JobSubmission" and "candidate.id=21810" in ask.query["where"]:
            return {"data": []}
        return attendees((21805, "Candidate", 1), (21806, "Candidate", -1), (21810, "Candidate", 1))(ask)

    came = translate(make_event("Appointment", 70001), answer)
    interviews = [record for record in came.records if isinstance(record, Interview)]
    assert [(each.id, each.candidate_id, each.job_id, each.status) for each in interviews] == [
        ("70001", "21805", "3301", "scheduled"),
        ("70001-21806", "21806", "3301", "cancelled"),
    ]
    assert {record.id for record in came.records if isinstance(record, Candidate)} >= {"21805", "21806"}


def test_an_appointment_that_was_restored_is_booked_again_and_one_that_is_over_is_left_as_it_was():
    restored = one(
        translate(make_event("Appointment", 70001, "UPDATED", "isDeleted"), with_("Appointment", isDeleted=False)),
        Interview,
    )
    over = one(translate(make_event("Appointment", 70001, "UPDATED", "subject", at=NOW + 2 * DAY)), Interview)
    assert (restored.status, over.status) == ("scheduled", None)


def test_what_is_no_interview_is_left_out_with_the_reason():
    private = translate(
        make_event("Appointment", 70001), with_("Appointment", type="Personal", candidateReference=None, jobOrder=None)
    )
    copy = translate(make_event("Appointment", 70001), with_("Appointment", parentAppointment={"id": 69999}))
    jobless = translate(make_event("Appointment", 70001), with_("Appointment", jobOrder=None))
    assert private.ignored == "An appointment of the type Personal is no interview, and is with nobody of a job."
    assert copy.ignored == "This is an invited colleague's copy of the appointment 69999."
    assert jobless.ignored == "The interview names no candidate, no job or no time."


def test_an_appointment_of_another_type_is_an_activity_that_the_agency_can_map():
    call = with_("Appointment", type="Call", subject="Prepare for Thursday", clientContactReference={"id": 8592})
    came = translate(make_event("Appointment", 70001), call)
    activity = one(came, Activity)
    assert (activity.id, activity.type, activity.occurred_at) == ("appointment:70001", "meeting: Call", NOW + DAY)
    assert (activity.candidate_id, activity.client_contact_id, activity.job_id) == ("21805", "8592", "3301")
    assert (activity.text, activity.party) == ("Prepare for Thursday", None)
    changed = translate(make_event("Appointment", 70001, "UPDATED", "type"), call)
    assert gone(changed) == [("interview", "70001")]
    added = int(NOW.timestamp() * 1000)
    row = {"id": 70001, "type": "Call", "dateBegin": added, "candidateReference": {"id": 21805}, "dateAdded": added}
    assert gone(translated("Appointment", row | {"dateLastModified": added}, NOW)) == []
    assert gone(translated("Appointment", row | {"dateLastModified": added + 1}, NOW)) == [("interview", "70001")]
    hidden = with_("Appointment", type="Call", subject="Mine", isPrivate=True)
    assert one(translate(make_event("Appointment", 70001), hidden), Activity).text is None
    off = translate(make_event("Appointment", 70001, "DELETED"), call)
    assert gone(off) == [("activity", "appointment:70001"), ("interview", "70001")]


def test_a_note_says_its_action_its_text_without_markup_and_whom_it_was_with():
    came = translate(make_event("Note", 90001))
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
    came = translate(make_event("Note", 90001), tagged(31, 32, 33))
    note = one(came, Activity)
    assert (note.candidate_id, note.job_id, note.client_contact_id, note.party) == ("31", "3301", "8592", "client")
    assert note.also == (Subject(candidate_id="32", job_id="3301"), Subject(candidate_id="33", job_id="3301"))
    assert [record.id for record in came.records if isinstance(record, Candidate)] == ["31", "32", "33"]


def test_a_note_counts_for_each_job_that_it_names():
    note = one(translate(make_event("Note", 90001), tagged(31, jobs=(3301, 3302))), Activity)
    assert (note.candidate_id, note.job_id) == ("31", "3301")
    assert note.also == (Subject(candidate_id="31", job_id="3302"),)
    contact = one(translate(make_event("Note", 90001), tagged(jobs=(3301, 3302))), Activity)
    assert (contact.job_id, contact.also) == ("3301", (Subject(job_id="3302"),))


def test_a_note_with_more_candidates_than_come_along_is_asked_for_the_rest():
    people = [{**own("bullhorn", "Candidate")["data"], "id": id} for id in range(31, 39)]
    asked: list[ApiRequest] = []

    def answer(ask: ApiRequest) -> Any:
        return {"data": people} if ask.path == "entity/Note/90001/candidates" else tagged(31, 32, total=8)(ask)

    note = one(translate(make_event("Note", 90001), answer, asked), Activity)
    assert [subject.candidate_id for subject in note.also] == [str(id) for id in range(32, 39)]
    assert [ask.query["count"] for ask in asked if ask.path.endswith("/candidates")] == ["500"]
    denied = one(translate(make_event("Note", 90001), tagged(31, 32, total=8)), Activity)
    assert [subject.candidate_id for subject in denied.also] == ["32"]


def test_a_note_that_names_more_than_can_be_counted_says_so():
    came = translate(make_event("Note", 90001), tagged(*range(1, 252)))
    assert len(one(came, Activity).also) == 199
    assert came.ignored == "The note names 51 more applications than are read of one."


MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


@pytest.mark.parametrize("changes", [{"externalID": MARK}, {"comments": f"<p>Quiet.<br>[keepwarm {MARK}]</p>"}])
def test_a_note_of_ours_is_known_by_its_mark(changes):
    candidates = {"total": 1, "data": [own("bullhorn", "Candidate")["data"]]}
    ours = with_("Note", candidates=candidates, clientContacts={"total": 0, "data": []}, **changes)
    note = one(translate(make_event("Note", 90001), ours), Activity)
    assert (note.mark, note.candidate_id, note.party) == (MARK, "21805", "candidate")
