"""JobAdder over HTTP, against its stand-in: signing in, hints, webhooks that are suspended, writing back."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from app.connectors.canonical_records import Activity, Application, Candidate, Interview
from app.connectors.contract import (
    Account,
    ApiError,
    ApiRequest,
    ApiResponse,
    DatedEvent,
    InboundRequest,
    NotConnected,
    OutgoingNote,
    WriteRefused,
)
from tests.connectors.exchanges import Caller, EndedError, run
from tests.connectors.jobadder_caller import JOBADDER, caller, crm, fetch_all, page, translated
from tests.connectors.results import one, status
from tests.crms.jobadder import USER, JobAdderStandIn
from tests.crms.standin import START, Delivery

__all__ = ["caller", "crm"]

MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


def hook(crm: JobAdderStandIn, caller: Caller) -> str:
    """Make the webhook as an admin does, after the very words of the steps."""
    caller.run(lambda account: JOBADDER.page("webhooks", START, {}, account, START))
    [step] = [step for step in JOBADDER.steps("https://keepwarm.example/hooks/1") if "POST" in step]
    body = json.loads(step[step.index("{") : step.rindex("}") + 1].replace("<secret>", "s3cret"))
    headers = JOBADDER.headers(caller.account)
    with httpx.Client(trust_env=False) as http:
        made = http.post(f"{crm.url}/v2/webhooks", json=body, headers=dict(headers))
    return str(made.json()["webhookId"])


def received(delivery: Delivery, into: list[DatedEvent]) -> int:
    request = InboundRequest(delivery.body, delivery.headers, {}, START)
    JOBADDER.verify(request, ["s3cret"])
    into.append(JOBADDER.parse_event(request).dated(START))
    return 200


def finding(crm: JobAdderStandIn, ids: Mapping[str, str], **changes: Any) -> OutgoingNote:
    words: dict[str, Any] = {
        "mark": MARK,
        "title": "Going quiet: Jasmine, Dental Nurse",
        "text": f"No word since Monday.\n[keepwarm {MARK}]",
        "at": crm.now,
        "candidate_id": ids["candidates"],
        "application_id": ids["applications"],
        "job_id": ids["jobs"],
    }
    return OutgoingNote(**{**words, **changes})


# --- Signing in ---


def test_the_refresh_token_brings_the_address_and_the_next_one(crm, caller):
    page(caller, "webhooks", START, {})
    assert JOBADDER.address(caller.account) == f"{crm.url}/v2"
    assert caller.account.credentials["refresh_token"] == "refresh-1"
    crm.expire_tokens()
    page(caller, "webhooks", START, {})
    assert caller.account.credentials["refresh_token"] == "refresh-2"
    assert caller.account.credentials["client_secret"] == "secret"


@pytest.mark.parametrize("changes", [{"refresh_token": "used"}, {"client_secret": ""}])
def test_credentials_that_jobadder_does_not_take_are_said_to_be_so(crm, changes):
    account = Account(crm.settings, {**crm.credentials, **changes})
    with pytest.raises(NotConnected):
        page(Caller(JOBADDER, account, START), "webhooks", START, {})


def test_without_a_token_there_is_no_address_and_no_header():
    for ask in (JOBADDER.address, JOBADDER.headers):
        with pytest.raises(NotConnected):
            ask(Account())


# --- Hints ---


def test_a_move_is_received_fetched_and_dated(crm, caller):
    ids = crm.desk()
    hook(crm, caller)
    crm.advance(minutes=3)
    crm.move(ids["applications"], 2)
    events: list[DatedEvent] = []
    assert crm.send(lambda delivery: received(delivery, events)) == [200]
    came = translated(caller, events[0])
    since = status(came)
    assert (since.value, since.label, since.at) == ("2", "Client interview", START + timedelta(minutes=3))
    assert one(came, Candidate).name == "Jasmine Oyelaran"


@pytest.mark.parametrize("order", [list, reversed])
def test_two_moves_end_at_the_last_one_in_any_order_of_arrival(crm, caller, order):
    ids = crm.desk()
    hook(crm, caller)
    for minutes, to in ((3, 2), (5, 3)):
        crm.advance(minutes=minutes)
        crm.move(ids["applications"], to)
    events: list[DatedEvent] = []
    crm.send(lambda delivery: received(delivery, events), order)
    assert {status(translated(caller, event)).value for event in events} == {"3"}


def test_an_event_without_ids_or_an_id_of_its_own_is_found_by_what_changed(crm, caller):
    crm.tells_ids, crm.event_ids_are_zeros = False, True
    ids = [crm.desk()["applications"] for _ in range(5)]
    hook(crm, caller)
    crm.advance(hours=1)
    for id in ids[1:]:
        crm.move(id, 2)
    events: list[DatedEvent] = []
    crm.send(lambda delivery: received(delivery, events))
    assert len({event.key for event in events}) == 1, "they say the very same, and one of them leads to all"
    came = translated(caller, events[0])
    moved = {record.id for record in came.records if isinstance(record, Application)}
    assert moved == set(ids[1:])


def test_an_interview_that_is_booked_and_judged_was_held(crm, caller):
    ids = crm.desk()
    hook(crm, caller)
    times = {"startAt": "2026-05-04T10:00:00Z", "endAt": "2026-05-04T11:00:00Z"}
    id = crm.add("interviews", "interview_scheduled", type="External", interviewee=ids["applications"], **times)
    crm.advance(hours=3)
    crm.change("interviews", id, "interview_evaluation_submitted", evaluations=[{"hasReplied": True}])
    events: list[DatedEvent] = []
    crm.send(lambda delivery: received(delivery, events))
    booked, judged = (one(translated(caller, event), Interview) for event in events)
    assert booked.id == judged.id == f"{id}-{ids['applications']}"
    assert (judged.status, judged.version) == ("completed", START + timedelta(hours=3))


# --- Webhooks that JobAdder suspends ---


def test_a_suspended_webhook_is_enabled_with_its_authorization_and_asks_for_a_backfill(crm, caller):
    ids = crm.desk()
    id = hook(crm, caller)
    assert not page(caller, "webhooks", START, {}).suspended
    for number in range(10):
        crm.move(ids["applications"], 2 + number % 2)
    crm.send(lambda delivery: 503)
    assert (crm.webhooks[id]["status"], crm.deliveries) == ("Suspended", [])
    assert "jobapplication_status_changed" in crm.webhooks[id]["events"]
    crm.move(ids["applications"], 3)
    assert crm.deliveries == []
    assert page(caller, "webhooks", START, {}).suspended
    assert crm.webhooks[id] == {
        "webhookId": id,
        "name": "Keepwarm",
        "url": "https://keepwarm.example/hooks/1",
        "events": crm.webhooks[id]["events"],
        "authorization": "Bearer s3cret",
        "status": "Enabled",
    }
    assert not page(caller, "webhooks", START, {}).suspended
    crm.move(ids["applications"], 1)
    events: list[DatedEvent] = []
    assert crm.send(lambda delivery: received(delivery, events)) == [200]


def test_a_webhook_of_another_program_is_left_alone(crm, caller):
    id = hook(crm, caller)
    crm.webhooks[id] |= {"status": "Suspended", "url": "https://payroll.example/hooks/11"}
    assert not page(caller, "webhooks", START, {}).suspended
    assert crm.webhooks[id]["status"] == "Suspended"
    crm.webhooks[id] |= {"name": "Renamed", "url": "https://elsewhere.example/hooks/1"}
    assert page(caller, "webhooks", START, {}).suspended


# --- Writing back ---


def test_a_note_is_written_once_and_comes_back_as_ours(crm, caller):
    ids = crm.desk()
    id = caller.run(lambda account: JOBADDER.write(finding(crm, ids), account))
    [sent] = [heard for heard in crm.heard if heard.method == "POST" and heard.path.endswith("/notes")]
    assert sent.path == f"/v2/candidates/{ids['candidates']}/notes"
    assert sent.json == {
        "text": f"Going quiet: Jasmine, Dental Nurse\n\nNo word since Monday.\n[keepwarm {MARK}]",
        "reference": MARK,
        "createdByIntegration": True,
        "applicationId": [int(ids["applications"])],
    }
    assert caller.run(lambda account: JOBADDER.write(finding(crm, ids, again=True), account)) == id
    assert len(crm.rows["notes"]) == 1
    [echo] = fetch_all(caller, "notes")
    assert one(translated(caller, echo), Activity).mark == MARK


def test_a_task_is_written_once_for_the_user_of_the_settings_or_the_connected_one(crm, caller):
    ids = crm.desk()
    id = caller.run(lambda account: JOBADDER.write(finding(crm, ids, as_task=True), account))
    made = crm.tasks[int(id)]
    assert (made["assignees"], made["title"]) == ([USER], f"Going quiet: Jasmine, Dental Nurse [keepwarm {MARK}]")
    assert (made["applications"], made["jobs"]) == ([int(ids["applications"])], [int(ids["jobs"])])
    again = finding(crm, ids, as_task=True, again=True)
    assert caller.run(lambda account: JOBADDER.write(again, account)) == id
    account = Account({**crm.settings, "user_id": "77"}, caller.account.credentials, caller.account.session)
    other = Caller(JOBADDER, account, START)
    long = finding(crm, ids, as_task=True, title="Going quiet " * 40)
    assert crm.tasks[int(other.run(lambda account: JOBADDER.write(long, account)))]["assignees"] == [77]


def test_a_second_attempt_writes_where_the_first_never_arrived(crm, caller):
    ids = crm.desk()
    for as_task in (False, True):
        again = finding(crm, ids, again=True, as_task=as_task)
        caller.run(lambda account, again=again: JOBADDER.write(again, account))
    assert (len(crm.rows["notes"]), len(crm.tasks)) == (1, 1)


def test_a_move_sets_the_status_and_is_fine_where_it_stands_there_already(crm, caller):
    ids = crm.desk()
    for _ in range(2):
        caller.run(lambda account: JOBADDER.move(ids["applications"], "3", account))
    assert crm.rows["applications"][ids["applications"]]["status"] == 3
    with pytest.raises(EndedError):
        caller.run(lambda account: JOBADDER.move(ids["applications"], "99", account))
    with pytest.raises(WriteRefused, match="whole numbers"):
        caller.run(partial(JOBADDER.move, "5/../6", "3"))


def test_a_move_to_a_status_by_its_name_looks_its_id_up(crm, caller):
    """The words of a map are what recruiters read, and JobAdder receives ids."""
    ids = crm.desk()
    caller.run(lambda account: JOBADDER.move(ids["applications"], " client  INTERVIEW", account))
    assert crm.rows["applications"][ids["applications"]]["status"] == 2
    crm.statuses[9] = "Offer"
    for name in ("Offer", "Onsite"):
        with pytest.raises(WriteRefused, match="no one status"):
            caller.run(partial(JOBADDER.move, ids["applications"], name))


def test_an_answer_that_names_nothing_is_a_problem_that_says_so(crm):
    ids = {"candidates": "5", "applications": "6", "jobs": "7"}

    def answers(ask: ApiRequest) -> Any:
        return ApiResponse(201, {})

    with pytest.raises(ApiError, match="did not name"):
        run(JOBADDER.write(finding(crm, ids), Account()), answers)
