"""One stream of server-sent events: what there is, then what comes, for as long as its reader may have it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import sqlalchemy as sa
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.access.call import House
from app.access.caller import Caller
from app.kit.clock import monotonic
from app.kit.damage import read_rows
from app.kit.errors import Problem
from app.webhooks.envelope import body_of
from app.webhooks.feed import queries
from app.webhooks.models import event

MOST = 20
"""Streams that one agency may hold open with one process: each asks the database every second."""
_BREATH, _PAUSE, _PAGE, _RETRY_AFTER = 15.0, 1.0, 200, 30


class ServerSentEvents(StreamingResponse):
    """What the contract says of a stream."""

    media_type = "text/event-stream"


class EventStream(ServerSentEvents):
    """A stream as a response. It takes one of its agency's places, and gives it back however it ends."""

    def __init__(self, house: House, caller: Caller, after: int, types: Sequence[str], seconds: float) -> None:
        self._house, self._caller, self._after, self._types = house, caller, after, types
        self._seconds = seconds
        super().__init__(self._told(), headers={"Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until the end. Raises 429 where the agency holds as many streams as it may."""
        streams, agency_id = self._house.streams, self._caller.agency_id
        if streams[agency_id] >= MOST:
            raise Problem(
                429,
                "too_many_streams",
                f"Your agency holds {MOST} streams open, the most that are allowed. Close one first.",
                headers={"Retry-After": str(_RETRY_AFTER)},
            )
        streams[agency_id] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            streams[agency_id] -= 1
            if not streams[agency_id]:
                del streams[agency_id]

    async def _told(self) -> AsyncIterator[bytes]:
        house, agency_id, place = self._house, self._caller.agency_id, self._after
        scope = house.database.of(agency_id)
        breathed = monotonic()
        until = breathed + self._seconds
        yield b"retry: 2000\n\n"
        while not house.closing.is_set():
            try:
                rows, place = await scope.read(
                    partial(queries.page, agency_id=agency_id, after=place, types=self._types, limit=_PAGE)
                )
                # The key is asked for after the events are read: what happened after its end is never told.
                await house.doorkeeper.ask_again(self._caller)
            except Problem:  # the reader comes again by itself, and is then told why
                return
            for message in read_rows(sa.select(event), rows, _message):
                yield message
            if len(rows) < _PAGE and monotonic() >= until:
                return
            if not rows:
                if monotonic() - breathed >= _BREATH:
                    breathed = monotonic()
                    # With the place, so that a reader of rare types goes on from here and not from its last event.
                    yield b": still here\nid: %d\n\n" % place
                with suppress(TimeoutError):
                    await asyncio.wait_for(house.closing.wait(), _PAUSE)


def _message(row: sa.Row[Any]) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (row.place, row.type.encode(), body_of(row._mapping))
