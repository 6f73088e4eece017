"""Workable's API: what has to be fetched and polled, comments of ours, moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Application, Interview, Job
from app.connectors.contract import Account, ApiRequest, DatedEvent, NotConnected, OutgoingNote, WriteRefused
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.results import one, status
from tests.connectors.workable import ACCOUNT, NOW, WORKABLE, hook, translate

MARK = "0197f0aa-1111-7000-8000-000000000001"
BASE = "https://brightside.workable.com/spi/v3"


# --- Walking ---


def page(stream, cursor, replies, asked=None):
    return run(WORKABLE.page(stream, NOW, cursor, ACCOUNT, NOW), replies, asked)


def test_candidates_are_fetched_by_the_link_to_the_next_page():
    candidate, link = own("workable", "api_candidate")["candidate"], f"{BASE}/candidates?since_id=1"
    replies = {
        "candidates": {"candidates": [candidate], "paging": {"next": link}},
        link: {"candidates": [{**candidate, "id": "other"}], "paging": {}},
    }
    asked: list[ApiRequest] = []
    first = page("candidates", {}, replies, asked)
    assert (first.more, first.cursor) == (True, {"next": link})
    assert asked[0].query["updated_after"] == NOW.isoformat()
    last = page("candidates", first.cursor, replies)
    assert (last.more, last.cursor) == (False, {})
    [item] = first.items
    assert item.occurred_at == datetime(2026, 11, 10, 11, 20, tzinfo=UTC)
    assert one(translate(item), Application).job_id == "GROOV005"


@pytest.mark.parametrize("link", ["https://evil.example/spi/v3/candidates", f"{BASE}/../x", 5, None])
def test_a_link_elsewhere_is_never_followed(link):
    candidate = own("workable", "api_candidate")["candidate"]
    assert not page("candidates", {}, {"candidates": {"candidates": [candidate], "paging": {"next": link}}}).more


def test_interviews_and_calls_are_polled_and_bring_their_application_along():
    asked: list[ApiRequest] = []
    items = page("events", {}, {"events": own("workable", "api_events")}, asked).items
    assert asked[0].query["start_date"] == (NOW - timedelta(days=14)).date().isoformat()
    interview, call, meeting = [translate(DatedEvent(item.key, item.type, item.document, NOW)) for item in items]
    assert one(interview, Interview).kind == "other"
    assert one(interview, Interview).application_id == one(interview, Application).id == "12ce9b3a"
    assert (one(call, Interview).kind, one(call, Interview).status) == ("phone", "cancelled")
    assert (one(meeting, Interview).kind, one(meeting, Interview).status) == ("other", "scheduled")


def arranged(**changed):
    """Translate a polled event."""
    return translate(DatedEvent("k", "fetched.event", {**own("workable", "api_events")["events"][0], **changed}, NOW))


@pytest.mark.parametrize(
    ("type", "kind", "unknown"),
    [
        ("InterviewEvent", "other", []),
        ("CallEvent", "phone", []),
        ("call", "phone", []),
        ("MeetingEvent", "other", []),
        ("SiteVisitEvent", "other", ["event type: SiteVisitEvent"]),
        (None, "other", []),
    ],
)
def test_whatever_is_arranged_with_a_candidate_is_an_interview(type, kind, unknown):
    came = arranged(type=type)
    assert (one(came, Interview).kind, list(came.unknown)) == (kind, unknown)


def test_a_meeting_of_the_team_is_none():
    came = arranged(type="meeting", candidate=None)
    assert (came.ignored, list(came.records)) == ("the event names no candidate: it is a meeting of the team", [])


def test_an_interview_without_its_job_still_names_the_application():
    came = arranged(job=None)
    assert one(came, Interview).application_id == "12ce9b3a"
    assert not [record for record in came.records if isinstance(record, Application)]


def test_the_outcome_of_an_event_that_is_over_is_not_reported_again():
    over = {"starts_at": "2026-11-09T10:00:00Z", "ends_at": "2026-11-09T11:00:00Z"}
    assert one(arranged(**over), Interview).status is None
    assert one(arranged(**over, cancelled=True), Interview).status == "cancelled"


def test_an_event_that_was_moved_and_moved_back_is_kept_again_on_another_day():
    def keys(now):
        events = {"events": own("workable", "api_events")}
        return [item.key for item in run(WORKABLE.page("events", NOW, {}, ACCOUNT, now), events).items]

    assert keys(NOW) == keys(NOW + timedelta(hours=1)) != keys(NOW + timedelta(days=1))


def test_a_fetched_record_is_stored_once_for_what_it_says():
    events = own("workable", "api_events")
    same = [item.key for item in page("events", {}, {"events": own("workable", "api_events")}).items]
    events["events"][0]["cancelled"] = True
    other = [item.key for item in page("events", {}, {"events": events}).items]
    assert (same[0] != other[0], same[1:]) == (True, other[1:])


def test_a_backfill_that_shows_a_living_candidate_is_as_new_as_its_fetching():
    ended = one(translate(hook("candidate_moved_disqualified")), Application)
    candidates = {"candidates": [own("workable", "api_candidate")["candidate"]]}
    [item] = page("candidates", {}, {"candidates": candidates}).items
    came = translate(item)
    assert one(came, Application).version == NOW > ended.version
    assert (status(came).value, status(came).at) == ("Phone Screen", datetime(2026, 11, 10, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("published", "open"),
        ("draft", "open"),
        ("internal", "open"),
        ("Confidential", "open"),
        ("closed", "closed"),
        ("archived", "closed"),
    ],
)
def test_fetched_jobs_are_open_or_closed_by_their_state(state, expected):
    jobs = own("workable", "api_jobs")
    jobs["jobs"][0]["state"] = state
    [item] = page("jobs", {}, {"jobs": jobs}).items
    came = translate(DatedEvent(item.key, item.type, item.document, NOW))
    assert (one(came, Job).status, one(came, Job).version, list(came.unknown)) == (expected, NOW, [])


def test_a_state_of_a_job_that_nobody_documented_is_named_as_unknown():
    came = translate(DatedEvent("k", "fetched.job", {**own("workable", "api_jobs")["jobs"][0], "state": "on ice"}, NOW))
    assert (one(came, Job).status, list(came.unknown)) == (None, ["job status: on ice"])


def test_jobs_that_changed_are_polled_since_no_webhook_tells_that_one_was_closed():
    asked: list[ApiRequest] = []
    [item] = page("job_changes", {}, {"jobs": own("workable", "api_jobs")}, asked).items
    assert (asked[0].path, asked[0].query["updated_after"], item.type) == ("jobs", NOW.isoformat(), "fetched.job")
    assert [stream.name for stream in WORKABLE.streams if stream.every] == ["job_changes", "events", "activities"]


def test_comments_are_polled_through_their_candidates():
    replies = {
        "candidates": {"candidates": [own("workable", "api_candidate")["candidate"]], "paging": {}},
        "candidates/12ce9b3a/activities": own("workable", "api_activities"),
    }
    [item] = page("activities", {}, replies).items
    activity = one(translate(DatedEvent(item.key, item.type, item.document, NOW)), Activity)
    assert (activity.type, activity.candidate_id, activity.text) == (
        "note: Comment",
        "12ce9b3a",
        "Called her, she is keen.",
    )
    assert (activity.direction, activity.application_id) == (None, "12ce9b3a")
    item.document["body"] = f"Going quiet.\n[keepwarm {MARK}]"
    assert one(translate(DatedEvent("k", item.type, item.document, NOW)), Activity).mark == MARK


def test_messages_are_emails_of_the_member_who_wrote_them():
    said = {"id": "ac3", "action": "message", "created_at": "2026-11-10T12:05:00Z", "body": "<p>Any news, Sofia?</p>"}
    member = {"id": "13e0eb0e", "name": "Nuno Reis"}
    replies = {
        "candidates": {"candidates": [own("workable", "api_candidate")["candidate"]], "paging": {}},
        "candidates/12ce9b3a/activities": {"activities": [{**said, "member": member}, {**said, "id": "ac4"}]},
    }
    sent, other = [
        one(translate(DatedEvent(item.key, item.type, item.document, NOW)), Activity)
        for item in page("activities", {}, replies).items
    ]
    assert (sent.type, sent.direction, sent.text) == ("email: Message", "out", "Any news, Sofia?")
    assert WORKABLE.known_activities["email"] == {"channel": "email"}
    # Without a member it can be the candidate's answer or an automatic one.
    assert (other.type, other.direction) == ("email: Message", None)


def test_activities_are_read_beyond_the_first_page_and_never_from_elsewhere():
    comment = own("workable", "api_activities")["activities"][0]
    path, link = "candidates/12ce9b3a/activities", f"{BASE}/candidates/12ce9b3a/activities?since_id=1"
    foreign = "https://evil.example/spi/v3/candidates/12ce9b3a/activities"
    replies = {
        "candidates": {"candidates": [own("workable", "api_candidate")["candidate"]], "paging": {}},
        path: {"activities": [comment], "paging": {"next": link}},
        link: {"activities": [{**comment, "id": "ac9"}], "paging": {"next": foreign}},
    }
    asked: list[ApiRequest] = []
    assert [item.document["id"] for item in page("activities", {}, replies, asked).items] == ["ac1", "ac9"]
    assert [ask.path for ask in asked] == ["candidates", path, link]


# --- Writing ---


def finding(**more):
    text = f"Going quiet.\n[keepwarm {MARK}]"
    return OutgoingNote(mark=MARK, title="Going quiet", text=text, at=NOW, candidate_id="12ce9b3a", **more)


def test_a_finding_is_a_comment_in_a_members_name():
    asked: list[ApiRequest] = []
    replies = {"POST candidates/12ce9b3a/comments": {"id": "c1"}}
    assert run(WORKABLE.write(finding(), ACCOUNT), replies, asked) == "c1"
    assert asked[0].json == {"member_id": "13e0eb0e", "comment": {"body": f"Going quiet.\n[keepwarm {MARK}]"}}
    with pytest.raises(NotConnected):
        run(WORKABLE.write(finding(), Account({"subdomain": "brightside"}, {"api_token": "token"})))


def test_written_before_and_unanswered_the_comment_is_found_by_its_mark():
    path = "candidates/12ce9b3a"
    known = {f"GET {path}/activities": {"activities": [{"id": "c7", "body": f"[keepwarm {MARK}]"}]}}
    assert run(WORKABLE.write(finding(again=True), ACCOUNT), known) == "c7"
    replies: dict[str, Any] = {
        f"GET {path}/activities": {"activities": []},
        f"POST {path}/comments": {"comment": {"id": "c8"}},
    }
    assert run(WORKABLE.write(finding(again=True), ACCOUNT), replies) == "c8"


@pytest.mark.parametrize("name", ["Phone Screen", "phone-screen"])
def test_a_move_goes_to_the_stage_of_that_name(name):
    asked: list[ApiRequest] = []
    replies = {"stages": own("workable", "api_stages"), "POST candidates/12ce9b3a/move": None}
    run(WORKABLE.move("12ce9b3a", name, ACCOUNT), replies, asked)
    assert asked[1].json == {"member_id": "13e0eb0e", "target_stage": "phone-screen"}


@pytest.mark.parametrize("name", ["@hired", "No such stage"])
def test_what_is_no_stage_cannot_be_moved_to(name):
    with pytest.raises(WriteRefused):
        run(WORKABLE.move("12ce9b3a", name, ACCOUNT), {"stages": own("workable", "api_stages")})


def test_the_address_is_the_accounts_own_and_nobody_elses():
    assert WORKABLE.address(ACCOUNT) == BASE
    assert WORKABLE.address(Account({"base_url": "http://127.0.0.1:9/spi/v3/"})) == "http://127.0.0.1:9/spi/v3"
    for subdomain in ("", "evil.example/", "a b", "x@y", "ü"):
        with pytest.raises(NotConnected):
            WORKABLE.address(Account({"subdomain": subdomain}))
    assert WORKABLE.headers(ACCOUNT) == {"Authorization": "Bearer token"}
    with pytest.raises(NotConnected):
        WORKABLE.headers(Account())
    assert any(
        "https://keepwarm.example/hooks/1" in step for step in WORKABLE.steps("https://keepwarm.example/hooks/1")
    )
