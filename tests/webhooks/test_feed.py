"""The live feed with concurrent writers: no gaps and no repeats, as pages and as a stream."""

import asyncio
import json
import random
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.kit.ids import new_id
from app.webhooks.feed.queries import read_feed
from app.webhooks.feed.sequencing import sequence_once
from app.webhooks.models import event
from tests.agencies import new_agency
from tests.event_rows import raw_event_row
from tests.service import OPERATOR_KEY, Client, Service
from tests.webhooks.sender_driver import SenderDriver

EVENTS = "/v1/events"


def fetch_feed(admin: Client, limit: int = 7, **params: object) -> list[str]:
    """Return the ids of all events, from the first to the last."""
    ids, cursor = [], "0"
    while True:
        page = admin.get(EVENTS, params={"limit": limit, "cursor": cursor, **params}).json()
        ids += [item["id"] for item in page["items"]]
        if not page["items"]:
            return ids
        cursor = page["next_cursor"]


def streamed(admin: Client, **headers: str) -> list[tuple[str, str, str]]:
    """Return the position, type and id of each stored event from a stream."""
    answer = admin.get(f"{EVENTS}/stream", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    streamed_events = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in fields:
            streamed_events.append((fields["id"], fields["event"], json.loads(fields["data"])["id"]))
    return streamed_events


def test_the_feed_tells_everything_once_in_its_order_whatever_the_page(admin: Client, post: SenderDriver):
    ids = post.emit(admin, 250)
    assert fetch_feed(admin) == [], "an event has no place before the worker has given it one"
    post.sequence()
    assert fetch_feed(admin, 7) == fetch_feed(admin, 200) == fetch_feed(admin, 1000) == ids


def test_a_cursor_at_the_end_goes_on_with_what_comes_later(admin: Client, post: SenderDriver):
    first = post.emit(admin, 3)
    post.sequence()
    page = admin.get(EVENTS).json()
    assert [item["id"] for item in page["items"]] == first
    assert admin.get(EVENTS, params={"cursor": page["next_cursor"]}).json() == {
        "items": [],
        "next_cursor": page["next_cursor"],
    }
    later = post.emit(admin, 2)
    post.sequence()
    page = admin.get(EVENTS, params={"cursor": page["next_cursor"]}).json()
    assert [item["id"] for item in page["items"]] == later


def test_the_feed_is_filtered_by_type_and_its_cursor_passes_the_others_by(admin: Client, post: SenderDriver):
    flags = []
    for _ in range(10):
        flags += post.emit(admin)
        post.emit(admin, 3, "timeline.revised")
    post.sequence()
    assert fetch_feed(admin, 3, type="flag.raised") == flags
    page = admin.get(EVENTS, params={"type": ["flag.cleared", "commitment.overdue"]}).json()
    assert page == {"items": [], "next_cursor": "40"}
    assert admin.get(EVENTS, params={"type": "no.such"}).status_code == 422


def test_the_feed_is_the_agencys_own(admin: Client, stranger: Client, post: SenderDriver):
    mine, theirs = post.emit(admin, 3), post.emit(stranger, 2)
    post.sequence()
    assert fetch_feed(admin) == mine
    assert fetch_feed(stranger) == theirs
    assert [id for _, _, id in streamed(stranger)] == theirs


@pytest.mark.parametrize("cursor", ["-1", "1.5", "x", "", "1e3", "9" * 19, "٣", "' OR 1=1", "0x1"])
def test_a_cursor_that_was_tampered_with_is_refused(admin: Client, cursor: str):
    assert admin.get(EVENTS, params={"cursor": cursor}).status_code == 422
    assert admin.get(f"{EVENTS}/stream", params={"cursor": cursor}).status_code == 422


def test_a_cursor_beyond_the_end_is_refused_and_skips_nothing(admin: Client, post: SenderDriver):
    post.emit(admin, 3)
    post.sequence()
    for cursor in ("4", "999999999999999999"):
        for path in (EVENTS, f"{EVENTS}/stream"):
            refused = admin.get(path, params={"cursor": cursor})
            assert (refused.status_code, refused.json()["code"]) == (400, "bad_cursor")
    assert admin.get(f"{EVENTS}/stream", headers={"Last-Event-ID": "4"}).status_code == 400


def test_a_stream_goes_on_by_its_last_event_id(admin: Client, post: SenderDriver):
    ids = post.emit(admin, 5)
    post.sequence()
    streamed_events = streamed(admin)
    assert [(type, id) for _, type, id in streamed_events] == [("flag.raised", id) for id in ids]
    assert [id for _, _, id in streamed(admin, **{"Last-Event-ID": streamed_events[2][0]})] == ids[3:]
    later = post.emit(admin, 2)
    post.sequence()
    assert [id for _, _, id in streamed(admin, **{"Last-Event-ID": streamed_events[-1][0]})] == later
    assert [id for *_, id in streamed(admin, **{"Last-Event-ID": "0"})] == ids + later


@pytest.mark.parametrize(("asked", "lasts"), [(None, 5), (3, 3), (0, 0), (60, 5)])
def test_a_stream_lasts_as_long_as_it_was_asked_to_and_the_setting_allows(
    start_service, monkeypatch: pytest.MonkeyPatch, asked: int | None, lasts: int
):
    passed = 0.0

    async def pause(closing: Coroutine[Any, Any, Any], seconds: float) -> None:
        nonlocal passed
        passed += seconds
        closing.close()
        raise TimeoutError

    monkeypatch.setattr("app.webhooks.feed.stream.asyncio", SimpleNamespace(wait_for=pause))
    monkeypatch.setattr("app.webhooks.feed.stream.monotonic", lambda: passed)
    admin = new_agency(start_service(stream_seconds=5).client(OPERATOR_KEY))
    answer = admin.get(f"{EVENTS}/stream", params={} if asked is None else {"seconds": asked})
    assert (answer.status_code, passed) == (200, lasts)


def test_a_stream_tells_more_than_one_page_of_what_is_there(admin: Client, post: SenderDriver):
    ids = post.emit(admin, 450)
    post.sequence()
    assert [id for _, _, id in streamed(admin)] == ids


async def _written_and_read(service: Service, agency_id: UUID, writers: int, each: int) -> tuple[list[str], list[str]]:
    """Writers whose commits overlap, two sequencers, and one reader."""
    database, dice = service.app.state.shared.database, random.Random(7)
    written: list[str] = []
    seen: list[str] = []
    done = asyncio.Event()

    def work(conn: sa.Connection) -> UnitOfWork:
        return UnitOfWork(conn, service.clock(), Caller(agency_id, Role.admin), new_id)

    def write(conn: sa.Connection) -> list[str]:
        # Ids are made before the commit: long transactions commit after younger ones.
        new = [raw_event_row(work(conn), agency_id, "flag.raised", {}) for _ in range(dice.choice((1, 2, 40)))]
        for row in new:
            conn.execute(sa.insert(event), [row])
        return [str(row["id"]) for row in new]

    async def writer() -> None:
        for _ in range(each):
            written.extend(await database.across_agencies().write(write))

    async def placer() -> None:
        while not done.is_set():
            await sequence_once(database)

    async def reader() -> None:
        cursor = "0"
        while True:
            ended = done.is_set()
            page = await database.across_agencies().read(lambda conn, at=cursor: read_feed(work(conn), at, (), 20))
            seen.extend(str(item.id) for item in page.items)
            cursor = page.next_cursor
            if ended and not page.items:
                return

    async with asyncio.TaskGroup() as group:
        placers = [group.create_task(placer()) for _ in range(2)]
        reading = group.create_task(reader())
        await asyncio.gather(*(writer() for _ in range(writers)))
        done.set()
        await asyncio.gather(*placers)
        while await sequence_once(database):
            pass
        done.clear()
        done.set()
        await reading
    return written, seen


def test_a_reader_who_pages_while_many_write_skips_nothing_and_sees_nothing_twice(admin: Client, service: Service):
    agency_id = UUID(admin.get("/v1/agency").json()["id"])
    written, seen = service.run(_written_and_read, service, agency_id, 8, 25)
    assert len(written) >= 8 * 25
    assert len(seen) == len(set(seen))
    # Events that got a position after the reader stopped are read by the next one.
    assert seen + [id for id in fetch_feed(admin, 200) if id not in set(seen)] == fetch_feed(admin, 200)
    assert sorted(fetch_feed(admin, 200)) == sorted(written)
