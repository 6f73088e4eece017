"""Two transactions at once over one endpoint, which only PostgreSQL has: one is open, and the other waits for it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.work import Work
from app.kit.ids import new_id
from app.webhooks.endpoints.schemas import EndpointChange
from app.webhooks.endpoints.service import change_endpoint, remove_endpoint
from app.webhooks.models import endpoint, event
from tests.databases import Kind
from tests.desk import rows
from tests.service import Client
from tests.webhooks.post_office import PostOffice
from tests.webhooks.receiver import answer

_SOMEBODY_WAITS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)
_LOOKS = 20_000
"""After so many looks nobody will come to wait any more."""


@pytest.fixture(autouse=True)
def _two_transactions(database_kind: Kind) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writing transaction at a time")


@contextmanager
def meanwhile(admin: Client, post: PostOffice, step: Callable[[Work], object]) -> Iterator[None]:
    """Take this step, and leave its transaction open until what happens here waits for it."""
    agency_id, taken = UUID(admin.get("/v1/agency").json()["id"]), threading.Event()

    def until_somebody_waits(conn: sa.Connection) -> None:
        step(Work(conn, post.clock(), Caller(agency_id, Role.admin), new_id, None, post.service.app.state.house.seal))
        taken.set()
        assert any(conn.scalar(_SOMEBODY_WAITS) for _ in range(_LOOKS)), "nobody came to wait"

    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(post.service.run, post.service.app.state.house.database.write, until_somebody_waits)
        assert taken.wait(20)
        yield
        done.result()


def test_an_event_is_kept_and_told_to_the_others_although_an_endpoint_is_being_removed(admin: Client, post: PostOffice):
    staying = post.endpoint(admin, "https://staying.example/")
    going = UUID(post.endpoint(admin, "https://going.example/")["id"])
    with meanwhile(admin, post, lambda work: remove_endpoint(work, going)):
        (id,) = post.tell(admin)
    assert [str(row.id) for row in rows(post.service, event)] == [id]
    assert [str(row.endpoint_id) for row in post.deliveries()] == [staying["id"]]


def test_a_failure_does_not_take_an_endpoint_back_to_before_it_was_brought_back(admin: Client, post: PostOffice):
    """It would else be given up at once for the hours that it had failed before."""
    receiver = post.receiver()
    gate, reached = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await gate.wait()
        writer.write(answer(500))
        await writer.drain()

    async def begin() -> None:
        await post.sender.step()
        await reached.wait()

    async def let_go() -> None:
        gate.set()

    receiver.talk = hold
    id = UUID(post.endpoint(admin, receiver)["id"])
    post.set(endpoint, failing_since=post.clock() - timedelta(hours=100))
    post.tell(admin)
    post.service.run(begin)
    again = EndpointChange(disabled=False)
    with meanwhile(admin, post, lambda work: change_endpoint(work, id, again, private_targets=True)):
        post.service.run(let_go)
    post.service.run(post.sender.settled)
    (one,) = post.endpoints()
    assert one.failing_since == post.clock()
