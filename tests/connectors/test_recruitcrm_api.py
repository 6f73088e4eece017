"""Recruit CRM's API: what is fetched, written and moved there."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application
from app.connectors.contract import Account, ApiError, ApiRequest, NotConnected, OutgoingNote, WriteRefused
from tests.connectors.documents import own
from tests.connectors.exchanges import in_turn, run
from tests.connectors.results import one, status
from tests.connectors.test_recruitcrm import ACCOUNT, CRM, JOB, MARK, NOW, PERSON, api


def fetch_all(stream, replies, since=NOW - timedelta(days=30)):
    cursor: Any = {}
    items: list[Any] = []
    asked: list[ApiRequest] = []
    for _ in range(50):
        page = run(CRM.page(stream, since, json.loads(json.dumps(cursor)), ACCOUNT, NOW), replies, asked)
        items += page.items
        cursor = page.cursor
        if not page.more:
            return items, asked
    raise AssertionError("the stream does not end")


def listed(*records, more=False):
    return {"data": list(records), "next_page_url": "https://api.recruitcrm.io/v1/x?page=2" if more else None}


@pytest.mark.parametrize("stream", ["companies", "contacts", "jobs", "candidates", "meetings", "notes", "calls"])
def test_a_stream_is_fetched_to_the_last_page_and_its_items_are_translated(stream):
    name = {
        "companies": "api_company",
        "contacts": "api_contact",
        "jobs": "api_job",
        "candidates": "api_candidate",
        "meetings": "meeting.created",
        "notes": "note.created",
        "calls": "calllog.created",
    }[stream]
    record = own("recruitcrm", name)
    pages = in_turn(listed(record, more=True), listed({**record, "updated_on": "2026-05-19T00:00:00.000000Z"}))
    items, asked = fetch_all(stream, pages)
    assert [ask.query["page"] for ask in asked] == ["1", "2"]
    assert asked[0].query.get("updated_from", "2026-04-20") == "2026-04-20"
    assert len({item.key for item in items}) == 2
    for item in items:
        assert run(CRM.translate(item, ACCOUNT), api()).records


def test_a_meeting_is_fetched_again_once_it_was_held():
    planned = own("recruitcrm", "meeting.updated")
    over = {**planned, "id": 1, "start_date": "2026-05-20T07:00:00.000000Z", "end_date": "2026-05-20T08:00:00.000000Z"}
    ahead = {**over, "id": 2, "end_date": "2026-05-20T10:00:00.000000Z"}
    items, asked = fetch_all("held", {"/v1/meetings/search": listed(over, ahead)}, since=NOW - timedelta(hours=1))
    assert dict(asked[0].query) == {"starting_from": "2026-05-20", "starting_to": "2026-05-20", "page": "1"}
    [item] = items
    assert item.key.endswith(":held")
    assert item.key.removesuffix(":held") in {
        each.key for each in fetch_all("meetings", {"/v1/meetings/search": listed(over)})[0]
    }
    assert one(run(CRM.translate(item, ACCOUNT), api()), Activity).id == "meeting:1"


def test_applications_are_fetched_job_by_job_with_their_candidates():
    closed = {**own("recruitcrm", "api_job"), "slug": "old", "job_status": {"id": 0, "label": "Closed"}}
    assigned = {
        "candidate": own("recruitcrm", "api_candidate"),
        "stage_date": "2026-05-04T03:00:00.000000Z",
        "status": {"status_id": 8, "label": "Client Interview"},
    }
    second = {**assigned, "candidate": {**own("recruitcrm", "api_candidate"), "slug": "two"}}
    items, asked = fetch_all(
        "applications",
        {
            "/v1/jobs": in_turn(listed(own("recruitcrm", "api_job"), closed, more=True), listed()),
            f"/v1/jobs/{JOB}/assigned-candidates": in_turn(listed(assigned, more=True), listed(second)),
        },
    )
    assert [ask.path for ask in asked] == ["/v1/jobs", *[f"/v1/jobs/{JOB}/assigned-candidates"] * 2, "/v1/jobs"]
    came = [run(CRM.translate(item, ACCOUNT)) for item in items]
    assert [one(each, Application).id for each in came] == [f"{PERSON}:{JOB}", f"two:{JOB}"]
    assert status(came[0]).at == datetime(2026, 5, 4, 3, 0, tzinfo=UTC)


def test_the_stage_of_a_candidate_is_as_new_as_the_sync_run_that_fetched_it():
    assigned = {
        "candidate": own("recruitcrm", "api_candidate"),
        "stage_date": "2026-05-04T03:00:00.000000Z",
        "status": {"status_id": 8, "label": "Client Interview"},
    }
    pages = {"/v1/jobs": listed(own("recruitcrm", "api_job")), f"/v1/jobs/{JOB}/assigned-candidates": listed(assigned)}
    [item], _ = fetch_all("applications", pages)
    came = run(CRM.translate(item, ACCOUNT))
    assert one(came, Application).version == NOW, "a rejection that was sent before it was undone"
    assert status(came).at == datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    later = run(CRM.page("applications", NOW, {"page": None, "jobs": [JOB]}, ACCOUNT, NOW + timedelta(hours=1)), pages)
    assert later.items[0].key != item.key, "the same stage again, after another one between the two sync runs"


@pytest.mark.parametrize("answer", [None, {}, {"message": "Unauthenticated."}, {"error": "quota", "data": {}}, "down"])
@pytest.mark.parametrize("stream", [stream.name for stream in CRM.streams])
def test_an_error_is_never_read_as_the_end_of_a_stream(stream, answer):
    with pytest.raises(ApiError, match="holds no list of records"):
        run(CRM.page(stream, NOW, {}, ACCOUNT, NOW), lambda ask: answer)


def test_a_list_of_candidates_that_is_an_error_is_no_empty_job():
    with pytest.raises(ApiError, match="assigned candidates holds no list of records: quota"):
        run(CRM.page("applications", NOW, {"jobs": [JOB]}, ACCOUNT, NOW), lambda ask: {"error": "quota"})


@pytest.mark.parametrize("stream", [stream.name for stream in CRM.streams])
def test_a_search_that_finds_nothing_answers_an_empty_array(stream):
    page = run(CRM.page(stream, NOW, {}, ACCOUNT, NOW), lambda ask: [])
    assert (list(page.items), page.more) == ([], False)


FINDING = OutgoingNote(
    mark=MARK,
    title="Follow up with Dan",
    text=f"The follow-up is overdue.\n[keepwarm {MARK}]",
    at=NOW,
    candidate_id=PERSON,
    application_id=f"{PERSON}:{JOB}",
)


def test_a_finding_is_written_as_a_note_on_the_candidate_and_the_job():
    asked: list[ApiRequest] = []
    account = replace(ACCOUNT, settings={"user_id": "10001"})
    assert run(CRM.write(FINDING, account), {"/v1/notes": {"id": 12}}, asked) == "note:12"
    [ask] = asked
    assert (ask.method, ask.path) == ("POST", "/v1/notes")
    assert ask.json == {
        "description": FINDING.text,
        "related_to": PERSON,
        "related_to_type": "candidate",
        "associated_jobs": JOB,
        "created_by": 10001,
    }


def test_a_finding_is_written_as_a_task_without_a_reminder_of_its_own():
    asked: list[ApiRequest] = []
    assert run(CRM.write(replace(FINDING, as_task=True), ACCOUNT), {"/v1/tasks": {"id": 13}}, asked) == "task:13"
    assert asked[0].json["title"] == "Follow up with Dan"
    assert (asked[0].json["reminder"], asked[0].json["start_date"]) == (-1, "2026-05-20T09:00:00.000000Z")


def test_a_second_attempt_looks_for_the_first_ones_mark_on_every_page():
    again = replace(FINDING, again=True)
    asked: list[ApiRequest] = []
    ours = {"id": 12, "description": FINDING.text}
    pages = in_turn(listed({"id": 1, "description": "hers"}, more=True), listed(ours))
    assert run(CRM.write(again, ACCOUNT), {"/v1/notes/search": pages}, asked) == "note:12"
    assert [ask.method for ask in asked] == ["GET", "GET"]
    asked.clear()
    replies = {"/v1/notes/search": listed(), "POST /v1/notes": {"id": 14}}
    assert run(CRM.write(again, ACCOUNT), replies, asked) == "note:14"
    assert [ask.method for ask in asked] == ["GET", "POST"]


def test_a_move_sets_the_stage_and_makes_no_placement():
    asked: list[ApiRequest] = []
    path = f"/v1/candidates/{PERSON}/hiring-stages/{JOB}"
    run(CRM.move(f"{PERSON}:{JOB}", "9", ACCOUNT), {path: {}}, asked)
    assert [(ask.method, ask.path, ask.json) for ask in asked] == [("POST", path, {"status_id": 9})]
    for half in (PERSON, f"{PERSON}:", f":{JOB}"):
        with pytest.raises(WriteRefused):
            run(CRM.move(half, "9", ACCOUNT), {path: {}})


def test_a_stage_is_found_by_its_label_in_the_master_pipeline():
    asked: list[ApiRequest] = []
    path = f"/v1/candidates/{PERSON}/hiring-stages/{JOB}"
    labels = ((8, "Rejected"), (9, "Offered"), (10, "Chat"), (11, "chat"))
    replies = {path: {}, "/v1/hiring-pipelines/0": [{"stage_id": id, "label": label} for id, label in labels]}
    run(CRM.move(f"{PERSON}:{JOB}", " offered", ACCOUNT), replies, asked)
    assert asked[-1].json == {"status_id": 9}
    for unclear in ("Chat", "Elsewhere"):
        with pytest.raises(WriteRefused, match="no one stage"):
            run(CRM.move(f"{PERSON}:{JOB}", unclear, ACCOUNT), replies)
    with pytest.raises(WriteRefused, match="no one stage"):
        run(CRM.move(f"{PERSON}:{JOB}", "Offered", ACCOUNT), {path: {}})


def test_without_a_token_nobody_is_asked():
    with pytest.raises(NotConnected):
        CRM.headers(Account())
    assert CRM.headers(ACCOUNT)["Authorization"] == "Bearer live"
    assert CRM.address(Account(settings={"base_url": "http://127.0.0.1:1/"})) == "http://127.0.0.1:1"
