"""HTTP: the live feed, page by page and as server-sent events."""

from enum import Enum
from functools import partial
from typing import Annotated

from fastapi import Header, Query, Request, Response

from app.access.call import House, ViewerCall
from app.kit.pages import Limit
from app.kit.strict_json import router as feature_router
from app.webhooks.feed import queries
from app.webhooks.feed.schemas import FeedOut, Place
from app.webhooks.feed.stream import EventStream, ServerSentEvents
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


@router.get("/events", response_model=FeedOut, tags=TAGS)
async def read_events(
    call: ViewerCall,
    type: Types = None,
    limit: Limit = 50,
    cursor: After = None,
) -> Response:
    """What happened, in an order that never skips and never repeats: go on from `next_cursor`, now or tomorrow.

    Events are kept for 30 days, unless `KEEPWARM_EVENT_DAYS` says otherwise. A cursor so old that events after it are
    no longer kept is refused with 410 `cursor_expired`: begin anew without a cursor, at the first event that is kept.
    """
    return await call.read(queries.read_feed, cursor, type or (), limit)


@router.get("/events/stream", tags=TAGS, response_class=ServerSentEvents)
async def stream_events(
    request: Request,
    call: ViewerCall,
    type: Types = None,
    last_event_id: Resumed = None,
    cursor: After = None,
    seconds: Open = None,
) -> EventStream:
    """The same as server-sent events, as they come. A browser that lost the line goes on by its Last-Event-ID.

    A stream ends by itself after ten minutes, when its key ends, and when the service restarts; a browser then comes
    again. An agency may hold 20 open; one more is refused with 429 `too_many_streams`. A Last-Event-ID so old that
    events after it are no longer kept is refused with 410 `cursor_expired`: begin anew without one.
    """
    house: House = request.app.state.house
    after, lasts = int(last_event_id or cursor or 0), house.settings.stream_seconds
    await house.database.of(call.caller.agency_id).read(
        partial(queries.kept, agency_id=call.caller.agency_id, after=after)
    )
    return EventStream(house, call.caller, after, type or (), lasts if seconds is None else min(seconds, lasts))
