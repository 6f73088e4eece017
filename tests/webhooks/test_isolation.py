"""Isolation between endpoints: one that hangs, one whose secrets cannot be opened, and many at once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.webhooks.models import endpoint_secret
from tests.agencies import new_agency
from tests.kit.peers import going_silent
from tests.service import Client
from tests.webhooks.sender_driver import ENDPOINTS, LEASE, SenderDriver


@pytest.fixture
def stranger(operator: Client) -> Client:
    return new_agency(operator, "Other")


async def _until_got(post: SenderDriver, receiver: Any, number: int) -> None:
    async with asyncio.timeout(60):
        while len(receiver.got) < number:
            if not await post.sender.step():
                await post.sender.rest(3600)


@pytest.mark.parametrize(("endpoints", "concurrency"), [(4, 50), (30, 5)])
def test_endpoints_that_hang_leave_places_for_others(
    admin: Client, stranger: Client, post: SenderDriver, endpoints: int, concurrency: int
):
    hanging, healthy = post.receiver(), post.receiver()
    hanging.talk = going_silent()
    for _ in range(endpoints):
        post.endpoint(admin, hanging, concurrency=concurrency)
    post.endpoint(stranger, healthy)
    post.emit(admin, 60)
    while post.service.run(post.sender.step):
        pass
    ids = post.emit(stranger, 100)
    post.service.run(_until_got, post, healthy, 100)
    assert sorted(healthy.ids()) == sorted(ids)
    post.service.run(post.sender.stop, 0.0)


def test_endpoints_at_their_limit_do_not_hide_the_others(operator: Client, stranger: Client, post: SenderDriver):
    hanging, healthy = post.receiver(), post.receiver()
    hanging.talk = going_silent()
    for name in ("A", "B"):
        agency = new_agency(operator, name)
        for _ in range(30):
            post.endpoint(agency, hanging, concurrency=1)
        post.emit(agency, 3)
    while post.service.run(post.sender.step):
        pass
    post.endpoint(stranger, healthy)
    post.emit(stranger)
    second = post.another_sender()
    assert post.service.run(second.step) == 1
    post.service.run(second.wait_until_idle)
    assert len(healthy.got) == 1
    post.service.run(post.sender.stop, 0.0)


def test_secrets_that_cannot_be_opened_stop_nobody_else(admin: Client, stranger: Client, post: SenderDriver):
    receiver, other = post.receiver(), post.receiver()
    one = post.endpoint(admin, receiver)
    post.endpoint(stranger, other)
    mine = endpoint_secret.c.endpoint_id == UUID(one["id"])
    lost = sa.update(endpoint_secret).where(mine).values(sealed=b"sealed under the key before")
    post.service.write(lambda conn: conn.execute(lost).rowcount)
    post.emit(admin)
    post.emit(stranger)
    assert post.round() == 2
    assert (len(receiver.got), len(other.got)) == (0, 1)
    (attempt,) = [each for each in post.attempts() if each.error]
    assert (attempt.error, attempt.status) == ("no_secret", None)
    failing = [row for row in post.endpoints() if row.failing_since]
    assert [(str(row.id), row.failure) for row in failing] == [
        (one["id"], "Not sent: its signing secrets cannot be opened.")
    ]
    assert admin.post(f"{ENDPOINTS}/{one['id']}/secrets", {}).status_code == 201
    post.clock.advance(LEASE)
    post.rounds()
    assert len(receiver.got) == 1, "the new secret signs alone"
