"""Ashby's API: lists page by page, notes candidate by candidate, notes of ours, moves."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application, Candidate, ClientContact, Job
from app.connectors.contract import (
    Account,
    ApiError,
    ApiRequest,
    ApiResponse,
    NotConnected,
    OutgoingNote,
    WriteRefused,
)
from tests.connectors.documents import own
from tests.connectors.exchanges import in_turn, run
from tests.connectors.results import one, status
from tests.connectors.test_ashby import ACCOUNT, APPLICATION, CANDIDATE, CRM, NOW, api

MARK = "0197f0aa-1111-7000-8000-000000000001"
SINCE = NOW - timedelta(days=30)
FINDING = OutgoingNote(
    mark=MARK,
    title="Decision overdue",
    text=f"The decision is overdue.\n[keepwarm {MARK}]",
    at=NOW,
    candidate_id=CANDIDATE,
    application_id=APPLICATION,
)


def fetch_all(stream, replies):
    cursor: Any = {}
    items: list[Any] = []
    asked: list[ApiRequest] = []
    for _ in range(20):
        page = run(CRM.page(stream, SINCE, json.loads(json.dumps(cursor)), ACCOUNT, NOW), replies, asked)
        items += page.items
        cursor = page.cursor
        if not page.more:
            return items, asked
    raise AssertionError("the stream does not end")


def listed(*records, cursor=None):
    return {"success": True, "results": list(records), "moreDataAvailable": bool(cursor), "nextCursor": cursor}


@pytest.mark.parametrize("stream", ["jobs", "applications", "interviews"])
def test_a_stream_is_fetched_to_the_last_page_without_what_is_over(stream):
    record, method = {
        "jobs": (own("ashby", "jobUpdate")["data"]["job"], "/job.list"),
        "applications": (own("ashby", "api_application")["results"], "/application.list"),
        "interviews": (own("ashby", "interviewScheduleUpdate")["data"]["interviewSchedule"], "/interviewSchedule.list"),
    }[stream]
    over = {**record, "id": "old", "updatedAt": "2025-01-01T00:00:00Z", "status": "Archived", "interviewEvents": []}
    lasting = {**record, "id": "lasting", "updatedAt": "2025-01-01T00:00:00Z"}
    pages = in_turn(listed(record, over, cursor="n"), listed(lasting))
    items, asked = fetch_all(stream, {method: pages})
    more = {"expand": ["openings"]} if stream == "jobs" else {}
    assert [ask.json for ask in asked] == [{"limit": 100, **more}, {"limit": 100, "cursor": "n", **more}]
    keys = [item.key.split(":")[1] for item in items]
    assert keys == [record["id"], *(["old"] if stream == "jobs" else []), "lasting"]
    for item in items:
        assert run(CRM.translate(item, ACCOUNT), api()).records


def test_a_backfill_finds_a_job_that_was_filled():
    job = {**own("ashby", "jobUpdate")["data"]["job"], "openings": [{"openingState": "Filled"}]}
    items, _ = fetch_all("jobs", {"/job.list": listed(job)})
    assert one(run(CRM.translate(items[0], ACCOUNT)), Job).status == "filled"


def test_a_backfill_says_that_an_application_goes_on_after_an_end_that_was_undone():
    alive = {**own("ashby", "api_application")["results"], "updatedAt": "2026-05-19T08:00:00.000Z"}
    items, _ = fetch_all("applications", {"/application.list": listed(alive)})
    came = run(CRM.translate(items[0], ACCOUNT), api(updatedAt="2026-05-19T08:00:00.000Z"))
    # In its stage since long before, and newer than any end in between.
    assert status(came).at == datetime(2026, 5, 4, 16, tzinfo=UTC)
    assert one(came, Application).version == datetime(2026, 5, 19, 8, tzinfo=UTC)


def test_notes_are_looked_for_once_an_hour_candidate_by_candidate():
    assert {each.name: each.every for each in CRM.streams if each.every} == {"notes": timedelta(hours=1)}
    application = own("ashby", "api_application")["results"]
    many = [{**application, "candidate": {"id": f"c{n}", "name": "N"}, "id": f"a{n}"} for n in range(25)]
    old = {**own("ashby", "api_note"), "id": "old", "createdAt": "2026-01-01T00:00:00.000Z"}
    items, asked = fetch_all(
        "notes",
        {
            "/application.list": in_turn(listed(*many, cursor="n"), listed(application)),
            "/candidate.listNotes": lambda ask: (
                in_turn(listed(old, cursor="p"))(ask)
                if ask.json["candidateId"] == CANDIDATE and "cursor" not in ask.json
                else listed(own("ashby", "api_note") if ask.json["candidateId"] == CANDIDATE else old)
            ),
        },
    )
    assert [ask.json for ask in asked if ask.path == "/application.list"] == [
        {"limit": 100, "status": "Active"},
        {"limit": 100, "cursor": "n", "status": "Active"},
    ]
    assert len([ask for ask in asked if ask.path == "/candidate.listNotes"]) == 27
    [item] = items
    came = run(CRM.translate(item, ACCOUNT))
    assert [type(each) for each in came.records] == [ClientContact, Candidate, Job, Application, Activity]
    activity = one(came, Activity)
    assert (activity.type, activity.candidate_id, activity.text) == (
        "note: Note",
        CANDIDATE,
        "Panel was split; decision on Friday",
    )
    assert activity.occurred_at == datetime(2026, 5, 8, 8, tzinfo=UTC)
    assert one(came, Application).status is None


def test_a_refused_page_ends_the_attempt_and_is_no_empty_page():
    with pytest.raises(ApiError):
        fetch_all("applications", {"/application.list": {"success": False, "errors": ["invalid_cursor"]}})


@pytest.mark.parametrize("stream", ["jobs", "applications", "interviews", "notes"])
@pytest.mark.parametrize("answer", [ApiResponse(404, None), {"success": True}, {"success": True, "results": None}, []])
def test_an_answer_without_a_list_is_not_the_end_of_one(stream, answer):
    with pytest.raises(ApiError, match="without a list"):
        fetch_all(stream, lambda ask: answer)


def test_the_key_is_the_user_of_basic():
    headers = CRM.headers(ACCOUNT)
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"key:"
    assert headers["Accept"] == "application/json; version=1"
    with pytest.raises(NotConnected):
        CRM.headers(Account())


def test_a_finding_is_written_as_a_private_note_that_notifies_nobody():
    asked: list[ApiRequest] = []
    made = {"/candidate.createNote": {"success": True, "results": {"id": "n1"}}}
    assert run(CRM.write(FINDING, ACCOUNT), made, asked) == "n1"
    assert asked[0].json == {
        "candidateId": CANDIDATE,
        "note": FINDING.text,
        "sendNotifications": False,
        "isPrivate": True,
    }
    asked.clear()
    run(CRM.write(FINDING, replace(ACCOUNT, settings={"note_visibility": "public"})), made, asked)
    assert (asked[0].json["sendNotifications"], asked[0].json["isPrivate"]) == (False, False)
    with pytest.raises(WriteRefused):
        run(CRM.write(FINDING, ACCOUNT))


def test_what_ashby_refuses_to_write_is_reported_in_its_own_words():
    refused = {"success": False, "errors": ["private_notes_not_allowed"]}
    with pytest.raises(WriteRefused, match="private_notes_not_allowed"):
        run(CRM.write(FINDING, ACCOUNT), {"/candidate.createNote": refused})


def test_a_second_attempt_looks_for_the_first_ones_mark():
    again = replace(FINDING, again=True)
    asked: list[ApiRequest] = []
    ours = {**own("ashby", "api_note"), "id": "n1", "content": FINDING.text}
    pages = in_turn(listed(own("ashby", "api_note"), cursor="p"), listed(ours))
    assert run(CRM.write(again, ACCOUNT), {"/candidate.listNotes": pages}, asked) == "n1"
    assert [ask.json.get("cursor") for ask in asked] == [None, "p"]
    asked.clear()
    replies = {"/candidate.listNotes": listed(), "/candidate.createNote": {"success": True, "results": {"id": "n2"}}}
    assert run(CRM.write(again, ACCOUNT), replies, asked) == "n2"
    assert [ask.path for ask in asked] == ["/candidate.listNotes", "/candidate.createNote"]


PLAN = {
    "/application.info": {"success": True, "results": {"currentInterviewStage": {"id": "s1", "interviewPlanId": "p1"}}},
    "/interviewStage.list": {
        "success": True,
        "results": [{"id": "s1", "title": "Review"}, {"id": "s2", "title": "Offer"}, {"id": "s3", "title": "Review"}],
    },
}


@pytest.mark.parametrize("stage", ["s2", "Offer", " offer"])
def test_a_move_changes_the_stage_that_the_plan_calls_so_and_sends_nothing(stage: str):
    asked: list[ApiRequest] = []
    replies = {**PLAN, "/application.changeStage": {"success": True, "results": {}}}
    run(CRM.move(APPLICATION, stage, ACCOUNT), replies, asked)
    assert [ask.json for ask in asked] == [
        {"applicationId": APPLICATION},
        {"interviewPlanId": "p1"},
        {"applicationId": APPLICATION, "interviewStageId": "s2"},
    ]
    with pytest.raises(WriteRefused):
        run(CRM.move(APPLICATION, stage, ACCOUNT), PLAN)


def test_an_application_that_stands_there_already_is_left_alone():
    asked: list[ApiRequest] = []
    run(CRM.move(APPLICATION, "s1", ACCOUNT), PLAN, asked)
    assert [ask.path for ask in asked] == ["/application.info", "/interviewStage.list"]


@pytest.mark.parametrize("stage", ["Review", "Elsewhere", "s9"])
def test_a_stage_that_is_not_exactly_one_of_the_plan_moves_nothing(stage: str):
    with pytest.raises(WriteRefused, match="no one stage"):
        run(CRM.move(APPLICATION, stage, ACCOUNT), {**PLAN, "/application.changeStage": {"success": True}})
    with pytest.raises(WriteRefused, match="no one stage"):
        run(CRM.move(APPLICATION, stage, ACCOUNT))
