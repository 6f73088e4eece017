"""Two concurrent transactions on one endpoint, on PostgreSQL only."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.webhooks.endpoints.schemas import EndpointChange
from app.webhooks.endpoints.service import change_endpoint, remove_endpoint
from app.webhooks.models import endpoint, event, webhook_delivery
from app.webhooks.reconcile import create_missing_deliveries
from tests.agencies import rows
from tests.databases import Kind
from tests.lock_waits import left_open, until_somebody_waits
from tests.service import Client
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import SenderDriver

_NO_DELIVERIES = sa.delete(webhook_delivery)


@pytest.fixture(autouse=True)
def _two_transactions(database_kind: Kind) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writing transaction at a time")


def test_an_event_is_stored_and_sent_to_the_others_while_an_endpoint_is_being_removed(
    admin: Client, post: SenderDriver
):
    """Deleting an endpoint with many deliveries takes long. Emitting an event does not wait for it."""
    staying = post.endpoint(admin, "https://staying.example/")
    going = UUID(post.endpoint(admin, "https://going.example/")["id"])
    with left_open(admin, lambda work: remove_endpoint(work, going)):
        (id,) = post.emit(admin)
    assert [str(row.id) for row in rows(post.service, event)] == [id]
    assert [str(row.endpoint_id) for row in post.deliveries()] == [staying["id"]]


def test_what_was_not_handed_out_goes_to_the_others_while_an_endpoint_is_being_removed(
    admin: Client, post: SenderDriver
):
    staying = post.endpoint(admin, "https://staying.example/")
    going = UUID(post.endpoint(admin, "https://going.example/")["id"])
    post.emit(admin)
    post.service.write(lambda conn: conn.execute(_NO_DELIVERIES).rowcount)
    post.clock.advance(minutes=2)
    with left_open(admin, lambda work: remove_endpoint(work, going)):
        post.service.write(lambda conn: create_missing_deliveries(conn, post.clock.now))
    assert [str(row.endpoint_id) for row in post.deliveries()] == [staying["id"]]


def test_a_failure_does_not_take_an_endpoint_back_to_before_it_was_brought_back(admin: Client, post: SenderDriver):
    """Otherwise the endpoint would be disabled at once, for the failures of the hours before."""
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
    post.emit(admin)
    post.service.run(begin)
    again = EndpointChange(disabled=False)
    with until_somebody_waits(admin, lambda work: change_endpoint(work, id, again, private_targets=True)):
        post.service.run(let_go)
    post.service.run(post.sender.wait_until_idle)
    (one,) = post.endpoints()
    assert one.failing_since == post.clock()
