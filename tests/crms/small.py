"""A CRM with a little of everything: streams to fetch, sign-in, notes, tasks, stages; and its connector."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.connectors.contract import (
    Account,
    ApiExchange,
    ApiRequest,
    InboundEvent,
    NotConnected,
    OutgoingNote,
    Stream,
    SyncPage,
)
from app.connectors.crm.standard.connector import Standard
from app.connectors.guide import Entry
from app.connectors.registry import CONNECTORS
from tests.connectors.connected import Sender
from tests.crms.standin import StandIn
from tests.service import Client

EVERY = timedelta(minutes=5)
PAGE = 2


class Small(Standard):
    """Signs and speaks as the generic endpoint, and has an API beside it."""

    system, title = "small", "Small CRM"
    guide = replace(Standard.guide, credentials={"key": Entry("A key of Small CRM.", required=True)})
    streams = (Stream("candidates"), Stream("applications"), Stream("news", backfill=False, every=EVERY, watches=True))
    writes_tasks = True

    def address(self, account: Account) -> str:
        """The URL of the stand-in."""
        return account.settings["base_url"]

    def headers(self, account: Account) -> Mapping[str, str]:
        """The token of the session."""
        if "key" not in account.credentials:
            raise NotConnected("key")
        return {"authorization": str(account.session.get("token"))}

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """A token for the key."""
        if "key" not in account.credentials:
            raise NotConnected("key")
        reply = yield ApiRequest(
            f"{self.address(account)}/sign-in", method="POST", json=dict(account.credentials), anonymous=True
        )
        return {"token": reply.document["token"]}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """A few things of the stream that changed since then."""
        start = int(cursor.get("start", 0))
        reply = yield ApiRequest(stream, {"since": since.isoformat(), "start": str(start)})
        items = [
            InboundEvent(f"{stream}:{item['data']['id']}:{item['version']}", item["type"], {"data": item["data"]})
            for item in reply.document["items"]
        ]
        more = reply.document["more"]
        return SyncPage(items, {"start": start + len(items)} if more else {}, more, reply.document["suspended"])

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """A note or a task; one that may be there already is looked for."""
        if finding.again:
            found = (yield ApiRequest("notes", {"mark": finding.mark})).document["items"]
            if found:
                return str(found[0]["id"])
        body = {"person": finding.candidate_id, "text": finding.text, "task": finding.as_task}
        return str((yield ApiRequest("notes", method="POST", json=body)).document["id"])

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move an application."""
        yield ApiRequest(f"applications/{application_id}/status", method="PUT", json={"status": status}, expects=())


class SmallCrm(StandIn):
    """The records of Small CRM, and the notes, tasks and moves that were written into it."""

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[dict[str, Any]]] = {"candidates": [], "applications": [], "news": []}
        self.notes: list[dict[str, Any]] = []
        self.moves: list[tuple[str, str]] = []
        self.suspended = self.loses_answers = False
        self.unchanged_since: datetime | None = None
        """When its records were last changed: a request for later changes gets none."""
        self.tokens = 0

    def routes(self) -> Sequence[Route]:
        """Its API."""
        return [
            Route("/sign-in", self._sign_in, methods=["POST"]),
            Route("/notes", self._find_note, methods=["GET"]),
            Route("/notes", self._make_note, methods=["POST"]),
            Route("/applications/{id}/status", self._move, methods=["PUT"]),
            Route("/{stream}", self._page, methods=["GET"]),
        ]

    def holds(self, stream: str, type: str, *things: Mapping[str, Any], version: int = 1) -> None:
        """Have these in a stream."""
        self.streams[stream] += [{"type": type, "data": dict(thing), "version": version} for thing in things]

    def end_sessions(self) -> None:
        """Take no token that was given so far."""
        self.tokens += 1

    def asked(self, path: str, method: str = "GET") -> list[Mapping[str, str]]:
        """The queries of the requests that came to this address."""
        return [each.query for each in self.heard if (each.path, each.method) == (path, method)]

    async def _sign_in(self, request: Request) -> Response:
        good = (await request.json()).get("key") == "right"
        return JSONResponse({"token": f"token {self.tokens}"} if good else {}, 200 if good else 401)

    def _signed_in(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"token {self.tokens}"

    async def _page(self, request: Request) -> Response:
        if not self._signed_in(request):
            return JSONResponse({}, 401)
        start, stream = int(request.query_params["start"]), self.streams[request.path_params["stream"]]
        since = datetime.fromisoformat(request.query_params["since"])
        if self.unchanged_since is not None and since > self.unchanged_since:
            stream = []
        more = start + PAGE < len(stream)
        news = request.path_params["stream"] == "news"
        return JSONResponse({"items": stream[start : start + PAGE], "more": more, "suspended": news and self.suspended})

    async def _find_note(self, request: Request) -> Response:
        mark = request.query_params["mark"]
        return JSONResponse({"items": [note for note in self.notes if mark in note["text"]]})

    async def _make_note(self, request: Request) -> Response:
        if not self._signed_in(request):
            return JSONResponse({}, 401)
        note = {"id": f"n{len(self.notes) + 1}", **(await request.json())}
        self.notes.append(note)
        return _CutOff() if self.loses_answers else JSONResponse(note, 201)

    async def _move(self, request: Request) -> Response:
        self.moves.append((request.path_params["id"], (await request.json())["status"]))
        return JSONResponse({})


class _CutOff(Response):
    """An answer that never arrives whole."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


@contextmanager
def small_crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCrm]:
    """A Small CRM that runs, and that Keepwarm knows."""
    with SmallCrm() as crm:
        monkeypatch.setitem(CONNECTORS, "small", Small())
        yield crm


def connected(admin: Client, crm: SmallCrm, **more: Any) -> Sender:
    """The agency's connection to it."""
    usual: dict[str, Any] = {"settings": {"base_url": crm.url}, "credentials": {"key": "right"}, "name": "Small CRM"}
    return Sender(admin, **(usual | {"system": "small"} | more))
