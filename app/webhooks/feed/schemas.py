"""Wire shapes of the feed."""

from typing import Annotated, Any

from app.kit.fields import At, Id, Out, matching
from app.webhooks.types import EventType

Place = Annotated[str, *matching(r"^[0-9]{1,18}$", "must be a cursor that the feed answered")]
"""A place in the feed, as a cursor and as Last-Event-ID."""


class EventOut(Out):
    """An event as receivers get it."""

    id: Id
    type: EventType
    timestamp: At
    application_id: Id | None
    sequence: int | None
    data: dict[str, Any]
    links: dict[str, str]
    """Where to read on, below this service's address."""


class FeedOut(Out):
    """The next events of the feed, in the order in which they became known."""

    items: list[EventOut]
    next_cursor: str
    """Where to go on, now or later; there is always more to come."""
