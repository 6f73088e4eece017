"""Lever's API: opportunities, panels and notes fetched to the end, notes of ours, moves."""

from datetime import timedelta

import pytest

from app.connectors.canonical_records import Activity, Interview, Job
from app.connectors.contract import Account, ApiRequest, ApiResponse, NotConnected, OutgoingNote, WriteRefused
from tests.connectors.documents import own
from tests.connectors.exchanges import in_turn, run
from tests.connectors.lever import ACCOUNT, CON, LEVER, NOW, OPP, STAGE, T, api, page, translate
from tests.connectors.results import one, status

MARK = "0197f0aa-1111-7000-8000-000000000001"


# --- Walking ---


def test_opportunities_are_fetched_to_the_end_and_resumed_from_every_cursor():
    opportunity = own("lever", "api_opportunity_archived")["data"]
    first = {"data": [opportunity], "next": "0.14.a6", "hasNext": True}
    last = {"data": [{**opportunity, "id": "other"}], "hasNext": False}
    replies = api(opportunities=lambda ask: last if ask.query.get("offset") == "0.14.a6" else first)
    asked: list[ApiRequest] = []
    one_page = page("opportunities", {}, replies, asked)
    assert (one_page.more, one_page.cursor) == (True, {"offset": "0.14.a6"})
    assert asked[0].query["updated_at_start"] == "1794300000000"
    two_page = page("opportunities", one_page.cursor, replies)
    assert (two_page.more, two_page.cursor) == (False, {})
    assert page("opportunities", one_page.cursor, replies) == two_page
    [item], asked = one_page.items, list[ApiRequest]()
    came = run(LEVER.translate(item, ACCOUNT), api(), asked)
    assert status(came).label == "Withdrew"
    assert not any(ask.path.startswith(("stages", "archive_reasons")) for ask in asked)


def test_a_fetched_posting_becomes_a_job():
    [item] = page("postings", {}, {"postings": {"data": [own("lever", "api_posting")["data"]]}}).items
    assert one(translate(item), Job).title == "Office Manager"


def test_panels_are_fetched_through_their_opportunities():
    replies = api(opportunities={"data": [own("lever", "api_opportunity")["data"]], "hasNext": False})
    [item] = page("panels", {}, replies).items
    assert one(translate(item), Interview).application_id == OPP


def test_a_fetched_record_is_stored_once_for_what_it_says():
    def keys(minutes, changed=1):
        panels = own("lever", "api_panels")
        panels["data"][0]["interviews"][1]["duration"] = minutes
        listed = {"data": [{**own("lever", "api_opportunity")["data"], "updatedAt": changed}], "hasNext": False}
        found = page("panels", {}, api(opportunities=listed, **{f"opportunities/{OPP}/panels": panels})).items
        return [item.key for item in found]

    assert keys(60) == keys(60) != keys(45)
    # Moved and moved back, it says what it said at first.
    assert keys(60) != keys(60, changed=2)


def test_notes_are_activities_and_secret_ones_stay_in_lever():
    replies = api(opportunities={"data": [own("lever", "api_opportunity")["data"]], "hasNext": False})
    open_note, secret = page("notes", {}, replies).items
    activity = one(translate(open_note), Activity)
    assert (activity.type, activity.application_id, activity.candidate_id) == ("note: Note", OPP, CON)
    assert activity.text == "Rang Rachel, she decides on Thursday.\n\nThanks, I told Teresa."
    assert activity.version == T + timedelta(minutes=1)
    assert translate(secret).ignored == "a secret note stays in Lever"
    open_note.document["note"]["fields"][0]["value"] = f"Going quiet.\n[keepwarm {MARK}]"
    assert one(translate(open_note), Activity).mark == MARK


# --- Writing ---


def finding(**more):
    text = f"Ask @rachel, or mail teresa.kale@example.com.\n[keepwarm {MARK}]"
    return OutgoingNote(mark=MARK, title="Going quiet", text=text, at=NOW, candidate_id=CON, **more)


def write(what, replies, account=ACCOUNT):
    asked: list[ApiRequest] = []
    return run(LEVER.write(what, account), replies, asked), asked


def test_a_finding_is_a_note_that_notifies_nobody():
    made = {f"POST opportunities/{OPP}/notes": ApiResponse(201, {"data": {"noteId": "n1"}})}
    account = Account({"perform_as": "8d49b010-cc6a-4f40-ace5-e86061c677ed"}, {"api_key": "key"})
    id, [ask] = write(finding(application_id=OPP), made, account)
    assert (id, ask.method, ask.query) == ("n1", "POST", {"perform_as": "8d49b010-cc6a-4f40-ace5-e86061c677ed"})
    assert ask.json["notifyFollowers"] is False
    assert "@rachel" not in ask.json["value"]
    assert "teresa.kale@example.com" in ask.json["value"]
    assert ask.json["value"].endswith(f"[keepwarm {MARK}]")


def test_a_finding_of_a_candidate_goes_to_their_newest_opportunity():
    listed = {"data": [{"id": "old", "createdAt": 1}, {"id": OPP, "createdAt": 2}]}
    made = {"opportunities": listed, f"POST opportunities/{OPP}/notes": {"data": {"noteId": "n1"}}}
    assert write(finding(), made)[0] == "n1"
    with pytest.raises(WriteRefused):
        write(finding(), {"opportunities": {"data": []}})


def test_written_before_and_unanswered_the_note_is_found_by_its_mark():
    first = {"data": [], "hasNext": True, "next": "2"}
    second = {"data": [{"id": "n7", "fields": [{"value": f"x\n[keepwarm {MARK}]"}]}], "hasNext": False}
    path = f"opportunities/{OPP}/notes"
    id, asked = write(finding(application_id=OPP, again=True), {f"GET {path}": in_turn(first, second)})
    assert (id, [ask.method for ask in asked]) == ("n7", ["GET", "GET"])
    replies = {f"GET {path}": {"data": []}, f"POST {path}": {"data": {"noteId": "n8"}}}
    assert write(finding(application_id=OPP, again=True), replies)[0] == "n8"


def test_a_move_puts_the_opportunity_into_the_stage_and_signals_cannot_be_set():
    asked: list[ApiRequest] = []
    run(LEVER.move(OPP, STAGE, ACCOUNT), {f"PUT opportunities/{OPP}/stage": {"data": {}}}, asked)
    assert asked[0].json == {"stage": STAGE}
    with pytest.raises(WriteRefused):
        run(LEVER.move(OPP, "@hired", ACCOUNT))


def test_the_key_is_the_user_of_basic_and_without_it_nothing_is_asked():
    assert LEVER.headers(ACCOUNT) == {"Authorization": "Basic a2V5Og=="}
    assert LEVER.address(Account({"base_url": "http://127.0.0.1:9/v1/"})) == "http://127.0.0.1:9/v1"
    with pytest.raises(NotConnected):
        LEVER.headers(Account())
    assert any("https://keepwarm.example/hooks/1" in step for step in LEVER.steps("https://keepwarm.example/hooks/1"))
