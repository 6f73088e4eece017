"""A response that streams an agency's events as server-sent events: stored events first, then new ones."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import sqlalchemy as sa
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.access.caller import Caller
from app.access.request_context import AppState
from app.kit.clock import monotonic
from app.kit.damaged_rows import read_rows
from app.kit.errors import Problem
from app.webhooks.envelope import body_bytes
from app.webhooks.feed import queries
from app.webhooks.models import event

MAX_STREAMS = 20
"""The most streams that an agency may hold open in one process. Each polls the database every second."""
_HEARTBEAT_SECONDS, _POLL_SECONDS, _PAGE_SIZE, _RETRY_AFTER = 15.0, 1.0, 200, 30


class ServerSentEvents(StreamingResponse):
    """A response class with the media type `text/event-stream`, which the OpenAPI document shows."""

    media_type = "text/event-stream"


class EventStream(ServerSentEvents):
    """A response that streams events. It counts toward its agency's limit of open streams while it is open."""

    def __init__(self, shared: AppState, caller: Caller, after: int, types: Sequence[str], seconds: float) -> None:
        self._shared, self._caller, self._after, self._types = shared, caller, after, types
        self._seconds = seconds
        super().__init__(self._chunks(), headers={"Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the stream ends. Raises 429 if the agency has reached its limit of streams."""
        streams, agency_id = self._shared.streams, self._caller.agency_id
        if streams[agency_id] >= MAX_STREAMS:
            raise Problem(
                429,
                "too_many_streams",
                f"Your agency holds {MAX_STREAMS} streams open, the most that are allowed. Close one first.",
                headers={"Retry-After": str(_RETRY_AFTER)},
            )
        streams[agency_id] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            streams[agency_id] -= 1
            if not streams[agency_id]:
                del streams[agency_id]

    async def _chunks(self) -> AsyncIterator[bytes]:
        shared, agency_id, position = self._shared, self._caller.agency_id, self._after
        scope = shared.database.of(agency_id)
        last_sent = monotonic()
        until = last_sent + self._seconds
        yield b"retry: 2000\n\n"
        while not shared.closing.is_set():
            try:
                rows, position = await scope.read(
                    partial(queries.read_page, agency_id=agency_id, after=position, types=self._types, limit=_PAGE_SIZE)
                )
                # The key is checked after the events are read: events after the key's end are never sent.
                await shared.authenticator.ask_again(self._caller)
            except Problem:  # the reader reconnects and gets the error then
                return
            for message in read_rows(sa.select(event), rows, _message):
                yield message
            if len(rows) < _PAGE_SIZE and monotonic() >= until:
                return
            if not rows:
                if monotonic() - last_sent >= _HEARTBEAT_SECONDS:
                    last_sent = monotonic()
                    # A heartbeat carries the position: readers of rare types resume here, not at their last event.
                    yield b": still here\nid: %d\n\n" % position
                with suppress(TimeoutError):
                    await asyncio.wait_for(shared.closing.wait(), _POLL_SECONDS)


def _message(row: sa.Row[Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (row.position, row.type.encode(), body_bytes(row._mapping))
