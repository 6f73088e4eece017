"""Polls and backfills: each page is stored with the cursor, and after any failure the run resumes from there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.connectors.contract import Stream
from app.connectors.models import sync_run
from app.connectors.sync import worker
from app.connectors.sync.schedule import schedule_missing_polls
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from tests.agencies import rows
from tests.connectors.connected import LEASE, Sender, Workers
from tests.connectors.standard_events import JOB, STAGES, fetch, person
from tests.crms.small import EVERY, Small, SmallCrm, connected, small_crm
from tests.crms.standin import HANG_UP
from tests.service import Client, Clock, Service
from tests.steps import sync_once


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCrm]:
    with small_crm(monkeypatch) as running:
        yield running


@pytest.fixture
def link(admin: Client, crm: SmallCrm) -> Sender:
    return connected(admin, crm, stage_map=STAGES)


def backfill(link: Sender, **since: Any) -> dict[str, Any]:
    since = since or {"since": (link.service.clock.now - timedelta(days=30)).isoformat()}
    answer = link.admin.post(f"/v1/connections/{link.id}/backfills", since)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def progress(link: Sender) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = link.admin.get(f"/v1/connections/{link.id}/backfills").json()["items"]
    return items


def poll(link: Sender) -> dict[str, Any]:
    [found] = link.health()["polls"]
    return dict(found)


def people(crm: SmallCrm, *numbers: int) -> None:
    crm.holds("candidates", "candidate.updated", *(person(number)["candidate"] for number in numbers))


def step(workers: Workers) -> int:
    return workers.service.run(lambda: sync_once(workers.context))


def test_a_poll_begins_at_once_and_comes_again(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock):
    crm.holds("news", "candidate.updated", person(1)["candidate"])
    assert workers.sync() == 1
    clock.advance(EVERY - timedelta(seconds=1))
    assert workers.sync() == 0
    clock.advance(seconds=1)
    assert workers.sync() == 1
    assert workers.process() == 1
    assert len(crm.asked("/news")) == 2
    assert fetch(link, "candidates/by-ref/small/c1")["name"] == "Candidate 1"
    assert [event["source"] for event in link.events()] == ["poll"]


def test_a_poll_looks_back_beyond_the_beginning_of_the_last(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    began = clock.now
    workers.sync()
    clock.advance(EVERY)
    workers.sync()
    assert crm.asked("/news")[1]["since"] == (began - worker.OVERLAP).isoformat()


def test_a_backfill_fetches_stream_after_stream_and_reports_its_progress(link: Sender, crm: SmallCrm, workers: Workers):
    people(crm, 1, 2, 3)
    applications = [{**person(number), "job": JOB, "status": "Interview"} for number in (1, 2, 3)]
    crm.holds("applications", "application.updated", *applications)
    made = backfill(link)
    assert [(stream["stream"], stream["seen"]) for stream in made["streams"]] == [
        ("candidates", 0),
        ("applications", 0),
    ]
    step(workers)
    [under_way] = progress(link)
    assert [stream["seen"] for stream in under_way["streams"]] == [2, 0]
    workers.everything()
    [done] = progress(link)
    assert [(stream["seen"], stream["new"]) for stream in done["streams"]] == [(3, 3), (3, 3)]
    assert done["finished_at"] is not None
    assert fetch(link, "applications/by-ref/small/a3")["stage"] == "interview_scheduled"
    paths = [heard.path for heard in crm.heard if heard.path not in ("/sign-in", "/news")]
    assert paths == ["/candidates", "/candidates", "/applications", "/applications"]


def test_a_record_that_is_fetched_again_is_seen_and_not_new(link: Sender, crm: SmallCrm, workers: Workers):
    people(crm, 1, 2, 3)
    backfill(link)
    workers.everything()
    crm.holds("candidates", "candidate.updated", {**person(3)["candidate"], "name": "Renamed"}, version=2)
    backfill(link)
    workers.everything()
    _, again = progress(link)
    assert [(stream["seen"], stream["new"]) for stream in again["streams"]] == [(4, 1), (0, 0)]


def test_a_stream_that_the_connector_has_gained_is_read_from_then_on(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Small, "streams", (*Small.streams, Stream("jobs", backfill=False, every=EVERY)))
    database = link.service.app.state.shared.database

    async def tidy() -> int:
        planned: int = await database.across_agencies().write(lambda conn: schedule_missing_polls(conn, clock.now))
        return planned

    assert link.service.run(tidy) == 1
    assert link.service.run(tidy) == 0
    assert [poll["stream"] for poll in link.health()["polls"]] == ["news", "jobs"]


def test_a_stream_that_is_empty_altogether_shows_in_the_health_view(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    people(crm, 1)
    backfill(link)
    workers.sync()
    [done] = progress(link)
    assert [(stream["stream"], stream["empty"]) for stream in done["streams"]] == [
        ("candidates", None),
        ("applications", True),
    ]
    [empty] = link.health()["empty_streams"]
    assert empty["stream"] == "applications"
    assert empty["sentence"] == (
        "Small CRM returned no applications, not even of older date. If it has some, check what its API user may read."
    )


def test_a_stream_without_changes_since_the_date_is_not_empty(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    people(crm, 1)
    crm.holds("applications", "application.updated", person(1))
    crm.unchanged_since = clock.now - timedelta(days=60)
    backfill(link)
    workers.sync()
    [done] = progress(link)
    assert [(stream["seen"], stream["empty"]) for stream in done["streams"]] == [(0, False), (0, False)]
    assert link.health()["empty_streams"] == []


def test_a_later_backfill_that_brings_something_clears_it(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock):
    backfill(link)
    workers.sync()
    assert [one["stream"] for one in link.health()["empty_streams"]] == ["candidates", "applications"]
    people(crm, 1)
    crm.holds("applications", "application.updated", person(1))
    clock.advance(minutes=1)
    backfill(link)
    workers.sync()
    assert link.health()["empty_streams"] == []


def test_one_backfill_runs_at_a_time(link: Sender, workers: Workers):
    backfill(link)
    since = {"since": link.service.clock.now.isoformat()}
    refused = link.admin.post(f"/v1/connections/{link.id}/backfills", since)
    assert (refused.status_code, refused.json()["code"]) == (409, "backfill_running")
    workers.sync()
    backfill(link)


def test_a_worker_that_dies_after_fetching_reads_the_page_again(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    people(crm, 1, 2, 3)
    backfill(link)
    step(workers)
    with monkeypatch.context() as patch:

        async def dies(*_: object, **__: object) -> None:
            """Let a worker die between the CRM's answer and storing it."""

        patch.setattr(workers.context, "write", dies)
        step(workers)
    assert [stream["seen"] for stream in progress(link)[0]["streams"]] == [2, 0]
    clock.advance(LEASE)
    workers.everything()
    assert [query["start"] for query in crm.asked("/candidates")] == ["0", "2", "2"]
    assert [stream["new"] for stream in progress(link)[0]["streams"]] == [3, 0]


def test_what_keeping_a_page_raises_keeps_nothing_of_it(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    people(crm, 1, 2)
    backfill(link)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "_start_next_stream", lambda *_: 1 / 0)
        step(workers)
    assert link.events() == []
    [under_way] = progress(link)
    assert under_way["streams"][0]["failure"] == "An unforeseen error: ZeroDivisionError."
    clock.advance(minutes=15)
    workers.everything()
    assert [stream["new"] for stream in progress(link)[0]["streams"]] == [2, 0]


@pytest.mark.parametrize(("wait", "seconds"), [(7, 7), (0, 1), (1000, 1000), (10**6, 3600)])
def test_too_many_requests_are_answered_by_waiting_as_long_as_required(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service, wait: int, seconds: int
):
    workers.sync()
    clock.advance(EVERY)
    for _ in range(MAX_CLAIM_ATTEMPTS + 2):
        crm.fail_next(429, retry_after=wait)
        assert workers.sync() == 1
        [row] = rows(service, sync_run)
        assert (row.due_at - clock.now, row.attempts) == (timedelta(seconds=seconds), 0)
        clock.now = row.due_at
    assert poll(link)["failure"] == "Small CRM answered 429."
    assert link.health()["status"] == "failing"
    workers.sync()
    assert (poll(link)["failure"], link.health()["status"]) == (None, "ok")


@pytest.mark.parametrize("trouble", [500, 502, 503, HANG_UP, 403])
def test_a_crm_that_is_away_is_waited_for(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, trouble: int):
    crm.fail_next(trouble, times=3 * MAX_CLAIM_ATTEMPTS)
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        assert workers.sync() == 1
        clock.advance(minutes=15)
    assert link.health()["status"] == "failing"
    crm.holds("news", "candidate.updated", person(1)["candidate"])
    for _ in range(MAX_CLAIM_ATTEMPTS + 1):
        workers.sync()
        clock.advance(minutes=15)
    assert link.health()["status"] == "ok"
    assert len(link.events()) == 1


def test_a_request_that_is_refused_is_tried_less_and_less_often_and_never_given_up(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    crm.fail_next(400, times=11)  # the first request signs in, which the CRM refuses too
    pauses = []
    for _ in range(11):
        workers.sync()
        [row] = rows(service, sync_run)
        pauses.append((row.due_at - clock.now).total_seconds() / 60)
        clock.now = row.due_at
    assert pauses == [2, 4, 8, *[15] * 8]
    assert poll(link)["next_read_at"] is not None
    workers.sync()
    assert poll(link)["failure"] is None


def test_a_session_that_ended_is_renewed_once(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock):
    workers.sync()
    assert len(crm.asked("/sign-in", "POST")) == 1
    crm.end_sessions()
    clock.advance(EVERY)
    workers.sync()
    assert len(crm.asked("/sign-in", "POST")) == 2
    clock.advance(EVERY)
    workers.sync()
    assert (len(crm.asked("/sign-in", "POST")), len(crm.asked("/news"))) == (2, 4)
    assert link.health()["status"] == "ok"


def test_a_crm_that_denies_every_session_is_asked_twice_and_left_alone(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    workers.sync()
    clock.advance(EVERY)
    crm.tokens = -1
    crm.fail_next(401)
    heard = len(crm.heard)
    crm._signed_in = lambda request: False  # type: ignore[method-assign]
    workers.sync()
    assert len(crm.heard) - heard == 3
    assert link.health()["failure"] == "Small CRM denied access (401). Check the credentials and their permissions."
    clock.advance(minutes=14)
    assert workers.sync() == 0


def test_without_credentials_nothing_is_asked_until_they_come(admin: Client, crm: SmallCrm, workers: Workers):
    link = connected(admin, crm, credentials={})
    workers.sync()
    assert poll(link)["failure"] == "It has no credentials to fetch with."
    assert admin.patch(f"/v1/connections/{link.id}", {"credentials": {"key": "right"}}).status_code == 200
    workers.sync()
    assert poll(link)["failure"] is None


def test_a_paused_connection_asks_nothing_and_goes_on_when_it_is_woken(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    assert link.admin.patch(f"/v1/connections/{link.id}", {"paused": True}).status_code == 200
    backfill(link)
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        workers.sync()
        clock.advance(minutes=5)
    assert crm.heard == []
    assert {row.attempts for row in rows(service, sync_run)} == {0}
    assert link.admin.patch(f"/v1/connections/{link.id}", {"paused": False}).status_code == 200
    workers.sync()
    assert progress(link)[0]["finished_at"] is not None


def test_a_crm_that_stopped_sending_causes_one_backfill_from_when_it_was_last_well(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    workers.sync()
    well = clock.now
    crm.suspended = True
    for _ in range(3):
        clock.advance(EVERY)
        workers.sync()
    [caused] = progress(link)
    assert (caused["since"], caused["reason"]) == (
        well.isoformat().replace("+00:00", "Z"),
        "the CRM had stopped sending its webhooks",
    )
    assert link.health()["status"] == "suspended"
    crm.suspended = False
    clock.advance(EVERY)
    workers.sync()
    assert link.health()["status"] == "ok"
    crm.suspended = True
    clock.advance(EVERY)
    workers.sync()
    assert len(progress(link)) == 2


def test_another_poll_does_not_say_that_the_crm_sends_again(
    admin: Client, crm: SmallCrm, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    news = Stream("news", backfill=False, every=2 * EVERY, watches=True)
    monkeypatch.setattr(Small, "streams", (news, Stream("candidates", every=EVERY)))
    link = connected(admin, crm)
    crm.suspended = True
    workers.sync()
    clock.advance(EVERY)
    assert workers.sync() == 1
    assert link.health()["status"] == "suspended"
    crm.suspended = False
    clock.advance(EVERY)
    workers.sync()
    assert link.health()["status"] == "ok"


def test_a_sync_run_that_crashes_workers_is_retried_for_ever_and_reported(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    dead = sa.update(sync_run).values(attempts=MAX_CLAIM_ATTEMPTS, due_at=clock.now, claim=sa.null())
    service.write(lambda conn: conn.execute(dead).rowcount)
    assert workers.sync() == 0
    assert poll(link)["failure"] == "The worker crashed each time while this was being read."
    clock.advance(minutes=15)
    assert workers.sync() == 1
    assert poll(link)["failure"] is None


def test_polls_end_with_their_connection(link: Sender, crm: SmallCrm, workers: Workers, service: Service):
    backfill(link)
    assert link.admin.delete(f"/v1/connections/{link.id}").status_code == 204
    assert workers.sync() == 0
    assert rows(service, sync_run) == []
    assert crm.heard == []
