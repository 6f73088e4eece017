"""Bullhorn over HTTP, against its stand-in: signing in, the queue that forgets, writing back."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.canonical_records import Activity, Candidate, Interview
from app.connectors.contract import (
    Account,
    ApiError,
    ApiRequest,
    ApiResponse,
    DatedEvent,
    NotConnected,
    OutgoingNote,
    WriteRefused,
)
from tests.connectors.bullhorn_caller import BULLHORN, caller, crm, poll, polled
from tests.connectors.exchanges import Caller, EndedError, run
from tests.connectors.results import gone, one
from tests.crms.bullhorn import USER, BullhornStandIn
from tests.crms.standin import START

__all__ = ["caller", "crm"]

MARK = "0196a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"


def what(events: list[DatedEvent]) -> list[tuple[str, str]]:
    return [(event.document["entityName"], event.document["entityEventType"]) for event in events]


def finding(crm: BullhornStandIn, ids: Mapping[str, int], **changes: Any) -> OutgoingNote:
    words: dict[str, Any] = {
        "mark": MARK,
        "title": "Going quiet: Tomasz <Finance Analyst>",
        "text": f"No word since Monday & two asks.\n[keepwarm {MARK}]",
        "at": crm.now,
        "candidate_id": str(ids["Candidate"]),
        "application_id": str(ids["JobSubmission"]),
        "job_id": str(ids["JobOrder"]),
    }
    return OutgoingNote(**{**words, **changes})


# --- Signing in ---


def test_it_signs_in_by_password_through_another_data_centre(crm, caller):
    crm.desk()
    poll(caller, crm, {})
    assert caller.account.session["address"] == f"{crm.url}/rest-services/e999"
    assert caller.account.credentials["refresh_token"] == "refresh-3"
    assert "/far/rest-services/loginInfo" in [heard.path for heard in crm.heard]


def test_a_refresh_token_is_used_once_and_the_next_one_kept(crm):
    key = {part: crm.credentials[part] for part in ("client_id", "client_secret")}
    settings = {"login_url": f"{crm.url}/rest-services", "auth_url": f"{crm.url}/oauth"}
    caller = Caller(BULLHORN, Account(settings, {**key, "refresh_token": "refresh-0"}), crm.now)
    poll(caller, crm, {})
    first = caller.account.credentials["refresh_token"]
    crm.expire_sessions()
    poll(caller, crm, {})
    assert "refresh-0" != first != caller.account.credentials["refresh_token"]
    assert not [heard for heard in crm.heard if "password" in heard.query]


def test_a_used_up_refresh_token_falls_back_to_the_password(crm, caller):
    caller.account = Account(crm.settings, {**crm.credentials, "refresh_token": "used long ago"})
    poll(caller, crm, {})
    assert caller.account.session["token"]


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"client_secret": "wrong"}, {"client_secret": ""}, {"username": ""}]
)
def test_credentials_that_bullhorn_does_not_take_are_said_to_be_so(crm, changes):
    settings = {**crm.settings, "auth_url": f"{crm.url}/oauth"}
    account = Account(settings, {**crm.credentials, **changes})
    with pytest.raises(NotConnected):
        poll(Caller(BULLHORN, account, crm.now), crm, {})


def test_a_session_that_was_refused_still_brings_the_next_refresh_token_home():
    def answers(ask: ApiRequest) -> Any:
        return ApiResponse(400, None) if ask.path.endswith("/login") else {"access_token": "a", "refresh_token": "next"}

    account = Account(credentials={"client_id": "c", "client_secret": "s", "refresh_token": "r"})
    asked: list[ApiRequest] = []
    assert run(BULLHORN.sign_in(account, START), answers, asked) == {}
    assert [ask.rotates for ask in asked if ask.path.endswith("/token")] == [("refresh_token",)]
    with pytest.raises(NotConnected):
        BULLHORN.headers(account)


def test_an_expired_session_is_renewed_in_the_middle(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.add("Candidate", name="Ada Wong")
    crm.expire_sessions()
    events, _ = polled(caller, crm, cursor)
    assert what(events) == [("Candidate", "INSERTED")]


# --- The queue ---


def test_the_first_poll_subscribes_and_the_next_ones_read_what_happened_in_order(crm, caller):
    crm.desk()
    events, cursor = polled(caller, crm, {})
    assert (events, crm.subscribed.keys()) == ([], {"keepwarm"})
    ids = crm.desk()
    crm.advance(minutes=1)
    crm.change("JobSubmission", ids["JobSubmission"], status="Interview Scheduled")
    events, cursor = polled(caller, crm, cursor)
    assert what(events)[-2:] == [("JobSubmission", "INSERTED"), ("JobSubmission", "UPDATED")]
    assert len({event.key for event in events}) == len(events) == 6
    assert polled(caller, crm, cursor)[0] == []


def test_a_batch_whose_answer_was_lost_is_read_again_before_reading_on(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.add("Candidate", name="Ada Wong")
    crm.lose_next_answer()
    with pytest.raises(EndedError):
        poll(caller, crm, cursor)
    assert crm.queue == []
    crm.add("Candidate", name="Leon Kennedy")
    events, cursor = polled(caller, crm, cursor)
    assert [event.document["entityId"] for event in events] == sorted(crm.rows["Candidate"])
    assert polled(caller, crm, cursor)[0] == []


def test_a_batch_that_was_read_and_never_kept_comes_again_under_the_same_keys(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.desk()
    lost, _ = polled(caller, crm, cursor)
    again, _ = polled(caller, crm, cursor)
    assert lost
    assert [event.key for event in again] == [event.key for event in lost]


def test_more_events_than_one_read_brings_are_read_at_once(crm, caller):
    _, cursor = polled(caller, crm, {})
    for number in range(250):
        crm.add("Candidate", name=f"Candidate {number}")
    page = poll(caller, crm, cursor)
    assert (len(page.items), page.more) == (100, True)
    rest, _ = polled(caller, crm, page.cursor)
    assert len(rest) == 150


def test_a_new_connection_over_an_old_subscription_reads_its_latest_batch_again(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.add("Candidate", name="Ada Wong")
    polled(caller, crm, cursor)
    events, _ = polled(caller, crm, {})
    assert what(events) == [("Candidate", "INSERTED")]


def test_a_week_without_a_poll_asks_for_a_backfill_once(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.add("Candidate", name="Ada Wong")
    crm.advance(days=7, minutes=1)
    page = poll(caller, crm, cursor)
    assert (page.items, page.suspended) == ([], True)
    assert not poll(caller, crm, page.cursor).suspended


def test_a_subscription_that_somebody_deleted_is_made_again_and_asks_for_a_backfill(crm, caller):
    _, cursor = polled(caller, crm, {})
    crm.add("Candidate", name="Ada Wong")
    _, cursor = polled(caller, crm, cursor)
    crm.drop_subscriptions()
    page = poll(caller, crm, cursor)
    assert (page.suspended, "keepwarm" in crm.subscribed) == (True, True)
    crm.drop_subscriptions()
    crm.subscribed["keepwarm"] = {"Candidate"}
    behind = poll(caller, crm, cursor)
    assert (behind.suspended, behind.cursor["request"]) == (True, 0)


def test_an_error_is_never_read_as_an_empty_queue():
    def answer(ask: ApiRequest) -> Any:
        return {"result": 4} if ask.path.endswith("/lastRequestId") else {"errorMessage": "Internal error"}

    with pytest.raises(ApiError, match="events of its subscription with an error"):
        run(BULLHORN.page("events", START, {"request": 4, "polled_at": START.isoformat()}, Account(), START), answer)


# --- What events say ---


def test_an_interview_is_booked_moved_and_cancelled(crm, caller):
    ids = crm.desk()
    _, cursor = polled(caller, crm, {})
    about: dict[str, Any] = {"candidateReference": {"id": ids["Candidate"]}, "jobOrder": {"id": ids["JobOrder"]}}
    begins = int((crm.now + timedelta(days=1)).timestamp() * 1000)
    id = crm.add("Appointment", type="Interview", dateBegin=begins, dateEnd=begins + 3_600_000, **about)
    seen = []
    for change in ({}, {"dateBegin": begins + 60_000}, {"isDeleted": True}):
        crm.advance(minutes=1)
        if change:
            crm.change("Appointment", id, **change)
        [event], cursor = polled(caller, crm, cursor)
        interview = one(caller.run(lambda account: BULLHORN.translate(event, account)), Interview)  # noqa: B023
        seen.append((interview.id, interview.status, interview.starts_at - crm.now.replace(minute=0)))
    day, minute = timedelta(days=1), timedelta(minutes=1)
    assert seen == [
        (str(id), "scheduled", day), (str(id), "scheduled", day + minute), (str(id), "cancelled", day + minute),
    ]  # fmt: skip


def test_a_candidate_who_was_deleted_is_gone(crm, caller):
    ids = crm.desk()
    _, cursor = polled(caller, crm, {})
    crm.remove("Candidate", ids["Candidate"])
    [event], _ = polled(caller, crm, cursor)
    assert gone(caller.run(lambda account: BULLHORN.translate(event, account))) == [
        ("candidate", str(ids["Candidate"]))
    ]


# --- Writing back ---


def test_a_note_is_written_once_and_its_echo_is_known_as_ours(crm, caller):
    ids = crm.desk()
    _, cursor = polled(caller, crm, {})
    id = caller.run(lambda account: BULLHORN.write(finding(crm, ids), account))
    [sent] = [heard for heard in crm.heard if heard.path.endswith("/entity/Note")]
    assert (sent.method, sent.json) == (
        "PUT",
        {
            "action": "Other",
            "comments": "Going quiet: Tomasz &lt;Finance Analyst&gt;<br><br>No word since Monday &amp; two asks.<br>"
            f"[keepwarm {MARK}]",
            "personReference": {"id": ids["Candidate"]},
            "externalID": MARK,
            "jobOrder": {"id": ids["JobOrder"]},
            "commentingPerson": {"id": USER},
        },
    )
    assert caller.run(lambda account: BULLHORN.write(finding(crm, ids, again=True), account)) == id
    assert len(crm.rows["Note"]) == 1
    [echo], _ = polled(caller, crm, cursor)
    came = caller.run(lambda account: BULLHORN.translate(echo, account))
    note = one(came, Activity)
    assert (note.id, note.mark, note.candidate_id) == (id, MARK, str(ids["Candidate"]))
    assert one(came, Candidate).name == "Tomasz Lewandowski"


def test_a_second_attempt_writes_where_the_first_never_arrived(crm, caller):
    ids = crm.desk()
    crm.add("Note", action="Other", comments="somebody else's", personReference={"id": ids["Candidate"]})
    for as_task in (False, True):
        again = finding(crm, ids, again=True, as_task=as_task)
        caller.run(lambda account: BULLHORN.write(again, account))  # noqa: B023
    assert (len(crm.rows["Note"]), len(crm.rows["Task"])) == (2, 1)


def test_a_task_is_written_once(crm, caller):
    ids = crm.desk()
    task = finding(crm, ids, as_task=True)
    id = caller.run(lambda account: BULLHORN.write(task, account))
    made = crm.rows["Task"][int(id)]
    assert (made["subject"], made["candidate"], made["isPrivate"]) == (task.title, {"id": ids["Candidate"]}, False)
    assert made["dateEnd"] - made["dateBegin"] == 15 * 60_000
    again = finding(crm, ids, as_task=True, again=True)
    assert caller.run(lambda account: BULLHORN.write(again, account)) == id


def test_a_move_sets_the_status_of_the_submission(crm, caller):
    ids = crm.desk()
    caller.run(lambda account: BULLHORN.move(str(ids["JobSubmission"]), "Client Interview", account))
    assert crm.rows["JobSubmission"][ids["JobSubmission"]]["status"] == "Client Interview"


def test_an_id_that_is_none_of_bullhorns_is_refused_before_anything_is_sent(crm, caller):
    ids = crm.desk()
    with pytest.raises(WriteRefused, match="whole numbers"):
        caller.run(lambda account: BULLHORN.write(finding(crm, ids, candidate_id="5/../6"), account))
    with pytest.raises(WriteRefused, match="whole numbers"):
        caller.run(lambda account: BULLHORN.move("5/../6", "Offer", account))
