"""SmartRecruiters' API: candidates and jobs page by page, notes of ours, moves."""

import pytest

from app.connectors.canonical_records import Candidate, Job
from app.connectors.contract import Account, ApiRequest, ApiResponse, NotConnected, OutgoingNote, WriteRefused
from tests.connectors.documents import own
from tests.connectors.exchanges import in_turn, run
from tests.connectors.results import one
from tests.connectors.smartrecruiters import ACCOUNT, CAN, JOB, NOW, SMART, page, translate

MARK = "0197f0aa-1111-7000-8000-000000000001"


# --- Walking ---


def test_candidates_are_fetched_by_page_id_and_jobs_by_offset():
    person, job = own("smartrecruiters", "api_candidate"), own("smartrecruiters", "api_job")
    pages = {None: {"content": [person], "nextPageId": "p2"}, "p2": {"content": [person]}}
    replies = {"candidates": lambda ask: pages[ask.query.get("pageId")]}
    first = page("candidates", {}, replies)
    assert (first.more, first.cursor) == (True, {"place": "p2"})
    changed = {"candidates": {"content": [{**person, "primaryAssignment": None}]}}
    assert [item.key for item in page("candidates", {}, changed).items] != [item.key for item in first.items]
    assert page("candidates", first.cursor, replies).more is False
    assert one(translate(first.items[0], {}), Candidate).name == "Amelia Okafor"

    asked: list[ApiRequest] = []
    many = {"content": [{**job, "id": str(number)} for number in range(100)]}
    replies = {"jobs": lambda ask: {"content": [job]} if ask.query.get("offset") == "100" else many}
    first = page("jobs", {}, replies, asked)
    assert (len(first.items), first.cursor) == (100, {"place": "100"})
    assert asked[0].query["updatedAfter"] == NOW.isoformat()
    last = page("jobs", first.cursor, replies)
    assert (len(last.items), last.more) == (1, False)
    assert one(translate(last.items[0], {}), Job).status == "open"


# --- Writing ---


def finding(**more):
    text = f"Ask @[USER:1] about #[CANDIDATE:2].\n[keepwarm {MARK}]"
    return OutgoingNote(mark=MARK, title="Going quiet", text=text, at=NOW, candidate_id=CAN, **more)


def test_a_finding_is_an_open_note_that_mentions_nobody():
    asked: list[ApiRequest] = []
    assert run(SMART.write(finding(), ACCOUNT), {"POST messages/shares": ApiResponse(201, {"id": "m1"})}, asked) == "m1"
    [ask] = asked
    assert ask.json["shareWith"] == {"users": [], "hiringTeamOf": [], "everyone": False, "openNote": True}
    assert ask.json["content"].startswith(f"#[CANDIDATE:{CAN}] Ask @ [USER:1] about # [CANDIDATE:2].")
    assert ask.json["content"].endswith(f"[keepwarm {MARK}]")


def test_written_before_and_unanswered_the_message_is_found_by_its_mark():
    pages = in_turn({"content": [], "nextPageId": "2"}, {"content": [{"id": "m7", "content": f"[keepwarm {MARK}]"}]})
    assert run(SMART.write(finding(again=True), ACCOUNT), {"GET messages": pages}) == "m7"
    replies = {"GET messages": ApiResponse(403, None), "POST messages/shares": {"id": "m8"}}
    assert run(SMART.write(finding(again=True), ACCOUNT), replies) == "m8"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("INTERVIEW/Reference check", {"status": "INTERVIEW", "subStatus": "Reference check"}),
        ("@offer_made", {"status": "OFFERED"}),
        ("IN_REVIEW", {"status": "IN_REVIEW"}),
    ],
)
def test_a_move_sets_the_status_of_the_assignment(status, body):
    asked: list[ApiRequest] = []
    run(SMART.move(f"{CAN}:{JOB}", status, ACCOUNT), {f"PUT candidates/{CAN}/jobs/{JOB}/status": None}, asked)
    assert asked[0].json == body


def test_what_is_no_application_or_no_status_cannot_be_moved():
    for application, to in ((CAN, "NEW"), (f"{CAN}:../x", "NEW"), (f"{CAN}:{JOB}", "@transferred")):
        with pytest.raises(WriteRefused):
            run(SMART.move(application, to, ACCOUNT))


def test_the_key_has_a_header_of_its_own():
    assert SMART.headers(ACCOUNT) == {"X-SmartToken": "key"}
    assert SMART.address(Account({"base_url": "http://127.0.0.1:9/"})) == "http://127.0.0.1:9"
    with pytest.raises(NotConnected):
        SMART.headers(Account())
    assert any("https://keepwarm.example/hooks/1" in step for step in SMART.steps("https://keepwarm.example/hooks/1"))
