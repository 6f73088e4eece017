"""Harvest v3: signing in, fetching with a cursor that stands alone, notes, moves."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import UNDATED, Activity, Application, Candidate, Interview, Job
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
from tests.connectors.exchanges import EndedError, in_turn, run
from tests.connectors.results import one, status
from tests.connectors.test_greenhouse import ACCOUNT, CRM, NOW, api

MARK = "0197f0aa-1111-7000-8000-000000000001"
FINDING = OutgoingNote(
    mark=MARK,
    title="Decision overdue",
    text=f"The decision is overdue.\n[keepwarm {MARK}]",
    at=NOW,
    candidate_id="53883394",
    application_id="69306314",
)


def fetch_all(stream, replies):
    cursor: Any = {}
    items: list[Any] = []
    asked: list[ApiRequest] = []
    for _ in range(20):
        page = run(
            CRM.page(stream, NOW - timedelta(days=30), json.loads(json.dumps(cursor)), ACCOUNT, NOW), replies, asked
        )
        items += page.items
        cursor = page.cursor
        if not page.more:
            return items, asked
    raise AssertionError("the stream does not end")


def linked(*records, cursor=None):
    link = f'<https://harvest.greenhouse.io/v3/x?cursor={cursor}>; rel="next"' if cursor else ""
    return ApiResponse(200, list(records), {"link": link})


def test_signing_in_is_basic_with_client_credentials_and_acts_as_the_user():
    asked: list[ApiRequest] = []
    session = run(CRM.sign_in(ACCOUNT, NOW), {"https://auth.greenhouse.io/token": {"access_token": "t"}}, asked)
    [ask] = asked
    assert session == {"access_token": "t"}
    assert (ask.method, ask.anonymous, ask.form) == ("POST", True, {"grant_type": "client_credentials", "sub": "92121"})
    assert base64.b64decode(ask.headers["Authorization"].removeprefix("Basic ")) == b"id:secret"
    assert CRM.headers(replace(ACCOUNT, session=session))["Authorization"] == "Bearer t"
    with pytest.raises(NotConnected):
        CRM.headers(Account())
    with pytest.raises(NotConnected):
        run(CRM.sign_in(Account(), NOW))


@pytest.mark.parametrize("stream", ["jobs", "interviews", "notes"])
def test_a_stream_is_asked_since_when_first_and_then_by_the_cursor_alone(stream):
    record = own("greenhouse", f"api_{stream.removesuffix('s')}")
    later = {**record, "id": record["id"] + 1, "updated_at": "2026-05-19T00:00:00Z"}
    pages = in_turn(linked(record, cursor="b%3D"), linked(later))
    items, asked = fetch_all(stream, api(**{stream: pages}) if stream != "jobs" else {"/jobs": pages})
    own_asks = [ask for ask in asked if ask.path == f"/{stream}" and "ids" not in ask.query]
    assert [dict(ask.query) for ask in own_asks] == [
        {"updated_at": "gte|2026-04-20T09:00:00Z", "per_page": "50"},
        {"cursor": "b="},
    ]
    assert len({item.key for item in items}) == 2
    for item in items:
        assert run(CRM.translate(item, ACCOUNT)).records


@pytest.mark.parametrize("stream", ["jobs", "applications", "interviews", "notes"])
def test_an_answer_that_is_no_list_is_not_the_end_of_one(stream):
    with pytest.raises(ApiError):
        fetch_all(stream, {f"/{stream}": {"message": "Your request is being processed."}})


@pytest.mark.parametrize("missing", ["/applications", "/candidates", "/jobs"])
def test_a_record_of_an_interview_that_cannot_be_asked_for_holds_it_up(missing):
    with pytest.raises(EndedError):
        fetch_all("interviews", {path: reply for path, reply in api().items() if path != missing})


def test_interviews_and_notes_are_polled_as_no_webhook_tells_them():
    assert {each.name: each.every for each in CRM.streams if each.every} == {
        "interviews": timedelta(minutes=5),
        "notes": timedelta(minutes=5),
    }


def test_a_polled_interview_brings_its_application_in_four_requests():
    items, asked = fetch_all("interviews", api())
    assert [ask.path for ask in asked] == ["/interviews", "/applications", "/candidates", "/jobs"]
    came = run(CRM.translate(items[0], ACCOUNT))
    assert [type(each) for each in came.records] == [Candidate, Job, Application, Interview]
    assert one(came, Application).status is None
    assert one(came, Application).version == UNDATED


def test_an_interview_without_a_time_of_day_is_not_made():
    whole_day = {**own("greenhouse", "api_interview"), "starts_at": None, "ends_at": None}
    items, _ = fetch_all("interviews", api(interviews=[whole_day]))
    assert run(CRM.translate(items[0], ACCOUNT)).ignored == "The interview has no time of day (yet)."


def test_an_interview_whose_application_is_gone_waits_for_nothing():
    items, _ = fetch_all("interviews", api(applications=[]))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (came.records, came.ignored) == ((), "The interview's application is not, or no longer, on a job.")


def test_a_note_keeps_its_type_and_an_email_its_direction():
    items, _ = fetch_all("notes", api(notes=[own("greenhouse", "api_note"), own("greenhouse", "api_email")]))
    note, email = (one(run(CRM.translate(item, ACCOUNT)), Activity) for item in items)
    assert (note.type, note.application_id, note.direction) == ("note: NOTE", "69306314", None)
    assert (email.type, email.direction, email.party) == ("email: EMAIL", "in", "candidate")
    assert CRM.known_activities[email.type] == {"channel": "email"}


def test_what_greenhouse_notes_by_itself_is_ignored_and_what_we_wrote_is_known():
    feed = {**own("greenhouse", "api_note"), "type": "ACTIVITY"}
    ours = {**own("greenhouse", "api_note"), "id": 9, "body": FINDING.text}
    items, _ = fetch_all("notes", api(notes=[feed, ours]))
    assert "by itself" in (run(CRM.translate(items[0], ACCOUNT)).ignored or "")
    assert one(run(CRM.translate(items[1], ACCOUNT)), Activity).mark == MARK


def test_applications_are_fetched_with_the_day_they_came_into_their_stage():
    stages = [{"id": 1, "application_id": 69306314, "current": True, "entered_at": "2026-05-04T16:38:36Z"}]
    items, asked = fetch_all("applications", api(application_stages=stages))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, status(came).label) == ("3041", "Onsite")
    assert status(came).at == datetime(2026, 5, 4, 16, 38, 36, tzinfo=UTC)
    assert [ask.path for ask in asked].count("/rejection_reasons") == 0


def test_a_rejected_application_is_fetched_with_who_turned_whom_down():
    rejected = {**own("greenhouse", "api_application"), "status": "rejected", "rejection_reason_id": 14}
    rejected["rejected_at"] = "2026-05-11T09:00:00Z"
    reasons = [{"id": 14, "name": "Took another offer", "type": {"id": 2, "key": "THEY_REJECTED_US", "name": "x"}}]
    items, _ = fetch_all("applications", api(applications=[rejected], rejection_reasons=reasons))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, status(came).reason) == ("@withdrawn", "Took another offer")
    items, _ = fetch_all("applications", api(applications=[rejected], rejection_reasons=ApiResponse(403, None)))
    assert status(run(CRM.translate(items[0], ACCOUNT))).value == "@rejected"


def test_the_reason_of_a_rejection_is_found_in_its_details():
    """Harvest v3 as its clients read it: an application names no reason, its rejection details do."""
    rejected = {**own("greenhouse", "api_application"), "status": "rejected", "rejected_at": "2026-05-11T09:00:00Z"}
    del rejected["rejection_reason_id"]
    details = [{"id": 3, "application_id": 69306314, "rejection_reason_id": 14}]
    reasons = [{"id": 14, "name": "Took another offer", "type": {"id": 2, "key": "THEY_REJECTED_US", "name": "x"}}]
    items, asked = fetch_all(
        "applications", api(applications=[rejected], rejection_details=details, rejection_reasons=reasons)
    )
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, status(came).reason) == ("@withdrawn", "Took another offer")
    [ask] = [ask for ask in asked if ask.path == "/rejection_details"]
    assert ask.query["application_ids"] == "69306314"


@pytest.mark.parametrize("word", ["in_process", "active", "In process", "converted"])
def test_a_backfill_says_that_an_application_goes_on_after_an_end_that_was_undone(word):
    alive = {**own("greenhouse", "api_application"), "status": word}
    stages = [{"id": 1, "application_id": 69306314, "current": True, "entered_at": "2026-05-04T16:38:36Z"}]
    items, _ = fetch_all("applications", api(applications=[alive], application_stages=stages))
    came = run(CRM.translate(items[0], ACCOUNT))
    # In its stage since long before the end, and newer than it.
    assert (status(came).value, status(came).at) == ("3041", datetime(2026, 5, 4, 16, 38, 36, tzinfo=UTC))
    assert one(came, Application).version == datetime(2026, 5, 13, 9, 30, tzinfo=UTC)
    assert came.unknown == ()


def test_a_status_that_nobody_knows_is_listed_and_the_application_goes_on():
    odd = {**own("greenhouse", "api_application"), "status": "parked"}
    items, _ = fetch_all("applications", api(applications=[odd]))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, came.unknown) == ("3041", ("application status: parked",))


def test_a_backfill_finds_an_offer_that_was_accepted():
    offers = [{"id": 7, "application_id": 69306314, "status": "Accepted", "resolved_at": "2026-05-12T08:00:00Z"}]
    stages = [{"id": 1, "application_id": 69306314, "current": True, "entered_at": "2026-05-04T16:38:36Z"}]
    items, _ = fetch_all("applications", api(offers=offers, application_stages=stages))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, status(came).at) == ("@offer_accepted", datetime(2026, 5, 12, 8, tzinfo=UTC))


def test_the_stage_of_an_application_is_named_by_its_place_in_the_plan():
    bare = {name: value for name, value in own("greenhouse", "api_application").items() if name[:4] != "job_"}
    bare["job_id"] = 371417
    row = {"id": 880011, "application_id": 69306314, "job_interview_stage_id": 3041, "entered_at": None}
    items, _ = fetch_all("applications", api(applications=[bare], application_stages=[row]))
    came = run(CRM.translate(items[0], ACCOUNT))
    assert (status(came).value, status(came).label) == ("3041", "Onsite")


def test_closed_jobs_are_fetched_with_their_openings():
    closed = {**own("greenhouse", "api_job"), "status": "closed", "closed_at": "2026-05-01T00:00:00Z"}
    openings = [{"id": 1, "job_id": closed["id"], "application_id": 69306314, "open": False}]
    items, asked = fetch_all("jobs", {"/jobs": [closed, {**closed, "id": 2, "status": "open"}], "/openings": openings})
    filled, other = (one(run(CRM.translate(item, ACCOUNT)), Job) for item in items)
    assert (filled.status, filled.status_at) == ("filled", datetime(2026, 5, 1, tzinfo=UTC))
    assert other.status == "open"
    [ask] = [ask for ask in asked if ask.path == "/openings"]
    assert ask.query["job_ids"] == str(closed["id"])


def test_an_application_does_not_say_of_its_closed_job_that_it_was_not_filled():
    closed = {**own("greenhouse", "api_job"), "status": "closed", "closed_at": "2026-05-01T00:00:00Z"}
    items, _ = fetch_all("applications", api(jobs=[closed]))
    job = one(run(CRM.translate(items[0], ACCOUNT)), Job)
    assert (job.status, job.status_at) == (None, None)


@pytest.mark.parametrize(
    ("sender", "to", "cc", "direction"),
    [
        ("Ashlee <ashlee@corp.example>", "Lee <LEE@corp.example>", None, "out"),
        ("Lee <lee@corp.example>", "ashlee@corp.example", None, "in"),
        ("'lee@corp.example'", "ashlee@corp.example", None, "in"),
        ("ashlee@corp.example", "boss@corp.example; lee@corp.example", None, "out"),
        ("ashlee@corp.example", "boss@corp.example", "Wong, Lee <lee@corp.example>", "out"),
        ("ashlee@corp.example", "boss@corp.example", None, "others"),
        ("lee@corp.example.net", "boss@corp.example", None, "others"),
        (None, None, None, None),
    ],
)
def test_who_wrote_an_email_is_found_by_whole_addresses(sender, to, cc, direction):
    person = {**own("greenhouse", "api_candidate"), "email_addresses": [{"value": "Lee@Corp.example", "type": "work"}]}
    record = {**own("greenhouse", "api_email"), "email_from": sender, "email_to": to, "email_cc": cc}
    items, _ = fetch_all("notes", api(notes=[record], candidates=[person]))
    came = run(CRM.translate(items[0], ACCOUNT))
    if direction == "others":
        assert (came.records, came.ignored) == (
            (),
            "No address of the candidate that Greenhouse knows is in this email.",
        )
    else:
        assert (one(came, Activity).direction, one(came, Activity).type) == (direction, "email: EMAIL")


def test_an_email_about_a_candidate_without_an_address_is_left_to_the_activity_map():
    person = {**own("greenhouse", "api_candidate"), "email_addresses": []}
    items, _ = fetch_all("notes", api(notes=[own("greenhouse", "api_email")], candidates=[person]))
    assert one(run(CRM.translate(items[0], ACCOUNT)), Activity).direction is None


@pytest.mark.parametrize("kind", ["FOLLOW_UP", "TOUCHPOINT", "LINKEDIN_INMAIL", "SOMETHING_NEW"])
def test_every_other_type_of_note_keeps_its_name(kind):
    items, _ = fetch_all("notes", api(notes=[{**own("greenhouse", "api_note"), "type": kind}]))
    assert one(run(CRM.translate(items[0], ACCOUNT)), Activity).type == f"note: {kind}"


def test_a_finding_is_written_as_a_private_note_in_the_users_name():
    asked: list[ApiRequest] = []
    assert run(CRM.write(FINDING, ACCOUNT), {"/notes": {"id": 5}}, asked) == "5"
    [ask] = asked
    assert (ask.method, ask.path) == ("POST", "/notes")
    assert ask.json == {
        "candidate_id": 53883394,
        "user_id": 92121,
        "body": FINDING.text,
        "visibility": "private",
        "note_type": "NOTE",
    }
    asked.clear()
    public = replace(ACCOUNT, settings={"user_id": "92121", "note_visibility": "public"})
    run(CRM.write(FINDING, public), {"/notes": {"id": 5}}, asked)
    assert asked[0].json["visibility"] == "private"
    with pytest.raises(WriteRefused):
        run(CRM.write(FINDING, replace(ACCOUNT, settings={})))


def test_a_second_attempt_looks_for_the_first_ones_mark():
    again = replace(FINDING, again=True)
    asked: list[ApiRequest] = []
    pages = in_turn(linked({"id": 1, "body": "hers"}, cursor="n"), linked({"id": 6, "body": FINDING.text}))
    assert run(CRM.write(again, ACCOUNT), {"GET /notes": pages}, asked) == "6"
    assert [dict(ask.query) for ask in asked] == [{"candidate_ids": "53883394", "per_page": "500"}, {"cursor": "n"}]
    asked.clear()
    assert run(CRM.write(again, ACCOUNT), {"GET /notes": [], "POST /notes": {"id": 7}}, asked) == "7"
    assert [ask.method for ask in asked] == ["GET", "POST"]


def test_a_move_says_where_the_application_stands_now():
    asked: list[ApiRequest] = []
    replies = {**api(), "POST /applications/69306314/move": {}}
    run(CRM.move("69306314", "3042", ACCOUNT), replies, asked)
    assert asked[-1].json == {"from_stage_id": 3041, "to_stage_id": 3042}
    asked.clear()
    run(CRM.move("69306314", "3041", ACCOUNT), replies, asked)
    assert [ask.method for ask in asked] == ["GET"]
    with pytest.raises(WriteRefused):
        run(CRM.move("69306314", "3042", ACCOUNT), {"/applications": []})


def test_a_stage_is_found_by_its_name_in_the_plan_of_the_job_itself():
    asked: list[ApiRequest] = []
    plan = [{"id": 3042, "name": "Offer"}, {"id": 3043, "name": "Chat"}, {"id": 3044, "name": "chat "}]
    replies = {**api(), "/job_interview_stages": plan, "POST /applications/69306314/move": {}}
    run(CRM.move("69306314", " offer", ACCOUNT), replies, asked)
    assert [dict(ask.query) for ask in asked if ask.path == "/job_interview_stages"] == [
        {"job_ids": str(own("greenhouse", "api_application")["job_id"]), "active": "true", "per_page": "500"}
    ]
    assert asked[-1].json == {"from_stage_id": 3041, "to_stage_id": 3042}
    for unclear in ("Chat", "Elsewhere"):
        with pytest.raises(WriteRefused, match="no one stage"):
            run(CRM.move("69306314", unclear, ACCOUNT), replies)
    with pytest.raises(WriteRefused, match="no one stage"):
        run(CRM.move("69306314", "Offer", ACCOUNT), {**replies, "/job_interview_stages": ApiResponse(403, None)})
