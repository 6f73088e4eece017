"""JobAdder over HTTP, against its stand-in: hints, walks, webhooks that are suspended, writing back."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from app.connectors.connector import (
    Account,
    Arrived,
    Ask,
    AskFailed,
    Event,
    Finding,
    NotConnected,
    Page,
    Reply,
    Translation,
)
from app.connectors.records import Activity, Application, Candidate, Gone, Interview
from app.connectors.systems.jobadder import JobAdder
from app.kit.errors import Problem
from tests.connectors.driving import Caller, EndedError, run
from tests.connectors.said import one, status
from tests.crms.jobadder import USER, JobAdderStandIn
from tests.crms.standin import START, Delivery

JOBADDER = JobAdder()
MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


@pytest.fixture
def crm() -> Iterator[JobAdderStandIn]:
    with JobAdderStandIn() as crm:
        yield crm


@pytest.fixture
def caller(crm: JobAdderStandIn) -> Caller:
    account = Account(crm.settings, crm.credentials, hook_path="/hooks/1", hook_secret="s3cret")
    return Caller(JOBADDER, account, crm.now)


def page(caller: Caller, stream: str, since: datetime, cursor: Mapping[str, Any]) -> Page:
    found: Page = caller.run(lambda account: JOBADDER.page(stream, since, cursor, account, since))
    return found


def walked(caller: Caller, stream: str, since: datetime = START) -> list[Event]:
    """Everything of a stream; each step is taken twice, as after a crash."""
    cursor: Mapping[str, Any] = {}
    events: list[Event] = []
    for _ in range(60):
        found = page(caller, stream, since, cursor)
        assert page(caller, stream, since, cursor) == found
        events, cursor = [*events, *found.items], found.cursor
        if not found.more:
            return list({event.key: event for event in events}.values())
    raise AssertionError("the walk does not end")


def translated(caller: Caller, event: Event) -> Translation:
    came: Translation = caller.run(lambda account: JOBADDER.translate(event, account))
    return came


def hook(crm: JobAdderStandIn, caller: Caller) -> str:
    """Make the webhook as an admin does, after the very words of the steps."""
    caller.run(lambda account: JOBADDER.page("webhooks", START, {}, account, START))
    [step] = [step for step in JOBADDER.steps("https://keepwarm.example/hooks/1") if "POST" in step]
    body = json.loads(step[step.index("{") : step.rindex("}") + 1].replace("<secret>", "s3cret"))
    headers = JOBADDER.headers(caller.account)
    with httpx.Client(trust_env=False) as http:
        made = http.post(f"{crm.url}/v2/webhooks", json=body, headers=dict(headers))
    return str(made.json()["webhookId"])


def received(delivery: Delivery, into: list[Event]) -> int:
    request = Arrived(delivery.body, delivery.headers, {}, START)
    JOBADDER.verify(request, ["s3cret"])
    into.append(JOBADDER.event(request))
    return 200


def finding(crm: JobAdderStandIn, ids: Mapping[str, str], **changes: Any) -> Finding:
    words: dict[str, Any] = {
        "mark": MARK,
        "title": "Going quiet: Jasmine, Dental Nurse",
        "text": f"No word since Monday.\n[keepwarm {MARK}]",
        "at": crm.now,
        "candidate_id": ids["candidates"],
        "application_id": ids["applications"],
        "job_id": ids["jobs"],
    }
    return Finding(**{**words, **changes})


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


def test_a_move_is_told_fetched_and_dated(crm, caller):
    ids = crm.desk()
    hook(crm, caller)
    crm.advance(minutes=3)
    crm.move(ids["applications"], 2)
    events: list[Event] = []
    assert crm.send(lambda delivery: received(delivery, events)) == [200]
    came = translated(caller, events[0])
    since = status(came)
    assert (since.value, since.label, since.at) == ("2", "Client interview", START + timedelta(minutes=3))
    assert one(came, Candidate).name == "Jasmine Oyelaran"


@pytest.mark.parametrize("order", [list, reversed])
def test_two_moves_end_at_the_last_one_in_whatever_order_they_are_told(crm, caller, order):
    ids = crm.desk()
    hook(crm, caller)
    for minutes, to in ((3, 2), (5, 3)):
        crm.advance(minutes=minutes)
        crm.move(ids["applications"], to)
    events: list[Event] = []
    crm.send(lambda delivery: received(delivery, events), order)
    assert {status(translated(caller, event)).value for event in events} == {"3"}


def test_an_event_without_ids_or_an_id_of_its_own_is_found_by_what_changed(crm, caller):
    crm.tells_ids, crm.event_ids_are_zeros = False, True
    ids = [crm.desk()["applications"] for _ in range(5)]
    hook(crm, caller)
    crm.advance(hours=1)
    for id in ids[1:]:
        crm.move(id, 2)
    events: list[Event] = []
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
    events: list[Event] = []
    crm.send(lambda delivery: received(delivery, events))
    booked, judged = (one(translated(caller, event), Interview) for event in events)
    assert booked.id == judged.id == f"{id}-{ids['applications']}"
    assert (judged.status, judged.version) == ("completed", START + timedelta(hours=3))


# --- Walks ---


def test_a_backfill_brings_everything_once_and_names_what_each_thing_refers_to(crm, caller):
    ids = [crm.desk() for _ in range(4)][-1]
    times = {"startAt": "2026-05-04T10:00:00Z", "endAt": "2026-05-04T11:00:00Z"}
    crm.add("interviews", type="External", interviewee=ids["applications"], **times)
    crm.add("notes", type="Call", text="Hello", candidates=[ids["candidates"]], applications=[ids["applications"]])
    about = {"candidate": ids["candidates"], "job": ids["jobs"]}
    crm.add("placements", type="Permanent", approved=False, status=3, **about)
    crm.advance(hours=1)
    crm.change("candidates", ids["candidates"], lastName="Oyelaran-Smith")
    counts = {}
    for stream in JOBADDER.streams:
        if stream.backfill:
            events = walked(caller, stream.name)
            counts[stream.name] = len(events)
            for event in events:
                assert translated(caller, event).records, event
    assert counts == {
        "companies": 4, "contacts": 4, "candidates": 4, "jobs": 4, "applications": 4, "interviews": 1, "notes": 1,
        "placements": 1,
    }  # fmt: skip


def test_a_poll_brings_what_was_created_and_what_was_changed_since(crm, caller):
    old = crm.desk()
    crm.desk()
    crm.advance(days=1)
    new = crm.desk()
    crm.change("applications", old["applications"], rating=5)
    events = walked(caller, "applications", START + timedelta(hours=12))
    told = {one(translated(caller, event), Application).id for event in events}
    assert told == {old["applications"], new["applications"]}


def test_a_walk_begins_again_where_something_left_the_list_meanwhile(crm, caller):
    for _ in range(8):
        crm.add("candidates", firstName="Jo", lastName="Park")
    first = page(caller, "candidates", START, {})
    crm.remove("candidates", "501")
    second = page(caller, "candidates", START, first.cursor)
    assert second.cursor["offset"] == 0
    seen, cursor = {event.key for event in [*first.items, *second.items]}, second.cursor
    while cursor:
        step = page(caller, "candidates", START, cursor)
        seen, cursor = seen | {event.key for event in step.items}, step.cursor
    assert len(seen) == 8


def test_a_note_is_polled_and_fetched_whole(crm, caller):
    ids = crm.desk()
    crm.add("notes", type="Client call", text="Decision by Friday.", applications=[ids["applications"]], candidates=[])
    [event] = walked(caller, "notes")
    note = one(translated(caller, event), Activity)
    assert (note.type, note.text, note.application_id) == (
        "note: Client call",
        "Decision by Friday.",
        ids["applications"],
    )
    assert note.candidate_id == ids["candidates"]


def test_what_was_deleted_since_is_told_by_a_list(crm, caller):
    ids, early = crm.desk(), crm.desk()
    crm.remove("applications", early["applications"])
    crm.advance(hours=1)
    crm.remove("applications", ids["applications"])
    crm.remove("candidates", ids["candidates"])
    events = walked(caller, "deleted", START + timedelta(minutes=30))
    told = [record for event in events for record in translated(caller, event).records if isinstance(record, Gone)]
    assert [(record.kind, record.id) for record in told] == [
        ("application", ids["applications"]), ("candidate", ids["candidates"]),
    ]  # fmt: skip
    assert {record.version for record in told} == {START + timedelta(hours=1)}


def test_an_outage_ends_the_step_and_the_next_one_takes_it_again(crm, caller):
    crm.desk()
    assert walked(caller, "jobs")
    crm.fail_next(429, retry_after=2)
    with pytest.raises(EndedError) as ended:
        page(caller, "jobs", START, {})
    assert ended.value.status == 429
    assert walked(caller, "jobs")


@pytest.mark.parametrize(
    "answer", [{"items": [], "totalCount": 0}, {"totalCount": 0}, {"items": [None, 5, {}], "totalCount": "many"}]
)
@pytest.mark.parametrize("stream", [stream.name for stream in JOBADDER.streams])
def test_no_list_however_odd_breaks_a_walk(stream, answer):
    cursor: Mapping[str, Any] = {}
    more = []
    for _ in range(6):
        step = run(JOBADDER.page(stream, START, cursor, Account(), START), lambda ask: answer)
        cursor = step.cursor
        more.append(step.more)
    assert not all(more)


@pytest.mark.parametrize("answer", [None, [], {}, {"items": None}, {"message": "You may not"}, "maintenance"])
@pytest.mark.parametrize("stream", [stream.name for stream in JOBADDER.streams])
def test_an_error_is_never_read_as_the_end_of_a_walk(stream, answer):
    with pytest.raises(AskFailed, match="holds no list of records"):
        run(JOBADDER.page(stream, START, {}, Account(), START), lambda ask: answer)


def test_a_list_that_shows_nothing_of_what_it_counts_is_an_error():
    with pytest.raises(AskFailed, match="has 12 notes and shows none"):
        run(JOBADDER.page("notes", START, {}, Account(), START), lambda ask: {"items": [], "totalCount": 12})


def test_a_list_of_deleted_things_that_may_not_be_read_is_said_to_be_so():
    with pytest.raises(EndedError) as ended:
        run(JOBADDER.page("deleted", START, {}, Account(), START), lambda ask: Reply(403, None))
    assert ended.value.status == 403
    absent = run(JOBADDER.page("deleted", START, {}, Account(), START), lambda ask: Reply(404, None))
    assert (list(absent.items), absent.more) == ([], True), "a list that JobAdder does not have"


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
    events: list[Event] = []
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
    [echo] = walked(caller, "notes")
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
    with pytest.raises(Problem, match="whole numbers"):
        caller.run(partial(JOBADDER.move, "5/../6", "3"))


def test_a_move_to_a_status_by_its_name_looks_its_id_up(crm, caller):
    """The words of a map are what recruiters read, and JobAdder is told ids."""
    ids = crm.desk()
    caller.run(lambda account: JOBADDER.move(ids["applications"], " client  INTERVIEW", account))
    assert crm.rows["applications"][ids["applications"]]["status"] == 2
    crm.statuses[9] = "Offer"
    for name in ("Offer", "Onsite"):
        with pytest.raises(Problem, match="no one status"):
            caller.run(partial(JOBADDER.move, ids["applications"], name))


def test_an_answer_that_names_nothing_is_a_problem_that_says_so(crm):
    ids = {"candidates": "5", "applications": "6", "jobs": "7"}

    def answers(ask: Ask) -> Any:
        return Reply(201, {})

    with pytest.raises(AskFailed, match="did not name"):
        run(JOBADDER.write(finding(crm, ids), Account()), answers)
