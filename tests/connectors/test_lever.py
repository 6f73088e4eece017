"""Lever: a signature over a token and a time, and a body of which nothing is believed until Lever's API says it too."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Application, Candidate, ClientContact, Gone, Interview, Job
from app.connectors.contract import ApiRequest, ApiResponse, DatedEvent, InboundRequest, RejectedRequest
from app.connectors.parsing import parse_instant
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import in_turn, run
from tests.connectors.lever import (
    ACCOUNT,
    CON,
    LEVER,
    NOW,
    OPP,
    PANEL,
    POSTING,
    STAGE,
    WITHDREW,
    T,
    api,
    page,
    translate,
)
from tests.connectors.mutations import endures
from tests.connectors.results import gone, one, status

TOKEN = "73311cd32110cc40e00c672c2e03e1a42fa28a4fabde0891"
HOOKS = [name for name in all_own("lever") if not name.startswith("api_")]


def request(body, at=NOW):
    return InboundRequest(body if isinstance(body, bytes) else json.dumps(body).encode(), {}, {}, at)


def signed(body, secret=TOKEN):
    text = f"{body['token']}{body['triggeredAt']}"
    return {**body, "signature": hmac_sha256(secret.encode(), text.encode()).hex()}


def hook(name):
    return LEVER.parse_event(request(signed(own("lever", name))))


# --- Signature, greeting, key ---


def test_a_signed_event_is_taken_and_kept_under_its_signed_token():
    body = signed(own("lever", "candidateStageChange"))
    LEVER.verify(request(body), [TOKEN])
    event = LEVER.parse_event(request(body))
    assert (event.key, event.type) == (body["token"], "candidateStageChange")
    assert event.occurred_at == T + timedelta(seconds=2)


def test_a_captured_delivery_is_not_accepted_twice_under_another_unsigned_id():
    body = signed(own("lever", "candidateStageChange"))
    assert LEVER.parse_event(request({**body, "id": "another"})).key == LEVER.parse_event(request(body)).key


def test_either_live_token_is_good_while_one_replaces_the_other():
    LEVER.verify(request(signed(own("lever", "candidateHired"), "old")), ["new", "old"])


@pytest.mark.parametrize("age", [timedelta(days=14), timedelta(hours=30), timedelta(0), timedelta(minutes=-5)])
def test_retries_and_reruns_of_two_weeks_are_taken(age):
    body = signed(own("lever", "candidateHired"))
    LEVER.verify(request(body, parse_instant(body["triggeredAt"]) + age), [TOKEN])


@pytest.mark.parametrize("age", [timedelta(days=15, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_older_and_future_times_are_refused(age):
    body = signed(own("lever", "candidateHired"))
    with pytest.raises(RejectedRequest):
        LEVER.verify(request(body, parse_instant(body["triggeredAt"]) + age), [TOKEN])


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
                with pytest.raises(RejectedRequest):
                    LEVER.verify(request(json.dumps({**genuine, field: other}).encode()), [TOKEN])
            with pytest.raises(RejectedRequest):
                LEVER.verify(request({name: value for name, value in genuine.items() if name != field}), [TOKEN])
            with pytest.raises(RejectedRequest):
                LEVER.verify(
                    request({**genuine, "triggeredAt": genuine["triggeredAt"] + dice.randrange(1, 999)}), [TOKEN]
                )
            tried += len(others) + 2
    for body in (b"", b"null", b"[]", b"{", b"\xff", b'"token"'):
        with pytest.raises(RejectedRequest):
            LEVER.verify(request(body), [TOKEN])


@pytest.mark.parametrize("secrets", [[], ["other"], [""]])
def test_without_the_right_token_nothing_is_taken(secrets):
    with pytest.raises(RejectedRequest):
        LEVER.verify(request(signed(own("lever", "candidateHired"))), secrets)


def test_the_settings_pages_test_is_greeted_unsigned_and_nothing_else_is():
    test = documented("lever")["test_request_candidateHired"]
    for genuine in (test, signed(test)):
        greeting = LEVER.handshake(request(genuine))
        assert greeting is not None
        assert not greeting.signed
    assert LEVER.handshake(request(own("lever", "candidateHired"))) is None
    assert LEVER.handshake(request({**test, "data": {"opportunityId": OPP}})) is None
    assert LEVER.handshake(request({**test, "data": None})) is None
    assert LEVER.handshake(request(b"not JSON")) is None


# --- What events say ---


def test_a_stage_change_brings_the_whole_application():
    came = translate(hook("candidateStageChange"))
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
    assert status(translate(event)).value == STAGE


def test_hired_is_the_systems_own_signal():
    now = status(translate(hook("candidateHired"), opportunity="api_opportunity_hired"))
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
    now = status(translate(hook("candidateArchiveChange"), **replies))
    assert (now.label, now.reason) == (text, text)
    assert LEVER.known_stages[now.value] == stage


def test_taken_out_of_the_archive_an_opportunity_stands_in_its_stage_and_is_newer_than_the_end():
    ended = one(translate(hook("candidateArchiveChange"), opportunity="api_opportunity_archived"), Application)
    event = hook("candidateArchiveChange")
    event.document["data"] = {**event.document["data"], "toArchived": None}
    back = translate(replace(event, occurred_at=ended.version + timedelta(minutes=1)))
    assert (status(back).value, status(back).at) == (STAGE, T)
    assert one(back, Application).version > ended.version


def test_a_backfill_that_shows_a_living_opportunity_is_as_new_as_its_fetching():
    ended = one(translate(hook("candidateHired"), opportunity="api_opportunity_hired"), Application)
    listed = {"data": [own("lever", "api_opportunity")["data"]], "hasNext": False}
    [item] = page("opportunities", {}, api(opportunities=listed)).items
    back = translate(item)
    assert status(back).value == STAGE
    assert one(back, Application).version == NOW > ended.version


def test_a_reason_that_the_key_may_not_read_is_not_guessed():
    replies = api(
        "api_opportunity_hired", **{"archive_reasons/16308515-dc77-4aa7-b3af-96161b2b4e9b": ApiResponse(403, None)}
    )
    came = run(LEVER.translate(hook("candidateHired"), ACCOUNT), replies)
    assert status(came).value == "16308515-dc77-4aa7-b3af-96161b2b4e9b"


@pytest.mark.parametrize("name", ["interviewCreated", "interviewUpdated"])
def test_a_panel_is_one_interview_from_its_first_start_to_its_last_end(name):
    came = translate(hook(name))
    interview = one(came, Interview)
    assert (interview.id, interview.application_id, interview.status) == (PANEL, OPP, "scheduled")
    assert interview.starts_at == T + timedelta(days=2)
    assert interview.ends_at == T + timedelta(days=2, minutes=90)
    assert one(came, Application).id == OPP


def test_a_panel_whose_interviews_are_all_cancelled_is_cancelled():
    panels = own("lever", "api_panels")
    for interview in panels["data"][0]["interviews"]:
        interview["canceledAt"] = 1794300100000
    interview = one(translate(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", T + timedelta(seconds=100))


def test_of_a_panel_in_part_cancelled_the_rest_counts():
    panels = own("lever", "api_panels")
    panels["data"][0]["interviews"][1]["canceledAt"] = 1794300100000
    interview = one(translate(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.ends_at) == ("scheduled", T + timedelta(days=2, minutes=30))


def test_a_panel_that_was_called_off_as_a_whole_is_cancelled():
    panels = own("lever", "api_panels")
    panels["data"][0]["canceledAt"] = 1794300100000
    interview = one(translate(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": panels}), Interview)
    assert (interview.status, interview.status_at) == ("cancelled", T + timedelta(seconds=100))


def test_the_outcome_of_an_interview_that_is_over_is_not_reported_again():
    event = replace(hook("interviewUpdated"), occurred_at=T + timedelta(days=3))
    assert one(translate(event), Interview).status is None


def test_a_panel_over_two_days_is_an_interview_on_each_local_day():
    days = own("lever", "api_panels_two_days")
    came = translate(hook("interviewUpdated"), **{f"opportunities/{OPP}/panels": days})
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
    came = translate(hook("interviewDeleted"), **{f"opportunities/{OPP}/panels": {"data": [], "hasNext": False}})
    assert one(came, Gone) == Gone(id=PANEL, version=T + timedelta(seconds=8), kind="interview", parts_from=1)


def test_an_opportunity_with_more_panels_than_a_page_has_them_all():
    [panel] = own("lever", "api_panels")["data"]
    pages = in_turn(
        {"data": [panel], "hasNext": True, "next": "2"}, {"data": [{**panel, "id": "other"}], "hasNext": False}
    )
    came = translate(hook("interviewCreated"), **{f"opportunities/{OPP}/panels": pages})
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
    came = translate(DatedEvent("k", "fetched.posting", {**posting, "state": state}, NOW))
    assert (one(came, Job).status, list(came.unknown)) == (expected, [])


@pytest.mark.parametrize("event", ["fetched.posting", "candidateStageChange"])
def test_a_state_of_a_posting_that_nobody_documented_is_named_as_unknown(event):
    posting = {**own("lever", "api_posting")["data"], "state": "frozen"}
    fetched = DatedEvent("k", event, posting, NOW)
    came = translate(
        fetched if event.startswith("fetched") else hook(event), **{f"postings/{POSTING}": {"data": posting}}
    )
    assert (one(came, Job).status, list(came.unknown)) == (None, ["job status: frozen"])


def test_postings_are_polled_since_no_webhook_tells_that_one_was_closed():
    assert [stream.name for stream in LEVER.streams if stream.every] == ["postings", "panels", "notes", "offers"]


def test_deleted_is_believed_only_where_lever_has_it_no_more():
    event = hook("candidateDeleted")
    assert not translate(event).records
    came = run(LEVER.translate(event, ACCOUNT), {f"contacts/{CON}": own("lever", "api_contact")})
    assert gone(came) == [("application", OPP)]
    came = run(LEVER.translate(event, ACCOUNT), {})
    assert gone(came) == [("application", OPP), ("candidate", CON)]


@pytest.mark.parametrize("name", ["contactCreated", "contactUpdated"])
def test_a_contact_is_a_candidate(name):
    assert one(translate(hook(name)), Candidate).phone == "(123) 456-7888"


def test_an_opportunity_for_no_posting_is_a_candidate_and_no_application_yet():
    lead = own("lever", "api_opportunity")
    lead["data"]["applications"] = []
    came = translate(hook("applicationCreated"), **{f"opportunities/{OPP}": lead})
    assert [type(record) for record in came.records] == [Candidate]
    assert came.ignored


def test_the_documented_stage_change_asks_for_its_opportunity():
    body = documented("lever")["candidateStageChange"]
    event, asked = LEVER.parse_event(request(body)).dated(NOW), list[ApiRequest]()
    assert run(LEVER.translate(event, ACCOUNT), {}, asked).ignored == "The opportunity is not, or no longer, in Lever."
    assert [ask.path for ask in asked] == [f"opportunities/{body['data']['opportunityId']}"]


def test_an_id_that_is_a_path_is_not_followed():
    event = hook("candidateHired")
    event.document["data"] = {"opportunityId": "../users", "candidateId": "x/../../y"}
    asked: list[ApiRequest] = []
    assert run(LEVER.translate(event, ACCOUNT), api(), asked).ignored == "the event names no opportunity"
    assert asked == []


def test_an_event_that_nobody_documented_is_ignored_and_says_so():
    event = DatedEvent("k", "offerCreated", {}, NOW)
    assert translate(event).ignored == "Keepwarm does nothing with events of the type offerCreated"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hostile_event_raises_nothing(name):
    def translate(document):
        return LEVER.translate(DatedEvent("k", name, document, NOW), ACCOUNT)

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
