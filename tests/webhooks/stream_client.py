"""A client that holds a stream of the feed open and reads from it on demand."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

from starlette.types import Message

from tests.service import Service

_PATIENCE = 60
"""Seconds after which a test stops waiting for data."""


class Listener:
    """One open stream, called at the ASGI layer: httpx returns a response only after it has ended."""

    def __init__(self, service: Service, key: str, last_event_id: str = "", **query: str) -> None:
        self._service, self._key, self._last, self._query = service, key, last_event_id, query
        self.status, self.headers = 0, dict[str, str]()
        service.run(self._open)

    async def _open(self) -> None:
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._left = asyncio.Event()
        headers = {"host": "keepwarm.test", "authorization": f"Bearer {self._key}"}
        if self._last:
            headers["last-event-id"] = self._last
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/v1/events/stream",
            "raw_path": b"/v1/events/stream",
            "root_path": "",
            "query_string": urlencode(self._query).encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("keepwarm.test", 80),
        }
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._left.wait()
            return {"type": "http.disconnect"}

        begun = asyncio.Event()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
                begun.set()
            elif message["body"]:
                self._said.put_nowait(message["body"])

        self._answering = asyncio.create_task(self._service.app(scope, receive, send))
        async with asyncio.timeout(_PATIENCE):
            await begun.wait()

    def next(self) -> str | None:
        """Return the next block, or the body of an error; None if the stream has ended."""
        return self._service.run(self._next)

    async def _next(self) -> str | None:
        saying = asyncio.create_task(self._said.get())
        await asyncio.wait({saying, self._answering}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if saying.done():
            return saying.result().decode()
        saying.cancel()
        assert self._answering.done(), "nothing is said, and the stream goes on"
        self._answering.result()
        return None

    def next_event(self) -> tuple[str, str]:
        """Return the position and the id of the next event. Skips heartbeats."""
        while (block := self.next()) is not None:
            fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "data" in fields:
                data: dict[str, Any] = json.loads(fields["data"])
                return fields["id"], data["id"]
        raise AssertionError("the stream has ended")

    def rest(self) -> list[str]:
        """Return everything until the stream ends."""
        return list(iter(self.next, None))

    def leave(self) -> None:
        """Disconnect, and wait until the stream has noticed."""

        async def left() -> None:
            self._left.set()
            async with asyncio.timeout(_PATIENCE):
                await self._answering

        self._service.run(left)
