"""Bullhorn over HTTP, against its stand-in: fetching everything that it has."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application, Interview
from app.connectors.contract import Account, ApiError, DatedEvent
from tests.connectors.bullhorn_caller import BULLHORN, caller, crm, polled
from tests.connectors.exchanges import Caller, run
from tests.connectors.results import one
from tests.crms.bullhorn import BullhornStandIn
from tests.crms.standin import START

__all__ = ["caller", "crm"]


def fetch_all(caller: Caller, crm: BullhornStandIn, stream: str, since: Any = None) -> list[DatedEvent]:
    cursor: Mapping[str, Any] = {}
    events: list[DatedEvent] = []
    for _ in range(50):
        page = caller.run(lambda account: BULLHORN.page(stream, since or START, cursor, account, crm.now))  # noqa: B023
        again = caller.run(lambda account: BULLHORN.page(stream, since or START, cursor, account, crm.now))  # noqa: B023
        assert again == page, "a step can be taken again from its cursor"
        events, cursor = [*events, *page.items], page.cursor
        if not page.more:
            return events
    raise AssertionError("the stream does not end")


def test_a_backfill_brings_everything_once_page_by_page(crm, caller):
    ids = crm.desk()
    for number in range(8):
        crm.add("Candidate", name=f"Candidate {number}")
    about: dict[str, Any] = {"candidateReference": {"id": ids["Candidate"]}, "jobOrder": {"id": ids["JobOrder"]}}
    begins = int((crm.now + timedelta(days=1)).timestamp() * 1000)
    crm.add("Appointment", type="Interview", dateBegin=begins, dateEnd=begins + 3_600_000, **about)
    crm.add("Note", action="Call", comments="Hello", candidates=[ids["Candidate"]])
    whose: dict[str, Any] = {"candidate": {"id": ids["Candidate"]}, "jobOrder": {"id": ids["JobOrder"]}}
    crm.add("Placement", status="Approved", jobSubmission={"id": ids["JobSubmission"]}, **whose)
    crm.add("CandidateReference", status="Pending", referenceFirstName="Tom", **whose)
    counts = {}
    for stream in BULLHORN.streams:
        if stream.backfill:
            events = fetch_all(caller, crm, stream.name)
            assert len({event.key for event in events}) == len(events)
            counts[stream.name] = len(events)
            for event in events:
                came = caller.run(lambda account: BULLHORN.translate(event, account))  # noqa: B023
                assert came.records, event
    assert counts == {
        "organisations": 1, "contacts": 1, "candidates": 9, "jobs": 1, "applications": 1, "interviews": 1, "notes": 1,
        "placements": 1, "references": 1,
    }  # fmt: skip


def test_a_backfill_asks_for_notes_by_fields_that_their_index_has(crm, caller):
    ids = crm.desk()
    crm.add("Note", action="Candidate Call", comments="Rang.", candidates=[ids["Candidate"]])
    [event] = fetch_all(caller, crm, "notes")
    assert one(caller.run(lambda account: BULLHORN.translate(event, account)), Activity).text == "Rang."
    sent = {heard.query["query"] for heard in crm.heard if heard.path.endswith("/search/Note")}
    assert sent == {
        f"(dateAdded:[20260503090000 TO *]) AND noteID:[{after} TO *]" for after in (1, int(event.document["id"]) + 1)
    }


def test_a_note_on_more_candidates_than_come_along_counts_for_all_of_them(crm, caller):
    ids = crm.desk()
    others = [crm.add("Candidate", name=f"Candidate {number}") for number in range(6)]
    crm.add(
        "Note",
        action="Client Call",
        comments="All.",
        candidates=[ids["Candidate"], *others],
        jobOrders=[ids["JobOrder"]],
    )
    [event] = fetch_all(caller, crm, "notes")
    note = one(caller.run(lambda account: BULLHORN.translate(event, account)), Activity)
    assert [note.candidate_id, *(subject.candidate_id for subject in note.also)] == [
        str(ids["Candidate"]),
        *map(str, others),
    ]


@pytest.mark.parametrize("from_backfill", [True, False])
def test_the_answers_to_an_invitation_come_with_the_interview(crm, caller, from_backfill):
    ids = crm.desk()
    _, cursor = polled(caller, crm, {})
    about: dict[str, Any] = {"candidateReference": {"id": ids["Candidate"]}, "jobOrder": {"id": ids["JobOrder"]}}
    begins = int((crm.now + timedelta(days=1)).timestamp() * 1000)
    id = crm.add("Appointment", type="Interview", dateBegin=begins, dateEnd=begins + 3_600_000, **about)
    crm.add("AppointmentAttendee", acceptanceStatus=-1, appointment={"id": id}, attendee={"id": ids["Candidate"]})
    [event] = fetch_all(caller, crm, "interviews") if from_backfill else polled(caller, crm, cursor)[0]
    interview = one(caller.run(lambda account: BULLHORN.translate(event, account)), Interview)
    assert interview.status == "cancelled"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"errorMessage": "You may not", "errorCode": 403}, "with an error: You may not"),
        ({"total": 4, "data": []}, "has 4 records"),
        (None, "holds no list"),
        ({"messages": ["down for maintenance"]}, "holds no list"),
        ({"data": {}}, "holds no list"),
    ],
)
@pytest.mark.parametrize("stream", [stream.name for stream in BULLHORN.streams if stream.backfill])
def test_an_error_is_never_read_as_the_end_of_a_stream(stream, answer, sentence):
    with pytest.raises(ApiError, match=sentence):
        run(BULLHORN.page(stream, START, {}, Account(), START), lambda ask: answer)


def test_a_backfill_starts_where_it_is_asked_to(crm, caller):
    crm.desk()
    crm.advance(days=10)
    crm.desk()
    assert len(fetch_all(caller, crm, "applications", crm.now)) == 1
    assert len(fetch_all(caller, crm, "candidates", crm.now)) == 1


def test_the_history_of_submissions_comes_with_a_backfill_too(crm, caller):
    ids = crm.desk()
    crm.advance(hours=1)
    crm.change("JobSubmission", ids["JobSubmission"], status="Offer")
    [event] = fetch_all(caller, crm, "applications")
    asked_before = len(crm.heard)
    came = caller.run(lambda account: BULLHORN.translate(event, account))
    statuses = [record.status for record in came.records if isinstance(record, Application) and record.status]
    assert [(one.value, one.at) for one in statuses] == [("Submitted", START), ("Offer", START + timedelta(hours=1))]
    assert len(crm.heard) == asked_before
