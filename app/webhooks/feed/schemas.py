"""Response schemas of the event feed."""

from typing import Annotated, Any

from app.kit.field_types import At, Id, Out, matching
from app.webhooks.event_types import EventType

FeedCursor = Annotated[str, *matching(r"^[0-9]{1,18}$", "must be a cursor that the feed answered")]
"""A position in the feed, as a cursor and as `Last-Event-ID`."""


class EventOut(Out):
    """An event as receivers get it."""

    id: Id
    type: EventType
    timestamp: At
    application_id: Id | None
    sequence: int | None
    data: dict[str, Any]
    links: dict[str, str]
    """Paths of the related records in the API: `application` and `flag`, each if there is one."""


class FeedOut(Out):
    """The next events of the feed, in the order of their positions."""

    items: list[EventOut]
    next_cursor: str
    """The cursor of the next page. It is never null: later events follow on later pages."""
