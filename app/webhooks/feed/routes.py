"""HTTP: the live feed, as pages and as server-sent events."""

from enum import Enum
from functools import partial
from typing import Annotated

from fastapi import Header, Query, Request, Response

from app.access.request_context import AppState, ViewerContext
from app.kit.pagination import Limit
from app.kit.strict_json import router as feature_router
from app.webhooks.event_types import EventType
from app.webhooks.feed import queries
from app.webhooks.feed.schemas import FeedCursor, FeedOut
from app.webhooks.feed.stream import EventStream, ServerSentEvents

router = feature_router()
TAGS: list[str | Enum] = ["10 · Events out"]
Types = Annotated[list[EventType] | None, Query(alias="type", max_length=20, description="Only events of these types.")]
After = Annotated[
    FeedCursor | None,
    Query(description="The `next_cursor` of the page before, or the `id` of an event of the stream."),
]
Resumed = Annotated[
    FeedCursor | None,
    Header(alias="Last-Event-ID", description="The `id` of the last event received; overrides `cursor`."),
]
Open = Annotated[
    int | None,
    Query(
        ge=0,
        le=3600,
        description="The most seconds that the stream stays open; 0: it sends stored events and ends.",
    ),
]


@router.get("/events", response_model=FeedOut, tags=TAGS)
async def read_events(
    context: ViewerContext,
    type: Types = None,
    limit: Limit = 50,
    cursor: After = None,
) -> Response:
    """List events in one order, without gaps and without repeats. Continue from `next_cursor` at any time.

    Events are stored for 30 days, unless `KEEPWARM_EVENT_DAYS` says otherwise. If events after a cursor are no longer
    stored, the answer is 410 `cursor_expired`. Start again without a cursor, at the oldest stored event.
    """
    return await context.read(queries.read_feed, cursor, type or (), limit)


@router.get("/events/stream", tags=TAGS, response_class=ServerSentEvents)
async def stream_events(
    request: Request,
    context: ViewerContext,
    type: Types = None,
    last_event_id: Resumed = None,
    cursor: After = None,
    seconds: Open = None,
) -> EventStream:
    """Stream events as server-sent events. A browser that loses the connection resumes with `Last-Event-ID`.

    A stream ends after ten minutes, when its key ends, and when the service restarts; browsers reconnect by themselves.
    An agency may hold 20 streams open; one more is refused with 429 `too_many_streams`. If events after a
    `Last-Event-ID` are no longer stored, the answer is 410 `cursor_expired`. Start again without one.
    """
    shared: AppState = request.app.state.shared
    after, max_seconds = int(last_event_id or cursor or 0), shared.settings.stream_seconds
    scope = shared.database.of(context.caller.agency_id)
    await scope.read(partial(queries.feed_bounds, agency_id=context.caller.agency_id, after=after))
    return EventStream(
        shared, context.caller, after, type or (), max_seconds if seconds is None else min(seconds, max_seconds)
    )
