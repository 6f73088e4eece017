"""Signing in to a CRM whose refresh tokens are good for one use: nobody uses one twice, and none is lost."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import sqlalchemy as sa

from app.connectors.api_client import ApiClient
from app.connectors.contract import ApiRequest
from app.connectors.models import connection
from app.kit.http_client import HttpAnswer
from tests.agencies import made, rows
from tests.connectors.connected import Workers
from tests.crms.bullhorn import BullhornStandIn
from tests.crms.jobadder import JobAdderStandIn
from tests.service import Client, Clock, Service
from tests.steps import sync_once

KEY = {"client_id": "client", "client_secret": "secret", "refresh_token": "refresh-0"}


@pytest.fixture
def jobadder() -> Iterator[JobAdderStandIn]:
    with JobAdderStandIn() as crm:
        yield crm


@pytest.fixture
def bullhorn() -> Iterator[BullhornStandIn]:
    with BullhornStandIn() as crm:
        yield crm


def sync_at_once(service: Service, *workers: Workers) -> None:
    """Run all sync runs that are due, in several workers at once."""

    async def all_of_them() -> int:
        return sum(await asyncio.gather(*(sync_once(one.context) for one in workers)))

    while service.run(all_of_them):
        pass


def test_two_workers_at_once_sign_in_one_after_the_other(
    admin: Client, service: Service, clock: Clock, jobadder: JobAdderStandIn
):
    body = {"system": "jobadder", "name": "Our CRM", "settings": jobadder.settings, "credentials": KEY}
    id = made(admin, "/v1/connections", body)["connection"]["id"]
    workers = [Workers(service), Workers(service)]
    for times in (1, 2):
        jobadder.expire_tokens()
        for _ in range(2):  # the second worker retries within seconds
            sync_at_once(service, *workers)
            clock.advance(seconds=5)
        health = admin.get(f"/v1/connections/{id}/health").json()
        assert [heard.path for heard in jobadder.heard].count("/connect/token") == times
        assert (health["status"], health["failure"]) == ("ok", None)
        assert {poll["failure"] for poll in health["polls"]} == {None}
        assert all(poll["last_read_at"] for poll in health["polls"])
        [row] = rows(service, connection)
        assert row.signing_in_until is None
        clock.advance(hours=2)


def test_a_worker_that_died_while_signing_in_is_waited_for_and_then_no_more(
    admin: Client, service: Service, workers: Workers, clock: Clock, jobadder: JobAdderStandIn
):
    body = {"system": "jobadder", "name": "Our CRM", "settings": jobadder.settings, "credentials": KEY}
    made(admin, "/v1/connections", body)
    its_turn = sa.update(connection).values(signing_in_until=clock.now + timedelta(seconds=30))
    service.write(lambda conn: conn.execute(its_turn))
    for _ in range(3):
        workers.sync()
        assert jobadder.heard == []
        clock.advance(seconds=10)
    workers.sync()
    assert [heard.path for heard in jobadder.heard].count("/connect/token") == 1


def test_a_refresh_token_is_kept_although_the_sign_in_failed_after_it(
    admin: Client, workers: Workers, clock: Clock, bullhorn: BullhornStandIn
):
    settings = {"login_url": f"{bullhorn.url}/rest-services", "auth_url": f"{bullhorn.url}/oauth"}
    body = {"system": "bullhorn", "name": "Our CRM", "settings": settings, "credentials": KEY}
    id = made(admin, "/v1/connections", body)["connection"]["id"]
    bullhorn.fail_next(503, after=1)
    workers.sync()
    # The next stream signs in with the refresh token that the failed sign-in was given: the first one is used up.
    paths = [heard.path for heard in bullhorn.heard]
    assert paths[:4] == ["/oauth/token", "/rest-services/login"] * 2
    clock.advance(minutes=1)
    workers.sync()
    assert admin.get(f"/v1/connections/{id}/health").json()["status"] == "ok"
    assert bullhorn.subscribed


def test_credentials_that_an_admin_enters_during_the_login_count(
    admin: Client, service: Service, workers: Workers, jobadder: JobAdderStandIn, monkeypatch: pytest.MonkeyPatch
):
    body = {"system": "jobadder", "name": "Our CRM", "settings": jobadder.settings, "credentials": KEY}
    id = made(admin, "/v1/connections", body)["connection"]["id"]
    send = ApiClient._send
    entered: list[httpx.Response] = []

    async def enters_another(asker: ApiClient, line: Any, ask: ApiRequest) -> HttpAnswer:
        answer = await send(asker, line, ask)
        if ask.rotates and not entered:
            mine = {"credentials": {"refresh_token": "entered by hand"}}
            entered.append(await service.http.patch(f"/v1/connections/{id}", json=mine, headers=admin._headers))
        return answer

    monkeypatch.setattr(ApiClient, "_send", enters_another)
    workers.sync()
    assert [answer.status_code for answer in entered] == [200]
    tried = [dict(parse_qsl(heard.body.decode())) for heard in jobadder.heard if heard.path == "/connect/token"]
    assert [form["refresh_token"] for form in tried][:2] == ["refresh-0", "entered by hand"]


def test_bullhorn_is_asked_again_a_second_after_it_was_in_a_hurry(
    admin: Client, workers: Workers, clock: Clock, bullhorn: BullhornStandIn
):
    """Bullhorn says of 429: wait one second. Others who name no time are left alone for a minute."""
    body = {"settings": bullhorn.settings, "credentials": bullhorn.credentials}
    made(admin, "/v1/connections", {"system": "bullhorn", "name": "Our CRM"} | body)
    workers.sync()
    clock.advance(minutes=1)
    bullhorn.fail_next(429)
    workers.sync()
    before = len(bullhorn.heard)
    workers.sync()
    assert len(bullhorn.heard) == before
    clock.advance(seconds=1)
    workers.sync()
    assert len(bullhorn.heard) > before


def test_jobadder_is_left_alone_for_a_minute_after_it_was_in_a_hurry(
    admin: Client, workers: Workers, clock: Clock, jobadder: JobAdderStandIn
):
    body = {"settings": jobadder.settings, "credentials": jobadder.credentials}
    made(admin, "/v1/connections", {"system": "jobadder", "name": "Our CRM"} | body)
    workers.sync()
    clock.advance(minutes=5)
    jobadder.fail_next(429, times=10)
    workers.sync()
    before = len(jobadder.heard)
    clock.advance(seconds=59)
    workers.sync()
    assert len(jobadder.heard) == before
    clock.advance(seconds=1)
    workers.sync()
    assert len(jobadder.heard) > before
