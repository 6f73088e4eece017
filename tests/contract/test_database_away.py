"""The database is unavailable for a while: clients get 503 with Retry-After, and later work without a restart."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy.engine import make_url

from tests import databases
from tests.contract.sample_agency import RawRequest, SampleAgency, problem, send_one
from tests.service import Clock, Service, running

STARTING_UP = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
TOO_MANY = b"SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0"


class Wire:
    """The way to PostgreSQL: it can be cut, and it can bring a refusal of the server's instead."""

    def __init__(self, folder: Path, server: str) -> None:
        self._path, self._server = folder / ".s.PGSQL.5432", server
        self._listener: asyncio.Server | None = None
        self._open: list[asyncio.StreamWriter] = []
        self.refusal: bytes | None = None

    async def up(self) -> None:
        self._listener = await asyncio.start_unix_server(self._carry, self._path)

    async def down(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._path.unlink(missing_ok=True)
        await self.cut()

    async def cut(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        if self.refusal is not None:
            await reader.read(65536)
            writer.write(b"E" + (len(self.refusal) + 4).to_bytes(4, "big") + self.refusal)
            writer.close()
            return
        theirs_in, theirs_out = await asyncio.open_unix_connection(self._server)
        self._open.append(theirs_out)
        await asyncio.gather(_pump(reader, theirs_out), _pump(theirs_in, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while content := await source.read(65536):
            target.write(content)
            await target.drain()
    except ConnectionError:
        pass
    finally:
        target.close()


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[tuple[Service, Callable[..., None]]]:
    """A service whose way to PostgreSQL is ours, and what does something to that way: `do("down")`."""
    databases.empty("postgresql")
    url = make_url(databases.of_this_process("postgresql"))
    folder = url.query["host"]
    assert isinstance(folder, str)
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        wire = Wire(tmp_path, f"{folder}/.s.PGSQL.5432")
        portal.call(wire.up)
        stack.callback(portal.call, wire.down)
        ours = url.set(query={"host": quote(str(tmp_path))}).render_as_string(hide_password=False)
        service = stack.enter_context(running(ours, Clock()))

        def do(what: str, refusal: bytes | None = None) -> None:
            wire.refusal = refusal
            portal.call(getattr(wire, what))

        yield service, do


def test_postgresql_refuses_connections_and_comes_back(wired):
    service, do = wired
    agency = SampleAgency(service)
    adding = RawRequest(
        "POST", "/v1/candidates", agency.keys["admin"], b'{"name": "Kim"}', headers={"Idempotency-Key": "1"}
    )
    do("down")
    for request in (RawRequest("GET", "/v1/agency", agency.keys["viewer"]), adding, RawRequest("GET", "/readyz", None)):
        (answer,) = agency.send(request)
        problem(answer, 503, "database_unavailable")
        assert int(answer.headers["retry-after"]) > 0
    assert agency.send(RawRequest("GET", "/healthz", None))[0].status_code == 200
    do("up")
    first, again, read = agency.send(adding, adding, RawRequest("GET", "/v1/agency", agency.keys["viewer"]))
    assert (first.status_code, read.status_code) == (201, 200)
    assert again.content == first.content


def test_a_service_that_starts_before_its_database_serves_when_it_is_there(wired):
    service, do = wired
    do("down")
    problem(service.client("kw_operator_key_of_all_the_tests").post("/v1/agencies", json={
        "name": "Bay", "time_zone": "Europe/Paris", "holiday_region": "FR"}), 503)  # fmt: skip
    do("up")
    assert SampleAgency(service).send(RawRequest("GET", "/readyz", None))[0].status_code == 200


def test_connections_cut_under_load_are_opened_again(wired):
    service, do = wired
    agency = SampleAgency(service)

    async def many() -> list[int]:
        request = RawRequest("GET", "/v1/candidates", agency.keys["viewer"])
        return [answer.status_code for answer in await asyncio.gather(*(send_one(service, request) for _ in range(30)))]

    assert set(service.run(many)) == {200}
    do("cut")
    assert set(service.run(many)) <= {200, 503}
    assert set(service.run(many)) == {200}


@pytest.mark.parametrize("refusal", [STARTING_UP, TOO_MANY])
def test_a_server_that_is_not_ready_is_away(wired, refusal):
    service, do = wired
    agency = SampleAgency(service)
    do("cut", refusal)
    for _ in range(3):
        (answer,) = agency.send(RawRequest("GET", "/v1/candidates", agency.keys["viewer"]))
        problem(answer, 503, "database_unavailable")
        assert "retry-after" in answer.headers
    do("cut")
    statuses = [
        answer.status_code for answer in agency.send(*[RawRequest("GET", "/v1/candidates", agency.keys["viewer"])] * 3)
    ]
    assert statuses[-1] == 200


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service over SQLite that waits but a moment for another writer."""
    monkeypatch.setattr("app.kit.dialects._BUSY_SECONDS", 0.02)
    databases.empty("sqlite")
    with running(databases.of_this_process("sqlite"), Clock()) as service:
        yield service


def test_sqlite_locked_by_another_program(impatient):
    agency = SampleAgency(impatient)
    adding = RawRequest(
        "POST", "/v1/candidates", agency.keys["admin"], b'{"name": "Kim"}', headers={"Idempotency-Key": "1"}
    )
    file = make_url(databases.of_this_process("sqlite")).database or ""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            (answer,) = agency.send(adding)
            problem(answer, 503, "database_unavailable")
            assert int(answer.headers["retry-after"]) > 0
        assert agency.send(RawRequest("GET", "/v1/candidates", agency.keys["viewer"]))[0].status_code == 200, (
            "reading goes on"
        )
        other.execute("ROLLBACK")
    first, again = agency.send(adding, adding)
    assert (first.status_code, again.content) == (201, first.content)
