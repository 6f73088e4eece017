"""Lever: a signature over a token and a time, and a body of which nothing is believed until Lever's API says it too."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.connector import Account, Arrived, Ask, Event, Finding, NotConnected, Refused, Reply
from app.connectors.reading import instant
from app.connectors.records import Activity, Application, Candidate, ClientContact, Gone, Interview, Job
from app.connectors.signing import hmac_sha256
from app.connectors.systems.lever import Lever
from app.kit.errors import Problem
from tests.connectors.documents import all_own, own, published
from tests.connectors.driving import in_turn, run
from tests.connectors.mutations import endures
from tests.connectors.said import gone, one, status

LEVER = Lever()
ACCOUNT = Account(credentials={"api_key": "key"})
TOKEN = "73311cd32110cc40e00c672c2e03e1a42fa28a4fabde0891"
HOOKS = [name for name in all_own("lever") if not name.startswith("api_")]
T = datetime.fromtimestamp(1794300000, UTC)
NOW = T + timedelta(minutes=1)
OPP, CON = "3410c8b9-5c31-4bab-b7e9-9f710206d647", "05c248f9-ccb1-435f-bab5-0ec608aec263"
STAGE, WITHDREW = "fbfb4473-38d2-4acf-943b-28cc0ed7ba87", "3274b963-c37c-4465-abeb-1113896e2aa3"
PANEL, POSTING = "fdb313e8-13c5-47de-9e51-6a21a4d76ff6", "6a1e4b79-75a3-454f-9417-ea79612b9585"
MARK = "0197f0aa-1111-7000-8000-000000000001"


def request(body, at=NOW):
    return Arrived(body if isinstance(body, bytes) else json.dumps(body).encode(), {}, {}, at)


def signed(body, secret=TOKEN):
    text = f"{body['token']}{body['triggeredAt']}"
    return {**body, "signature": hmac_sha256(secret.encode(), text.encode()).hex()}


def hook(name):
    return LEVER.event(request(signed(own("lever", name))))


def api(opportunity="api_opportunity", **more):
    stages, reasons = own("lever", "api_stages"), own("lever", "api_archive_reasons")
    return {
        f"opportunities/{OPP}": own("lever", opportunity),
        f"opportunities/{OPP}/panels": own("lever", "api_panels"),
        f"opportunities/{OPP}/notes": own("lever", "api_notes"),
        f"contacts/{CON}": own("lever", "api_contact"),
        f"postings/{POSTING}": own("lever", "api_posting"),
        "users/df0adaa6-172c-4cd6-8520-49b203660fe1": own("lever", "api_user"),
        **{f"stages/{one['id']}": {"data": one} for one in stages["data"]},
        **{f"archive_reasons/{one['id']}": {"data": one} for one in reasons["data"]},
        "stages": stages,
        "archive_reasons": reasons,
        **more,
    }


def told(event, **replies):
    return run(LEVER.translate(event, ACCOUNT), api(**replies))


# --- Signature, greeting, key ---


def test_a_signed_event_is_taken_and_kept_under_its_signed_token():
    body = signed(own("lever", "candidateStageChange"))
    LEVER.verify(request(body), [TOKEN])
    event = LEVER.event(request(body))
    assert (event.key, event.type) == (body["token"], "candidateStageChange")
    assert event.occurred_at == T + timedelta(seconds=2)


def test_a_captured_delivery_cannot_be_told_twice_under_another_unsigned_id():
    body = signed(own("lever", "candidateStageChange"))
    assert LEVER.event(request({**body, "id": "another"})).key == LEVER.event(request(body)).key


def test_either_live_token_is_good_while_one_replaces_the_other():
    LEVER.verify(request(signed(own("lever", "candidateHired"), "old")), ["new", "old"])


@pytest.mark.parametrize("age", [timedelta(days=14), timedelta(hours=30), timedelta(0), timedelta(minutes=-5)])
def test_retries_and_reruns_of_two_weeks_are_taken(age):
    body = signed(own("lever", "candidateHired"))
    LEVER.verify(request(body, instant(body["triggeredAt"]) + age), [TOKEN])


@pytest.mark.parametrize("age", [timedelta(days=15, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_older_and_future_times_are_refused(age):
    body = signed(own("lever", "candidateHired"))
    with pytest.raises(Refused):
        LEVER.verify(request(body, instant(body["triggeredAt"]) + age), [TOKEN])


def test_a_thousand_forged_bodies_are_refused():
    genuine, dice = signed(own("lever", "candidateStageChange")), random.Random(7)
    values: tuple[Any, ...] = (
        None,
        "",
        0,
        -1,
        True,
        1.5,
        "é" * 48,
        "\ud800" * 48,
        "a" * 65_536,
        [],
        {},
        "0" * 64,
        10**400,
    )
    tried = 0
    while tried < 1_000:
        for field in ("token", "triggeredAt", "signature"):
            text = str(genuine[field])
            where = dice.randrange(len(text))
            flipped = text[:where] + dice.choice("ghxyz") + text[where + 1 :]
            others = (*values, flipped, text[:where], text * 2, f"{dice.getrandbits(256):064x}", text + "0")
            for other in others:
                with pytest.raises(Refused):
                    LEVER.verify(request(json.dumps({**genuine, field: other}).encode()), [TOKEN])
            with pytest.raises(Refused):
                LEVER.verify(request({name: value for name, value in genuine.items() if name != field}), [TOKEN])
            with pytest.raises(Refused):
                LEVER.verify(
                    request({**genuine, "triggeredAt": genuine["triggeredAt"] + dice.randrange(1, 999)}), [TOKEN]
                )
            tried += len(others) + 2
    for body in (b"", b"null", b"[]", b"{", b"\xff", b'"token"'):
        with pytest.raises(Refused):
            LEVER.verify(request(body), [TOKEN])


@pytest.mark.parametrize("secrets", [[], ["other"], [""]])
def test_without_the_right_token_nothing_is_taken(secrets):
    with pytest.raises(Refused):
        LEVER.verify(request(signed(own("lever", "candidateHired"))), secrets)


def test_the_settings_pages_test_is_greeted_unsigned_and_nothing_else_is():
    test = published("lever")["test_request_candidateHired"]
    for genuine in (test, signed(test)):
        greeting = LEVER.greeting(request(genuine))
        assert greeting is not None
        assert not greeting.signed
    assert LEVER.greeting(request(own("lever", "candidateHired"))) is None
    assert LEVER.greeting(request({**test, "data": {"opportunityId": OPP}})) is None
    assert LEVER.greeting(request({**test, "data": None})) is None
    assert LEVER.greeting(request(b"not JSON")) is None


# --- What events say ---


def test_a_stage_change_brings_its_whole_story():
    came = told(hook("candidateStageChange"))
    candidate, job, manager = one(came, Candidate), one(came, Job), one(came, ClientContact)
    application = one(came, Application)
    assert (candidate.id, candidate.name, candidate.email) == (CON, "Teresa Kale", "teresa.kale@example.com")
    assert (job.id, job.title, job.status, job.organisation_id) == (POSTING, "Office Manager", "open", None)
    assert (manager.name, manager.role, job.hiring_manager_id) == ("Rachel Green", "hiring_manager", manager.id)
    assert (application.id, application.candidate_id, application.job_id) == (OPP, CON, POSTING)
    assert application.recruiter_email == "chandler@example.com"
    assert (status(came).value, status(came).label, status(came).at) == (STAGE, "On-Site Interview", T)


def test_what_data_says_of_the_stage_is_not_believed():
    event = hook("candidateStageChange")
    event.document["data"]["toStageId"] = "99999999-0000-0000-0000-000000000000"
    assert status(told(event)).value == STAGE


def test_hired_is_the_systems_own_signal():
    now = status(told(hook("candidateHired"), opportunity="api_opportunity_hired"))
    assert (now.value, now.at) == ("@hired", T + timedelta(seconds=3))
    assert LEVER.known_stages["@hired"] == "accepted"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Withdrew", "withdrawn"),
        ("Offer declined", "offer_declined"),
        ("Position closed", "cancelled"),
        ("Underqualified", "rejected"),
        ("Withdrew his support", "rejected"),
    ],
)
def test_the_reasons_that_every_account_has_tell_who_ended_it(text, stage):
    reason = {"id": WITHDREW, "text": text, "status": "active", "type": "non-hired"}
    replies = {f"archive_reasons/{WITHDREW}": {"data": reason}, "opportunity": "api_opportunity_archived"}
    now = status(told(hook("candidateArchiveChange"), **replies))
    assert (now.label, now.reason) == (text, text)
    assert LEVER.known_stages[now.value] == stage


def test_taken_out_of_the_archive_an_opportunity_stands_in_its_stage_and_is_newer_than_the_end():
    ended = one(told(hook("candidateArchiveChange"), opportunity="api_opportunity_archived"), Application)
    event = hook("candidateArchiveChange")
    event.document["data"] = {**event.document["data"], "toArchived": None}
    back = told(replace(event, occurred_at=ended.version + timedelta(minutes=1)))
    assert (status(back).value, status(back).at) == (STAGE, T)
    assert one(back, Application).version > ended.version


def test_a_backfill_that_shows_a_living_opportunity_is_as_new_as_its_fetching():
    ended = one(told(hook("candidateHired"), opportunity="api_opportunity_hired"), Application)
    listed = {"data": [own("lever", "api_opportunity")["data"]], "hasNext": False}
    [item] = page("opportunities", {}, api(opportunities=listed)).items
    back = told(item)
    assert status(back).value == STAGE
    assert one(back, Application).version == NOW > ended.version


def test_a_reason_that_the_key_may_not_read_is_not_guessed():
    replies = api("api_opportunity_hired", **{"archive_reasons/16308515-dc77-4aa7-b3af-96161b2b4e9b": Reply(403, None)})
    came = run(LEVER.translate(hook("candidateHired"), ACCOUNT), replies)
    assert status(came).value == "16308515-dc77-4aa7-b3af-96161b2b4e9b"


@pytest.mark.parametrize("name", ["interviewCreated", "interviewUpdated"])
def test_a_panel_is_one_interview_from_its_first_start_to_its_last_end(name):
    came = told(hook(name))
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.status) == (PANEL, OPP, "scheduled")
    assert interview.starts_at == T + timedelta(days=2)
    assert interview.ends_at == T + timedelta(days=2, minutes=90)
    assert one(came, Application).id == OPP


def test_a_panel_whose_interviews_are_all_cancelled_is_cancelled():
    panels = own("lever", "api_panels")
    for interview in panels["data"][0]["interviews"]:
        interview["canceledAt"] = 1794300100000
    interview = one(told(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", T + timedelta(seconds=100))


def test_of_a_panel_in_part_cancelled_the_rest_counts():
    panels = own("lever", "api_panels")
    panels["data"][0]["interviews"][1]["canceledAt"] = 1794300100000
    interview = one(told(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.ends_at) == ("scheduled", T + timedelta(days=2, minutes=30))


def test_a_panel_that_was_called_off_as_a_whole_is_cancelled():
    panels = own("lever", "api_panels")
    panels["data"][0]["canceledAt"] = 1794300100000
    interview = one(told(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", T + timedelta(seconds=100))


def test_what_became_of_an_interview_that_is_over_is_not_told_again():
    event = replace(hook("interviewUpdated"), occurred_at=T + timedelta(days=3))
    assert one(told(event), Interview).status is None


def test_a_panel_over_two_days_is_an_interview_on_each_local_day():
    days = own("lever", "api_panels_two_days")
    came = told(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": days})
    first, second = [record for record in came.records if isinstance(record, Interview)]
    # Three in the afternoon and eight in the evening in Los Angeles: two days in UTC, and one there.
    assert (first.id, first.part_of, first.starts_at.isoformat(), first.ends_at.isoformat()) == (
        PANEL,
        None,
        "2026-07-02T22:00:00+00:00",
        "2026-07-03T04:00:00+00:00",
    )
    assert (second.id, second.part_of, second.starts_at.isoformat()) == (
        f"{PANEL}:2",
        PANEL,
        "2026-07-03T17:33:20+00:00",
    )
    assert one(came, Gone) == Gone(id=PANEL, version=T + timedelta(seconds=7), kind="interview", parts_from=3)


def test_a_panel_that_lost_its_last_interview_is_gone_with_all_its_days():
    came = told(hook("interviewDeleted"), **{f"opportunities/{OPP}/panels": {"data": [], "hasNext": False}})
    assert one(came, Gone) == Gone(id=PANEL, version=T + timedelta(seconds=8), kind="interview", parts_from=1)


def test_an_opportunity_with_more_panels_than_a_page_has_them_all():
    [panel] = own("lever", "api_panels")["data"]
    pages = in_turn(
        {"data": [panel], "hasNext": True, "next": "2"}, {"data": [{**panel, "id": "other"}], "hasNext": False}
    )
    came = told(hook("interviewCreated"), **{f"opportunities/{OPP}/panels": pages})
    assert [record.id for record in came.records if isinstance(record, Interview)] == [PANEL, "other"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("published", "open"),
        ("internal", "open"),
        ("draft", "open"),
        ("pending", "open"),
        ("closed", "closed"),
        ("Rejected", "closed"),
    ],
)
def test_a_posting_is_open_or_closed_by_its_state(state, expected):
    posting = own("lever", "api_posting")["data"]
    came = told(Event("k", "fetched.posting", {**posting, "state": state}, NOW))
    assert (one(came, Job).status, list(came.unknown)) == (expected, [])


@pytest.mark.parametrize("event", ["fetched.posting", "candidateStageChange"])
def test_a_state_of_a_posting_that_nobody_documented_is_named_as_unknown(event):
    posting = {**own("lever", "api_posting")["data"], "state": "frozen"}
    fetched = Event("k", event, posting, NOW)
    came = told(fetched if event.startswith("fetched") else hook(event), **{f"postings/{POSTING}": {"data": posting}})
    assert (one(came, Job).status, list(came.unknown)) == (None, ["job status: frozen"])


def test_postings_are_polled_since_no_webhook_tells_that_one_was_closed():
    assert [stream.name for stream in LEVER.streams if stream.every] == ["postings", "panels", "notes"]


def test_deleted_is_believed_only_where_lever_has_it_no_more():
    event = hook("candidateDeleted")
    assert not told(event).records
    came = run(LEVER.translate(event, ACCOUNT), {f"contacts/{CON}": own("lever", "api_contact")})
    assert gone(came) == [("application", OPP)]
    came = run(LEVER.translate(event, ACCOUNT), {})
    assert gone(came) == [("application", OPP), ("candidate", CON)]


@pytest.mark.parametrize("name", ["contactCreated", "contactUpdated"])
def test_a_contact_is_a_candidate(name):
    assert one(told(hook(name)), Candidate).phone == "(123) 456-7888"


def test_an_opportunity_for_no_posting_is_a_candidate_and_no_application_yet():
    lead = own("lever", "api_opportunity")
    lead["data"]["applications"] = []
    came = told(hook("applicationCreated"), **{f"opportunities/{OPP}": lead})
    assert [type(record) for record in came.records] == [Candidate]
    assert came.ignored


def test_the_published_stage_change_asks_for_its_opportunity():
    body = published("lever")["candidateStageChange"]
    event, asked = LEVER.event(request(body)), list[Ask]()
    assert run(LEVER.translate(event, ACCOUNT), {}, asked).ignored == "Lever does not know this opportunity, or no more"
    assert [ask.path for ask in asked] == [f"opportunities/{OPP}"]


def test_an_id_that_is_a_path_is_not_followed():
    event = hook("candidateHired")
    event.document["data"] = {"opportunityId": "../users", "candidateId": "x/../../y"}
    asked: list[Ask] = []
    assert run(LEVER.translate(event, ACCOUNT), api(), asked).ignored == "the event names no opportunity"
    assert asked == []


def test_an_event_that_nobody_documented_is_ignored_and_says_so():
    event = Event("k", "offerCreated", {}, NOW)
    assert told(event).ignored == "Keepwarm does nothing with events of the type offerCreated"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hostile_event_raises_nothing(name):
    def translate(document):
        return LEVER.translate(Event("k", name, document, NOW), ACCOUNT)

    assert endures(translate, own("lever", name), api()) > 100


@pytest.mark.parametrize(
    ("path", "name", "event"),
    [
        (f"opportunities/{OPP}", "api_opportunity", "candidateStageChange"),
        (f"opportunities/{OPP}", "api_opportunity_archived", "candidateArchiveChange"),
        (f"opportunities/{OPP}/panels", "api_panels", "interviewCreated"),
        (f"postings/{POSTING}", "api_posting", "applicationCreated"),
        (f"contacts/{CON}", "api_contact", "contactUpdated"),
    ],
)
def test_a_hostile_answer_raises_nothing(path, name, event):
    def translate(document):
        replies = api(**{path: document})
        return run(LEVER.translate(hook(event), ACCOUNT), replies)

    assert endures(translate, own("lever", name)) > 100


# --- Walking ---


def page(stream, cursor, replies, asked=None):
    return run(LEVER.page(stream, T, cursor, ACCOUNT, NOW), replies, asked)


def test_opportunities_are_walked_to_the_end_and_taken_up_from_every_cursor():
    opportunity = own("lever", "api_opportunity_archived")["data"]
    first = {"data": [opportunity], "next": "0.14.a6", "hasNext": True}
    last = {"data": [{**opportunity, "id": "other"}], "hasNext": False}
    replies = api(opportunities=lambda ask: last if ask.query.get("offset") == "0.14.a6" else first)
    asked: list[Ask] = []
    one_page = page("opportunities", {}, replies, asked)
    assert (one_page.more, one_page.cursor) == (True, {"offset": "0.14.a6"})
    assert asked[0].query["updated_at_start"] == "1794300000000"
    two_page = page("opportunities", one_page.cursor, replies)
    assert (two_page.more, two_page.cursor) == (False, {})
    assert page("opportunities", one_page.cursor, replies) == two_page
    [item], asked = one_page.items, list[Ask]()
    came = run(LEVER.translate(item, ACCOUNT), api(), asked)
    assert status(came).label == "Withdrew"
    assert not any(ask.path.startswith(("stages", "archive_reasons")) for ask in asked)


def test_a_posting_is_walked_into_a_job():
    [item] = page("postings", {}, {"postings": {"data": [own("lever", "api_posting")["data"]]}}).items
    assert one(told(item), Job).title == "Office Manager"


def test_panels_are_walked_through_their_opportunities():
    replies = api(opportunities={"data": [own("lever", "api_opportunity")["data"]], "hasNext": False})
    [item] = page("panels", {}, replies).items
    assert one(told(item), Interview).application_id == OPP


def test_a_walked_thing_is_kept_once_for_what_it_says():
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
    activity = one(told(open_note), Activity)
    assert (activity.type, activity.application_id, activity.candidate_id) == ("note: Note", OPP, CON)
    assert activity.text == "Rang Rachel, she decides on Thursday.\n\nThanks, I told Teresa."
    assert activity.version == T + timedelta(minutes=1)
    assert told(secret).ignored == "a secret note stays in Lever"
    open_note.document["note"]["fields"][0]["value"] = f"Going quiet.\n[keepwarm {MARK}]"
    assert one(told(open_note), Activity).mark == MARK


# --- Writing ---


def finding(**more):
    text = f"Ask @rachel, or mail teresa.kale@example.com.\n[keepwarm {MARK}]"
    return Finding(mark=MARK, title="Going quiet", text=text, at=NOW, candidate_id=CON, **more)


def write(what, replies, account=ACCOUNT):
    asked: list[Ask] = []
    return run(LEVER.write(what, account), replies, asked), asked


def test_a_finding_is_a_note_that_notifies_nobody():
    made = {f"POST opportunities/{OPP}/notes": Reply(201, {"data": {"noteId": "n1"}})}
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
    with pytest.raises(Problem):
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
    asked: list[Ask] = []
    run(LEVER.move(OPP, STAGE, ACCOUNT), {f"PUT opportunities/{OPP}/stage": {"data": {}}}, asked)
    assert asked[0].json == {"stage": STAGE}
    with pytest.raises(Problem):
        run(LEVER.move(OPP, "@hired", ACCOUNT))


def test_the_key_is_the_user_of_basic_and_without_it_nothing_is_asked():
    assert LEVER.headers(ACCOUNT) == {"Authorization": "Basic a2V5Og=="}
    assert LEVER.address(Account({"base_url": "http://127.0.0.1:9/v1/"})) == "http://127.0.0.1:9/v1"
    with pytest.raises(NotConnected):
        LEVER.headers(Account())
    assert any("https://keepwarm.example/hooks/1" in step for step in LEVER.steps("https://keepwarm.example/hooks/1"))
