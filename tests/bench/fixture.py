"""A service in this process over a database of its own, and many copies of one application."""

import json
import tempfile
from asyncio import to_thread
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.access.caller import Caller, Role
from app.access.request_context import AppState
from app.api import create_app
from app.applications.models import action, application, flag, interaction, interview
from app.candidates.models import candidate
from app.kit import clock
from app.kit.agency_guard import bound_by_hand
from app.kit.db import Database
from app.kit.dialects import Id
from app.kit.migrations import migrate
from app.kit.settings import Settings
from app.webhooks.models import endpoint, event
from tests.bench.assess import history

KEY = "the operator key of the benchmark"
ANALYZE = sa.text("ANALYZE").options(bound_by_hand("it returns no rows"))
_COPIED = (candidate, application, interview, interaction, flag, action)
_RENUMBERED = {"id", "candidate_id", "application_id", "interview_id", "in_reply_to"}


class Fixture:
    """The service, its agency, and the application that is copied."""

    def __init__(self, app: FastAPI, url: str) -> None:
        self.app, self.url = app, url
        self.shared: AppState = app.state.shared
        self.settings: Settings = app.state.settings
        self.database = self.shared.database
        self.caller, self.application_id, self._key = Caller(UUID(int=0), Role.admin), UUID(int=0), KEY

    async def call(self, method: str, path: str, body: Any = None, query: str = "") -> Any:
        """One request over ASGI, as it comes from a server; anything but success is an error of the benchmark."""
        sent = b"" if body is None else json.dumps(body).encode()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {self._key}".encode()), (b"content-type", b"application/json")],
            "server": ("localhost", 80),
            "client": ("localhost", 1),
        }
        answers: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            answers.append(message)

        await self.app(scope, receive, send)
        text = b"".join(message.get("body", b"") for message in answers)
        if answers[0]["status"] >= 300:
            raise RuntimeError(f"{method} {path}: {answers[0]['status']} {text.decode()}")
        return json.loads(text)

    async def finish(self) -> None:
        """Make the agency, and the application with the history that `assess` measures, recorded as of now."""
        made = await self.call("POST", "/v1/agencies", {"name": "B", "time_zone": "UTC", "holiday_region": "AU-NSW"})
        self._key = made["api_key"]
        self.caller = Caller(UUID(made["agency"]["id"]), Role.admin)
        client = await self.call("POST", "/v1/organisations", {"name": "Client"})
        job = await self.call("POST", "/v1/jobs", {"title": "Job", "organisation_id": client["id"]})
        person = await self.call("POST", "/v1/candidates", {"name": "Candidate"})
        whole = history()
        late = clock.system_now() - whole.interactions[19].at - timedelta(hours=1)
        body = {"candidate_id": person["id"], "job_id": job["id"], "opened_at": (whole.opened_at + late).isoformat()}
        self.application_id = UUID((await self.call("POST", "/v1/applications", body))["id"])
        for held in whole.interviews[:2]:
            times = {name: (getattr(held, name) + late).isoformat() for name in ("booked_at", "starts_at", "ends_at")}
            await self.call("POST", f"{self.address()}/interviews", times)
        for said in whole.interactions[:20]:
            body = {"from_party": said.sender, "to_party": said.receiver, "purpose": said.purpose, "channel": "email"}
            await self.call(
                "POST", f"{self.address()}/interactions", body | {"occurred_at": (said.at + late).isoformat()}
            )

    def copy_id(self, number: int, id: UUID | None = None) -> UUID:
        """The id of a copy of the application, or of another thing that was copied with it."""
        return UUID(f"f{number:07d}{str(id or self.application_id)[8:]}")

    def address(self, number: int | None = None) -> str:
        """Return the address of the application or of one of its copies."""
        return f"/v1/applications/{self.application_id if number is None else self.copy_id(number)}"

    async def copy(self, first: int, last: int, *, facts: bool = True, **changes: Mapping[str, Any]) -> None:
        """Copy the candidate, the application, its facts and findings, for each number; `changes` are by table.

        Without `facts` only the actions hang on the applications.
        """
        tables = _COPIED if facts else (candidate, application, action)
        await self.database.across_agencies().write(lambda conn: self._copy(conn, tables, first, last, changes))

    def _copy(
        self,
        conn: sa.Connection,
        tables: Iterable[sa.Table],
        first: int,
        last: int,
        changes: Mapping[str, Mapping[str, Any]],
    ) -> None:
        start = sa.select(sa.literal(first).label("number")).cte("numbers", recursive=True)
        numbers = start.union_all(sa.select(start.c.number + 1).where(start.c.number < last))
        beginning = sa.literal("f").concat(sa.func.substr(sa.cast(numbers.c.number + 10**7, sa.Text), 2))
        mine = (application.c.agency_id == self.caller.agency_id, application.c.id == self.application_id)
        own = sa.select(application.c.candidate_id).where(*mine).scalar_subquery()
        for table in tables:
            changed = changes.get(table.name, {})
            values = {
                column.name: sa.literal(changed[column.name], column.type)
                if column.name in changed
                else sa.cast(beginning.concat(sa.func.substr(sa.cast(column, sa.Text), 9)), Id)
                if column.name in _RENUMBERED
                else column
                for column in table.c
            }
            one = {"candidate": ("id", own), "application": ("id", self.application_id)}
            column, value = one.get(table.name, ("application_id", self.application_id))
            its = table.c[column] == value
            rows = sa.select(*values.values()).where(table.c.agency_id == self.caller.agency_id, its)
            conn.execute(sa.insert(table).from_select(list(values), rows.join_from(table, numbers, sa.true())))

    def forget_events(self, conn: sa.Connection) -> None:
        """Delete the endpoints and events of the benchmark's agency."""
        for table in (endpoint, event):
            conn.execute(sa.delete(table).where(table.c.agency_id == self.caller.agency_id))

    async def analyze(self) -> None:
        """Let PostgreSQL count what was added, as its autovacuum would later."""
        if self.url.startswith("sqlite"):
            return
        owner = Database(self.url, pool=1, as_owner=True)
        await owner.across_agencies().write(lambda conn: conn.execute(ANALYZE))
        await owner.close()


@asynccontextmanager
async def open_fixture(url: str) -> AsyncIterator[Fixture]:
    """Run a service as `serve` does, without its worker, over a new database that is removed at the end."""
    async with _database(url) as own:
        await to_thread(migrate, own)
        settings = Settings(
            database_url=own,
            operator_key=SecretStr(KEY),
            secret_key=SecretStr(KEY),
            embedded_worker=False,
            rate_limit_per_minute=10**9,
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            made = Fixture(app, own)
            await made.finish()
            yield made


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[str]:
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory(prefix="keepwarm-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    name = f"keepwarm_bench_{uuid4().hex[:12]}"
    server = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(url).set(database=name).render_as_string(hide_password=False)
        finally:
            await server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await server.close()
