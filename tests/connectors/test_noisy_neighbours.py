"""A CRM that hangs delays no other agency, and no other connection of its own: slots are shared."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.connectors.contract import Account, ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.standard.connector import Standard
from app.connectors.inbox.worker import SLOTS as INBOX_SLOTS
from app.connectors.inbox.worker import inbox_loops
from app.connectors.registry import CONNECTORS
from app.connectors.sync.worker import SLOTS as SYNC_SLOTS
from app.connectors.sync.worker import sync_loop
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.connectors.write_back.worker import write_back_loops
from app.kit.http_client import HttpAnswer, HttpFailure, HttpRequest
from tests.connectors.connected import LEASE, Sender
from tests.connectors.standard_events import ACTIVITIES, APPLICATION, STAGES, fetch, interview
from tests.crms.small import Small
from tests.service import Client, Service
from tests.steps import process_once, running, wait_until_idle

HANGING, ANSWERING = "http://hangs.test", "http://answers.test"
CONNECTIONS = 40


class Asks(Small):
    """Asks its API about each event that arrives."""

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:  # type: ignore[override]
        """Translate the event, after one request."""
        yield ApiRequest("thing")
        return Standard.translate(self, event, account)


class Crms:
    """The HTTP client of the worker: one CRM that answers at once, and one that hangs until it is released."""

    def __init__(self) -> None:
        self.hanging, self.answered, self._over = 0, list[str](), asyncio.Event()

    async def send(self, request: HttpRequest, **_: Any) -> HttpAnswer:
        """Answer, or hang."""
        if request.url.startswith(HANGING):
            self.hanging += 1
            await self._over.wait()
            raise HttpFailure("timeout", "It took too long.")
        self.answered.append(request.url)
        reply = {"token": "t", "id": "n1", "items": [], "more": False, "suspended": False}
        return HttpAnswer(200, {}, json.dumps(reply).encode(), False)

    def let_go(self) -> None:
        """End what hangs."""
        self._over.set()


@pytest.fixture
def crms(service: Service) -> Iterator[Crms]:
    async def make() -> Crms:
        return Crms()

    made = service.run(make)
    yield made

    async def let_go() -> None:
        made.let_go()

    service.run(let_go)


@pytest.fixture
def post(service: Service, crms: Crms, monkeypatch: pytest.MonkeyPatch) -> WorkerContext:
    monkeypatch.setitem(CONNECTORS, "small", Asks())
    shared = service.app.state.shared
    return WorkerContext(shared.database, shared.seal, crms, service.clock, LEASE)  # type: ignore[arg-type]


def connect(admin: Client, url: str, number: int = 0, **more: Any) -> Sender:
    named = {"system": "small", "name": f"CRM {number}", "ref_system": f"small{number}"}
    return Sender(admin, **named, settings={"base_url": url}, credentials={"key": "k"}, stage_map=STAGES, **more)


def hang(service: Service, crms: Crms, loop: ConnectionLoop) -> int:
    """Take steps until no more of what is due is started; return how many requests hang."""

    async def until_shared() -> int:
        while await loop.step():
            pass
        while crms.hanging < running(loop):
            await loop.rest(0.01)
        return crms.hanging

    return service.run(until_shared)


def step(service: Service, loop: ConnectionLoop, more: int) -> None:
    """Take one step, and wait until what it started has ended: all but what hangs."""

    async def one() -> None:
        hanging = running(loop)
        assert await loop.step() >= more
        while running(loop) > hanging:
            await loop.rest(30)

    service.run(one)


@pytest.fixture
def noisy(admin: Client, post: WorkerContext) -> list[Sender]:
    """Forty connections of one agency to a CRM that hangs."""
    return [connect(admin, HANGING, number) for number in range(CONNECTIONS)]


def test_the_first_poll_of_an_agency_is_read_beside_forty_connections_that_hang(
    noisy: list[Sender], stranger: Client, service: Service, crms: Crms, post: WorkerContext
):
    polls = sync_loop(post)
    assert 10 <= hang(service, crms, polls) <= SYNC_SLOTS // 2 + 1
    quiet = connect(stranger, ANSWERING)
    step(service, polls, 1)
    [poll] = quiet.health()["polls"]
    assert (poll["last_read_at"] is not None, quiet.health()["status"]) == (True, "ok")
    _end(service, crms, polls)


def test_events_of_an_agency_are_applied_beside_forty_connections_that_hang(
    noisy: list[Sender], stranger: Client, service: Service, crms: Crms, post: WorkerContext
):
    for link in noisy:
        for number in range(3):
            link.send("candidate.updated", {"id": f"c{number}", "name": "Ana"})
    _, inbox = inbox_loops(post)
    assert 20 <= hang(service, crms, inbox) <= INBOX_SLOTS // 2 + 1
    quiet = connect(stranger, ANSWERING)
    for number in range(10):
        quiet.send("candidate.updated", {"id": f"c{number}", "name": "Ben"})
    step(service, inbox, 10)
    assert [event["state"] for event in quiet.events()] == ["applied"] * 10
    _end(service, crms, inbox)


def test_a_note_is_written_beside_forty_connections_that_hang(
    admin: Client, stranger: Client, service: Service, crms: Crms, post: WorkerContext, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setitem(CONNECTORS, "small", Small())
        ours = [_with_a_note_to_write(connect(admin, HANGING, n, **_NOTES), post) for n in range(12)]
        quiet = _with_a_note_to_write(connect(stranger, ANSWERING, **_NOTES), post)
    notes, _ = write_back_loops(post)
    assert len(ours) == 12
    hanging = hang(service, crms, notes)
    assert hanging
    items = quiet.admin.get(f"/v1/connections/{quiet.id}/written").json()["items"]
    assert [item["state"] for item in items] == ["delivered"]
    _end(service, crms, notes)


def test_another_connection_of_the_same_agency_is_read_beside_a_few_that_hang(
    admin: Client, service: Service, crms: Crms, post: WorkerContext
):
    for number in range(5):
        connect(admin, HANGING, number)
    polls = sync_loop(post)
    assert hang(service, crms, polls) == 5
    quiet = connect(admin, ANSWERING, 5)
    step(service, polls, 1)
    [poll] = quiet.health()["polls"]
    assert poll["last_read_at"] is not None
    _end(service, crms, polls)


def test_a_free_slot_is_filled_at_once_and_nothing_waits_for_a_batch(
    stranger: Client, noisy: list[Sender], service: Service, crms: Crms, post: WorkerContext
):
    polls = sync_loop(post)
    hang(service, crms, polls)
    quiet = connect(stranger, ANSWERING)
    assert quiet.admin.post(f"/v1/connections/{quiet.id}/backfills", {"since": "2026-04-01T00:00:00Z"}).is_success

    async def as_the_worker_does() -> None:
        """Step, and rest as long as one task does not end: the pause is longer than any test."""
        while not crms.answered or len([url for url in crms.answered if "/sign-in" not in url]) < 5:
            if not await polls.step():
                await polls.rest(3600)

    service.run(as_the_worker_does)
    _end(service, crms, polls)


def _end(service: Service, crms: Crms, loop: ConnectionLoop) -> None:
    async def end() -> None:
        crms.let_go()
        await wait_until_idle(loop)

    service.run(end)


_NOTES: dict[str, Any] = {"activity_map": ACTIVITIES, "write_back": {"follow_ups": True}}


def _with_a_note_to_write(link: Sender, post: WorkerContext) -> Sender:
    """Have the connection send an interview, and the recruiter log the follow-up."""
    ref = link.connection["ref_system"]
    link.send("interview.updated", interview(link.service.clock.now, application=APPLICATION))
    link.service.run(process_once, post)
    at = fetch(link, f"applications/by-ref/{ref}/a1")["id"]
    [held] = fetch(link, f"applications/{at}/interviews")["items"]
    answer = link.admin.post(f"/v1/interviews/{held['id']}/follow-ups", {"feedback": "They liked her."})
    assert answer.status_code == 201, answer.text
    return link
