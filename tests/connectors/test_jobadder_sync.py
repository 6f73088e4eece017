"""JobAdder over HTTP, against its stand-in: fetching its lists."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application, Gone
from app.connectors.contract import Account, ApiError, ApiResponse
from tests.connectors.exchanges import EndedError, run
from tests.connectors.jobadder_caller import JOBADDER, caller, crm, fetch_all, page, translated
from tests.connectors.results import one
from tests.crms.standin import START

__all__ = ["caller", "crm"]


def test_a_backfill_brings_everything_once_and_names_what_each_thing_refers_to(crm, caller):
    ids = [crm.desk() for _ in range(4)][-1]
    times = {"startAt": "2026-05-04T10:00:00Z", "endAt": "2026-05-04T11:00:00Z"}
    crm.add("interviews", type="External", interviewee=ids["applications"], **times)
    crm.add("notes", type="Call", text="Hello", candidates=[ids["candidates"]], applications=[ids["applications"]])
    about = {"candidate": ids["candidates"], "job": ids["jobs"]}
    crm.add("placements", type="Permanent", approved=False, status=3, **about)
    crm.advance(hours=1)
    crm.change("candidates", ids["candidates"], lastName="Oyelaran-Smith")
    counts = {}
    for stream in JOBADDER.streams:
        if stream.backfill:
            events = fetch_all(caller, stream.name)
            counts[stream.name] = len(events)
            for event in events:
                assert translated(caller, event).records, event
    assert counts == {
        "companies": 4, "contacts": 4, "candidates": 4, "jobs": 4, "applications": 4, "interviews": 1, "notes": 1,
        "placements": 1,
    }  # fmt: skip


def test_a_poll_brings_what_was_created_and_what_was_changed_since(crm, caller):
    old = crm.desk()
    crm.desk()
    crm.advance(days=1)
    new = crm.desk()
    crm.change("applications", old["applications"], rating=5)
    events = fetch_all(caller, "applications", START + timedelta(hours=12))
    ids = {one(translated(caller, event), Application).id for event in events}
    assert ids == {old["applications"], new["applications"]}


def test_a_sync_run_begins_again_where_something_left_the_list_between_two_pages(crm, caller):
    for _ in range(8):
        crm.add("candidates", firstName="Jo", lastName="Park")
    first = page(caller, "candidates", START, {})
    crm.remove("candidates", "501")
    second = page(caller, "candidates", START, first.cursor)
    assert second.cursor["offset"] == 0
    seen, cursor = {event.key for event in [*first.items, *second.items]}, second.cursor
    while cursor:
        step = page(caller, "candidates", START, cursor)
        seen, cursor = seen | {event.key for event in step.items}, step.cursor
    assert len(seen) == 8


def test_a_note_is_polled_and_fetched_whole(crm, caller):
    ids = crm.desk()
    crm.add("notes", type="Client call", text="Decision by Friday.", applications=[ids["applications"]], candidates=[])
    [event] = fetch_all(caller, "notes")
    note = one(translated(caller, event), Activity)
    assert (note.type, note.text, note.application_id) == (
        "note: Client call",
        "Decision by Friday.",
        ids["applications"],
    )
    assert note.candidate_id == ids["candidates"]


def test_what_was_deleted_since_is_read_from_a_list(crm, caller):
    ids, early = crm.desk(), crm.desk()
    crm.remove("applications", early["applications"])
    crm.advance(hours=1)
    crm.remove("applications", ids["applications"])
    crm.remove("candidates", ids["candidates"])
    events = fetch_all(caller, "deleted", START + timedelta(minutes=30))
    deletions = [record for event in events for record in translated(caller, event).records if isinstance(record, Gone)]
    assert [(record.kind, record.id) for record in deletions] == [
        ("application", ids["applications"]), ("candidate", ids["candidates"]),
    ]  # fmt: skip
    assert {record.version for record in deletions} == {START + timedelta(hours=1)}


def test_an_outage_ends_the_step_and_the_next_one_takes_it_again(crm, caller):
    crm.desk()
    assert fetch_all(caller, "jobs")
    crm.fail_next(429, retry_after=2)
    with pytest.raises(EndedError) as ended:
        page(caller, "jobs", START, {})
    assert ended.value.status == 429
    assert fetch_all(caller, "jobs")


@pytest.mark.parametrize(
    "answer", [{"items": [], "totalCount": 0}, {"totalCount": 0}, {"items": [None, 5, {}], "totalCount": "many"}]
)
@pytest.mark.parametrize("stream", [stream.name for stream in JOBADDER.streams])
def test_no_list_however_odd_breaks_a_sync_run(stream, answer):
    cursor: Mapping[str, Any] = {}
    more = []
    for _ in range(6):
        step = run(JOBADDER.page(stream, START, cursor, Account(), START), lambda ask: answer)
        cursor = step.cursor
        more.append(step.more)
    assert not all(more)


@pytest.mark.parametrize("answer", [None, [], {}, {"items": None}, {"message": "You may not"}, "maintenance"])
@pytest.mark.parametrize("stream", [stream.name for stream in JOBADDER.streams])
def test_an_error_is_never_read_as_the_end_of_a_stream(stream, answer):
    with pytest.raises(ApiError, match="holds no list of records"):
        run(JOBADDER.page(stream, START, {}, Account(), START), lambda ask: answer)


def test_a_list_that_shows_nothing_of_what_it_counts_is_an_error():
    with pytest.raises(ApiError, match="has 12 notes and shows none"):
        run(JOBADDER.page("notes", START, {}, Account(), START), lambda ask: {"items": [], "totalCount": 12})


def test_a_list_of_deleted_things_that_may_not_be_read_is_said_to_be_so():
    with pytest.raises(EndedError) as ended:
        run(JOBADDER.page("deleted", START, {}, Account(), START), lambda ask: ApiResponse(403, None))
    assert ended.value.status == 403
    absent = run(JOBADDER.page("deleted", START, {}, Account(), START), lambda ask: ApiResponse(404, None))
    assert (list(absent.items), absent.more) == ([], True), "a list that JobAdder does not have"
