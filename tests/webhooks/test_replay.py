"""Replay of a period: running attempts, retention at the same time, and more events than one call replays."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.webhooks.endpoints import replay
from app.webhooks.endpoints.schemas import EventReplayIn, EventReplayOut
from app.webhooks.models import webhook_delivery
from app.webhooks.retention import delete_expired_events
from tests.bench.baseline import recording
from tests.kit.peers import going_silent
from tests.service import Client
from tests.webhooks.sender_driver import ENDPOINTS, LEASE, SenderDriver

EVER = {"since": "2020-01-01T00:00:00Z"}
_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def test_what_is_under_way_is_left_alone_so_that_no_more_are_sent_at_once(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    receiver.talk = going_silent()
    one = post.endpoint(admin, receiver, concurrency=2)
    ids = post.emit(admin, 10)
    begun = []
    for _ in range(3):
        begun.append(post.service.run(post.sender.step))
        assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", EVER).json()["replayed"] == 8
    assert begun == [2, 0, 0]
    post.service.run(post.sender.stop, 0.0)
    post.clock.advance(LEASE)
    assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", EVER).json()["replayed"] == 10, "their sender is dead"
    receiver.talk = None
    post.rounds()
    assert set(receiver.ids()) == set(ids)


def test_ten_thousand_that_were_all_delivered_are_replayed(admin: Client, post: SenderDriver):
    one = post.endpoint(admin, post.receiver())
    post.emit(admin, 10_000)
    values = {"state": "delivered", "settled_at": post.clock.now, "due_at": None, "attempts": 0}
    post.set(webhook_delivery, **values)
    post.clock.advance(hours=1)
    answer = admin.post(f"{ENDPOINTS}/{one['id']}/replay", EVER).json()
    assert answer == {"replayed": 10_000, "continue_since": None}
    found = {(row.state, row.settled_at, row.due_at, row.attempts) for row in post.deliveries()}
    assert found == {("waiting", None, post.clock.now, 0)}
    assert len(post.deliveries()) == 10_000


def test_each_statement_reads_one_table_so_that_no_plan_compares_all_events_with_all_deliveries(
    admin: Client, post: SenderDriver
):
    one = post.endpoint(admin, post.receiver())
    post.emit(admin, 3)
    with recording() as statements:
        assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", EVER).json()["replayed"] == 3
    read = [statement.text for statement in statements if "FROM event" in statement.text]
    assert read
    assert not [text for text in read if webhook_delivery.name in text]


def test_one_call_takes_so_many_and_says_where_to_go_on(
    admin: Client, post: SenderDriver, monkeypatch: pytest.MonkeyPatch
):
    assert replay.MAX_REPLAYED >= 10_000
    monkeypatch.setattr(replay, "MAX_REPLAYED", 4)
    emitted = []
    for _ in range(4):
        emitted.append(post.emit(admin, 3))
        post.clock.advance(microseconds=1)
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    since: str | None = EVER["since"]
    got = []
    while since is not None:
        answer = admin.post(f"{ENDPOINTS}/{one['id']}/replay", {"since": since}).json()
        since = answer["continue_since"]
        receiver.got.clear()
        post.rounds()
        got.append(set(receiver.ids()))
        assert answer["replayed"] == len(receiver.got)
    # Events of one instant are not split between calls: the next call would repeat or miss some.
    assert got == [{*emitted[0], *emitted[1]}, {*emitted[2], *emitted[3]}]


def test_what_is_wanted_is_counted_and_not_what_lies_between(
    admin: Client, post: SenderDriver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(replay, "MAX_REPLAYED", 4)
    one = post.endpoint(admin, post.receiver(), event_types=["flag.raised"])
    for type in ("flag.raised", "flag.cleared") * 4:
        post.emit(admin, 1, type)
        post.clock.advance(seconds=1)
    assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", EVER).json() == {"replayed": 4, "continue_since": None}


def test_events_that_are_being_forgotten_are_not_sent_again_and_trouble_nobody(admin: Client, post: SenderDriver):
    one = post.endpoint(admin, post.receiver(), event_types=["endpoint.disabled"])
    post.emit(admin, 5)
    post.sequence()
    post.clock.advance(days=31)
    post.emit(admin, 2)
    shared = post.service.app.state.shared
    agency_id = UUID(admin.get("/v1/agency").json()["id"])

    def replay_all(conn: sa.Connection) -> EventReplayOut:
        body = EventReplayIn.model_validate({**EVER, "event_types": ["flag.raised"]})
        return replay.replay_events(post.work(conn, agency_id), UUID(one["id"]), body)

    async def beside() -> EventReplayOut:
        loop, gone = asyncio.get_running_loop(), asyncio.Event()

        def forget(conn: sa.Connection) -> None:
            assert delete_expired_events(conn, post.clock.now, timedelta(days=30)) == 5
            loop.call_soon_threadsafe(gone.set)
            if conn.dialect.name == "postgresql":  # elsewhere it waits for its turn
                assert any(conn.scalar(sa.text(_BLOCKED)) for _ in range(5000))

        forgetting = asyncio.create_task(shared.database.across_agencies().write(forget))
        await gone.wait()
        replayed: EventReplayOut = await shared.database.across_agencies().write(replay_all)
        await forgetting
        return replayed

    assert post.service.run(beside).replayed == 2
    assert len(post.deliveries()) == 2
