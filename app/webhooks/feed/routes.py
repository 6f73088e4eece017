"""HTTP: the live feed, page by page and as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from functools import partial
from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.access.call import House, ViewerCall
from app.kit.clock import monotonic
from app.kit.pages import Limit
from app.kit.strict_json import router as feature_router
from app.webhooks.envelope import body_of
from app.webhooks.feed import queries
from app.webhooks.feed.schemas import FeedOut, Place
from app.webhooks.types import EventType

router = feature_router()
TAGS: list[str | Enum] = ["10 · Events out"]
Types = Annotated[list[EventType] | None, Query(alias="type", max_length=20, description="Only events of these types.")]
After = Annotated[
    Place | None, Query(description="`next_cursor` of the page before, or the `id` of an event of the stream.")
]
Resumed = Annotated[
    Place | None,
    Header(alias="Last-Event-ID", description="The `id` of the last event that came; goes before `cursor`."),
]
Open = Annotated[
    int | None,
    Query(ge=0, le=3600, description="How long the stream stays open at most; 0: it tells what is there, and ends."),
]
_BREATH, _PAUSE, _PAGE = 15.0, 1.0, 200


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


@router.get("/events", response_model=FeedOut, tags=TAGS)
async def read_events(
    call: ViewerCall,
    type: Types = None,
    limit: Limit = 50,
    cursor: After = None,
) -> Response:
    """What happened, in an order that never skips and never repeats: go on from `next_cursor`, now or tomorrow."""
    return await call.read(queries.read_feed, cursor, type or (), limit)


@router.get("/events/stream", tags=TAGS, response_class=EventStream)
async def stream_events(
    request: Request,
    call: ViewerCall,
    type: Types = None,
    last_event_id: Resumed = None,
    cursor: After = None,
    seconds: Open = None,
) -> EventStream:
    """The same as server-sent events, as they come. A browser that lost the line goes on by its Last-Event-ID."""
    house: House = request.app.state.house
    agency_id, after = call.caller.agency_id, int(last_event_id or cursor or 0)
    await house.database.read(partial(queries.end_of_feed, agency_id=agency_id, start=after))
    lasts = house.settings.stream_seconds
    until = monotonic() + (lasts if seconds is None else min(seconds, lasts))

    async def told() -> AsyncIterator[bytes]:
        place, breathed = after, monotonic()
        yield b"retry: 2000\n\n"
        while True:
            rows = await house.database.read(
                partial(queries.events_after, agency_id=agency_id, after=place, types=type or (), limit=_PAGE)
            )
            for row in rows:
                place = row.place
                yield b"id: %d\nevent: %s\ndata: %s\n\n" % (place, row.type.encode(), body_of(row._mapping))
            if len(rows) < _PAGE and monotonic() >= until:
                return
            if not rows:
                if monotonic() - breathed >= _BREATH:
                    breathed = monotonic()
                    yield b": still here\n\n"
                await asyncio.sleep(_PAUSE)

    return EventStream(told(), headers={"Cache-Control": "no-store"})
