"""Recruitee's API: candidates page by page, interviews that are polled, notes of ours, moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Application, Candidate, Interview, Job
from app.connectors.contract import Account, ApiRequest, DatedEvent, NotConnected, OutgoingNote, WriteRefused
from tests.connectors.documents import own
from tests.connectors.exchanges import run
from tests.connectors.recruitee import ACCOUNT, NOW, RECRUITEE, api, translate
from tests.connectors.results import one

MARK = "0197f0aa-1111-7000-8000-000000000001"


def placed(**changed):
    """The API's candidate, whose placement in the job says this."""
    person = own("recruitee", "api_candidate")
    person["candidate"]["placements"][0].update(changed)
    return person


# --- Walking ---


def page(stream, cursor, replies, asked=None):
    return run(RECRUITEE.page(stream, NOW, cursor, ACCOUNT, NOW), replies, asked)


@pytest.mark.parametrize("stream", ["candidates", "offers"])
def test_a_stream_is_fetched_to_its_end_and_resumed_from_every_cursor(stream):
    thing = next(iter(own("recruitee", f"api_{stream.removesuffix('s')}").values()))
    many = {stream: [{**thing, "id": number} for number in range(100)]}
    replies = {stream: lambda ask: many if ask.query["offset"] == "0" else {stream: [thing]}}
    first = page(stream, {}, replies)
    whole = {stream: [{**thing, "id": number} for number in range(101)]}
    assert not page(stream, {}, {stream: whole}).more
    assert (len(first.items), first.more, first.cursor) == (100, True, {"step": 1})
    last = page(stream, first.cursor, replies)
    assert (len(last.items), last.more, last.cursor) == (1, False, {})
    assert page(stream, first.cursor, replies) == last
    assert translate(last.items[0]).records


def test_a_fetched_candidate_has_every_placement():
    [item] = page(
        "candidates", {}, {"candidates": {"candidates": [own("recruitee", "api_candidate")["candidate"]]}}
    ).items
    stands = {
        record.id: record.status.value
        for record in translate(item).records
        if isinstance(record, Application) and record.status
    }
    assert stands == {"48821:7001": "502", "48821:7002": "@rejected"}


def placed_application(**changed):
    """Return the first application of a fetched candidate whose placement has these fields, and the unknown words."""
    [item] = page("candidates", {}, {"candidates": {"candidates": [placed(**changed)["candidate"]]}}).items
    came = translate(item, api())
    return next(record for record in came.records if record.id == "48821:7001"), list(came.unknown)


@pytest.mark.parametrize(
    ("changed", "value", "label"),
    [
        ({"disqualified_at": "2026-11-09T09:00:00Z"}, "@rejected", None),
        # As a recorded answer has it, without any time.
        ({"disqualify_kind": "admin", "disqualify_reason": "Wrong skill set"}, "@rejected", "Wrong skill set"),
        ({"disqualified": True, "disqualify_reason": {"id": 9, "name": "Withdrew"}}, "@rejected", "Withdrew"),
        ({"disqualified": False, "disqualified_at": None, "disqualify_kind": None}, "502", None),
        ({"hired_at": "2026-11-09T09:00:00Z"}, "@hired", None),
        ({"hired_at": "2026-11-09T09:00:00Z", "stage": {"name": "Offer", "category": "offer"}}, "502", "Offer"),
        ({"stage": {"id": 502, "name": "On-site"}, "stage_id": None}, "502", "On-site"),
    ],
)
def test_a_placement_tells_where_the_candidate_stands(changed, value, label):
    application, unknown = placed_application(**changed)
    assert (application.status.value, application.status.label, unknown) == (value, label, [])


def test_a_backfill_names_the_stage_and_is_as_new_as_its_fetching():
    offer = own("recruitee", "api_offer")
    offer["offer"]["pipeline_template"] = {"stages": [{"id": 502, "name": "On-site", "category": "interview"}]}
    [item] = page("candidates", {}, {"candidates": {"candidates": [placed()["candidate"]]}}).items
    came = translate(item, api(**{"offers/7001": offer}))
    application = next(record for record in came.records if record.id == "48821:7001")
    assert (application.status.label, application.status.at.minute, application.version) == ("On-site", 20, NOW)
    assert one(came, Job).status == "open"


def test_any_other_disqualifier_is_named_as_unknown():
    application, unknown = placed_application(disqualify_kind="robot")
    assert (application.status.value, unknown) == ("@rejected", ["disqualify kind: robot"])


@pytest.mark.parametrize(
    ("word", "expected", "unknown"),
    [
        ("scheduled", "scheduled", []),
        ("Canceled", "cancelled", []),
        ("cancelled", "cancelled", []),
        ("moved", "scheduled", ["interview status: moved"]),
    ],
)
def test_an_interview_takes_place_or_does_not(word, expected, unknown):
    interview = {**own("recruitee", "api_interviews")["interview_events"][0], "status": word}
    came = translate(DatedEvent("k", "fetched.interview", interview, NOW), api())
    assert (one(came, Interview).status, list(came.unknown)) == (expected, unknown)


def test_the_outcome_of_an_interview_that_is_over_is_not_reported_again():
    interview = own("recruitee", "api_interviews")["interview_events"][0]
    over = DatedEvent("k", "fetched.interview", interview, NOW + timedelta(days=9))
    assert one(translate(over, api()), Interview).status is None


def test_interviews_are_polled_around_now_and_bring_their_application_along():
    asked: list[ApiRequest] = []
    [item] = page("interviews", {}, {"interview/events": own("recruitee", "api_interviews")}, asked).items
    assert (asked[0].query["start_date"], asked[0].query["status"]) == ("2026-10-27", "all")
    came = translate(item, api())
    interview = one(came, Interview)
    assert interview.starts_at == datetime(2026, 11, 12, 10, tzinfo=UTC)
    assert interview.ends_at - interview.starts_at == timedelta(minutes=45)
    assert interview.application_id == one(came, Application).id == "48821:7001"
    assert (one(came, Candidate).name, one(came, Job).title) == ("Jonas Weber", "Payroll Manager")


def test_an_interview_of_a_placement_that_is_no_more_still_names_its_application():
    item = DatedEvent("k", "fetched.interview", own("recruitee", "api_interviews")["interview_events"][0], NOW)
    person = own("recruitee", "api_candidate")
    person["candidate"]["placements"] = []
    assert one(translate(item, api(**{"candidates/48821": person})), Application).status is None


# --- Writing ---


def finding(**more):
    text = f"Going quiet.\n[keepwarm {MARK}]"
    return OutgoingNote(mark=MARK, title="Going quiet", text=text, at=NOW, candidate_id="48821", **more)


def test_a_finding_is_a_note_of_the_hiring_team():
    asked: list[ApiRequest] = []
    replies = {"POST candidates/48821/notes": {"note": {"id": 5}}}
    assert run(RECRUITEE.write(finding(), ACCOUNT), replies, asked) == "5"
    body = f"Going quiet.\n[keepwarm {MARK}]"
    assert asked[0].json == {"note": {"body": body, "visibility": {"level": "public"}}}


def test_written_before_and_unanswered_the_note_is_found_by_its_mark():
    path = "candidates/48821/notes"
    known = {f"GET {path}": {"notes": [{"id": 7, "body": f"[keepwarm {MARK}]"}]}}
    assert run(RECRUITEE.write(finding(again=True), ACCOUNT), known) == "7"
    replies: dict[str, Any] = {f"GET {path}": {"notes": []}, f"POST {path}": {"note": {"id": 8}}}
    assert run(RECRUITEE.write(finding(again=True), ACCOUNT), replies) == "8"


def test_a_move_changes_the_stage_of_the_placement():
    asked: list[ApiRequest] = []
    run(RECRUITEE.move("48821:7001", "503", ACCOUNT), api(**{"PATCH placements/66001/change_stage": None}), asked)
    assert (asked[1].path, asked[1].json) == ("placements/66001/change_stage", {"stage_id": 503})


@pytest.mark.parametrize(
    ("application", "to"),
    [("48821:7002", "503"), ("48821:9", "503"), ("48821", "503"), ("../x:1", "503"), ("48821:7001", "@hired")],
)
def test_a_disqualified_or_unknown_candidate_and_a_signal_cannot_be_moved(application, to):
    with pytest.raises(WriteRefused):
        run(RECRUITEE.move(application, to, ACCOUNT), api())


def test_the_address_is_the_companys_own():
    assert RECRUITEE.address(ACCOUNT) == "https://api.recruitee.com/c/brightside"
    overridden = Account({"base_url": "http://127.0.0.1:9/", "company_id": "12"})
    assert RECRUITEE.address(overridden) == "http://127.0.0.1:9/c/12"
    for company in ("", "../x", "a/b"):
        with pytest.raises(NotConnected):
            RECRUITEE.address(Account({"company_id": company}))
    assert RECRUITEE.headers(ACCOUNT) == {"Authorization": "Bearer token"}
    with pytest.raises(NotConnected):
        RECRUITEE.headers(Account())
    steps = RECRUITEE.steps("https://keepwarm.example/hooks/1")
    assert any("https://keepwarm.example/hooks/1" in step for step in steps)
