"""A finding of Keepwarm becomes one note in the CRM, whichever request or answer is lost on the way."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.connectors.contract import Account, ApiError, ApiExchange, OutgoingNote
from app.connectors.toolkit import add_marker
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from app.webhooks.models import delivery
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import ACTIVITIES, APPLICATION, STAGES, call, fetch, interview
from tests.crms.small import Small, SmallCrm, connected, small_crm
from tests.crms.standin import HANG_UP
from tests.service import Client, Clock, Service

Linking = Callable[..., Sender]


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCrm]:
    with small_crm(monkeypatch) as running:
        yield running


@pytest.fixture
def link_with(admin: Client, crm: SmallCrm, workers: Workers, clock: Clock) -> Linking:
    """A connection that writes this back, and that has sent an interview which has just ended."""

    def link(**write_back: Any) -> Sender:
        sender = connected(admin, crm, stage_map=STAGES, activity_map=ACTIVITIES, write_back=write_back)
        sender.send("interview.updated", interview(clock.now, application=APPLICATION))
        workers.everything()
        return sender

    return link


def overdue(workers: Workers, clock: Clock, days: int = 1) -> None:
    """Let the follow-up go overdue: a warning that evening, critical the evening after."""
    for _ in range(days):
        clock.advance(hours=8 if clock.now.hour == 9 else 24)
        workers.everything()


def written(link: Sender, state: str | None = None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = link.admin.get(f"/v1/connections/{link.id}/written").json()["items"]
    return [item for item in items if state in (None, item["state"])]


def follow_up(link: Sender) -> dict[str, Any]:
    """The recruiter logs the follow-up in Keepwarm."""
    at = fetch(link, "applications/by-ref/small/a1")["id"]
    [held] = fetch(link, f"applications/{at}/interviews")["items"]
    answer = link.admin.post(f"/v1/interviews/{held['id']}/follow-ups", {"feedback": "They liked her."})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def titles(crm: SmallCrm) -> list[str]:
    return [note["text"].splitlines()[0] for note in crm.notes]


def test_nothing_is_written_until_it_is_turned_on(link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock):
    link = link_with()
    overdue(workers, clock)
    follow_up(link)
    workers.everything()
    assert (crm.notes, crm.moves, written(link)) == ([], [], [])


def test_a_flag_is_written_once_and_once_more_when_it_clears(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(flags=True)
    overdue(workers, clock)
    [note] = crm.notes
    assert (note["person"], note["task"]) == ("c1", False)
    assert "What ends it:" in note["text"]
    clock.advance(hours=1)
    workers.everything()
    follow_up(link)
    workers.everything()
    assert titles(crm) == ["Keepwarm: follow up overdue (warning)", "Keepwarm: no longer follow up overdue"]


@pytest.mark.parametrize(("least", "evenings"), [("watch", [1, 3]), ("warning", [1, 1]), ("critical", [0, 1])], ids=str)
def test_a_flag_is_written_when_it_first_becomes_as_severe_as_wanted(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, least: str, evenings: list[int]
):
    link_with(flags=True, least_severity=least)
    seen = []
    for _ in evenings:
        overdue(workers, clock)
        seen.append(len(crm.notes))
    assert seen == evenings


def test_a_flag_that_never_was_severe_enough_clears_in_silence(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(flags=True, least_severity="critical")
    overdue(workers, clock)
    follow_up(link)
    workers.everything()
    assert crm.notes == []
    assert {item["state"] for item in written(link)} == {"skipped"}


def test_a_flag_is_a_task_where_that_is_wanted(link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock):
    link = link_with(flags=True, as_tasks=True)
    overdue(workers, clock)
    follow_up(link)
    workers.everything()
    assert [note["task"] for note in crm.notes] == [True, False]


def test_a_flag_that_was_dismissed_before_it_was_written_is_not(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(flags=True)
    clock.advance(hours=8)
    workers.sweep()
    [flag] = fetch(link, "flags")["items"]
    assert link.admin.post(f"/v1/flags/{flag['id']}/dismiss", {"reason": "wrong"}).status_code == 200
    workers.everything()
    assert crm.notes == []


def test_a_follow_up_is_written_with_what_the_client_said(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    follow_up(link)
    workers.everything()
    [note] = crm.notes
    assert "They liked her." in note["text"]
    assert "on Mon 4 May 2026 at 19:00 AEST (Australia/Sydney)." in note["text"], (
        "on the agency's clock, which is named"
    )
    overdue(workers, clock, days=2)
    assert len(crm.notes) == 1


def test_a_follow_up_that_the_crm_sent_is_not_written_back_to_it(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    theirs = {"channel": "phone", "two_way": True, "from_party": "recruiter", "to_party": "client"}
    follow_ups = {"activity_map": {"call": theirs | {"purpose": "interview_follow_up"}}}
    assert link.admin.patch(f"/v1/connections/{link.id}", follow_ups).status_code == 200
    link.send("activity.created", call(clock.now, application_id="a1"))
    workers.everything()
    assert crm.notes == []
    [item] = written(link)
    assert item["outcome"] == "it came from Small CRM"


@pytest.mark.parametrize("known_by", ["mark", "id"])
def test_the_echo_of_a_note_is_no_news(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, known_by: str
):
    link = link_with(follow_ups=True)
    follow_up(link)
    workers.everything()
    [note] = crm.notes
    echo = call(clock.now, id=note["id"], application_id="a1", text=note["text"])
    echo |= {"text": "The CRM shortened it"} if known_by == "id" else {"id": "another id"}
    link.send("activity.created", echo)
    workers.everything()
    [event] = [event for event in link.events() if event["type"] == "activity.created"]
    assert (event["state"], event["reason"]) == ("ignored", "Keepwarm wrote it")


def test_an_echo_that_overtakes_the_answer_is_known_by_its_mark(
    link_with: Linking, workers: Workers, service: Service, clock: Clock
):
    link = link_with(follow_ups=True)
    follow_up(link)
    [on_its_way] = rows(service, delivery)
    text = add_marker("Keepwarm: follow-up with the client", str(on_its_way.event_id))
    link.send("activity.created", call(clock.now, application_id="a1", text=text))
    workers.everything()
    assert [event["reason"] for event in link.events() if event["type"] == "activity.created"] == ["Keepwarm wrote it"]


def test_a_note_whose_answer_was_lost_is_found_and_not_written_again(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    crm.loses_answers = True
    follow_up(link)
    workers.everything()
    assert [item["state"] for item in written(link)] == ["unsure"]
    clock.advance(minutes=1)
    workers.everything()
    [item] = written(link)
    assert (len(crm.notes), item["state"], item["outcome"]) == (1, "delivered", "n1")


def test_a_note_whose_answer_names_none_is_looked_for_as_well(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    link = link_with(follow_ups=True)
    writes = Small.write
    with monkeypatch.context() as patch:

        def unclear(self: Small, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
            yield from writes(self, finding, account)
            raise ApiError("Small CRM did not name what it made.")

        patch.setattr(Small, "write", unclear)
        follow_up(link)
        workers.everything()
    assert [item["state"] for item in written(link)] == ["unsure"]
    clock.advance(minutes=1)
    workers.everything()
    [item] = written(link)
    assert (len(crm.notes), item["state"], item["outcome"]) == (1, "delivered", "n1")


def test_a_worker_that_dies_after_writing_leaves_a_note_that_is_found(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    link = link_with(follow_ups=True)
    follow_up(link)
    with monkeypatch.context() as patch:
        patch.setattr("app.connectors.write_back.worker._written", lambda *_, **__: None)
        workers.everything()
    assert len(crm.notes) == 1
    clock.advance(minutes=1)
    workers.everything()
    assert len(crm.notes) == 1
    assert [item["outcome"] for item in written(link, "delivered")] == ["n1"]


@pytest.mark.parametrize("trouble", [429, 500, 503, HANG_UP, 401])
def test_a_crm_that_is_away_gets_it_later_and_once(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, trouble: int
):
    link = link_with(follow_ups=True)
    follow_up(link)
    for _ in range(MAX_CLAIM_ATTEMPTS + 2):
        crm.fail_next(trouble)
        workers.write_back()
        clock.advance(minutes=15)
        crm._failures.clear()
        if trouble == 401:
            break
    workers.everything()
    assert len(crm.notes) == 1
    assert [item["state"] for item in written(link)] == ["delivered"]


def test_what_the_crm_refuses_is_tried_five_times_and_says_why(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    follow_up(link)
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        crm.fail_next(422)
        workers.write_back()
        clock.advance(hours=3)
        crm._failures.clear()
    [item] = written(link)
    assert (item["state"], item["outcome"]) == ("failed", "Small CRM rejected the request (422).")
    assert crm.notes == []


def test_a_paused_connection_writes_nothing_until_it_is_woken(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    link.admin.patch(f"/v1/connections/{link.id}", {"paused": True})
    follow_up(link)
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        workers.everything()
        clock.advance(minutes=5)
    assert crm.notes == []
    link.admin.patch(f"/v1/connections/{link.id}", {"paused": False})
    workers.everything()
    assert len(crm.notes) == 1


def test_a_write_back_that_was_turned_off_is_not_written(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock
):
    link = link_with(follow_ups=True)
    follow_up(link)
    link.admin.patch(f"/v1/connections/{link.id}", {"write_back": {"follow_ups": False}})
    workers.everything()
    assert crm.notes == []
    assert [item["outcome"] for item in written(link)] == ["this write-back was turned off meanwhile"]


def test_what_workers_died_of_is_left_alone(
    link_with: Linking, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    link = link_with(follow_ups=True)
    follow_up(link)
    dead = sa.update(delivery).values(attempts=MAX_CLAIM_ATTEMPTS, due_at=clock.now)
    service.write(lambda conn: conn.execute(dead).rowcount)
    workers.everything()
    [item] = written(link)
    assert (item["state"], item["next_attempt_at"]) == ("failed", None)
    assert item["outcome"] == "the worker crashed each time while this was being written"


def test_nothing_is_left_to_write_for_a_connection_that_is_gone(
    link_with: Linking, crm: SmallCrm, workers: Workers, service: Service
):
    link = link_with(follow_ups=True)
    follow_up(link)
    assert link.admin.delete(f"/v1/connections/{link.id}").status_code == 204
    assert rows(service, delivery) == []
    workers.everything()
    assert crm.notes == []


def test_a_candidate_whom_the_crm_does_not_know_is_not_written_about(
    admin: Client, crm: SmallCrm, workers: Workers, clock: Clock
):
    theirs = Sender(admin, stage_map=STAGES)
    link = connected(admin, crm, write_back={"flags": True})
    theirs.send("interview.updated", interview(clock.now, application=APPLICATION))
    workers.everything()
    overdue(workers, clock)
    assert crm.notes == []
    assert {item["outcome"] for item in written(link)} == {"the candidate is not, or no longer, in Small CRM"}
