"""Reading the feed, scoped by the caller's agency."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.errors import Problem
from app.webhooks.envelope import envelope
from app.webhooks.feed.schemas import EventOut, FeedOut
from app.webhooks.models import event, feed


def read_feed(work: Work, after: str | None, types: Sequence[str], limit: int) -> FeedOut:
    """The events after a place; without one, from the first that is still kept."""
    # Where the feed ends is read first: what is placed meanwhile comes the next time.
    start = int(after or 0)
    end = end_of_feed(work.conn, work.agency_id, start)
    most = min(limit, 200)
    rows = events_after(work.conn, work.agency_id, start, types, most)
    seen = rows[-1].place if rows else start
    # A short page has seen all there was, what is of other types too.
    return FeedOut(
        items=[EventOut.model_validate(envelope(row._mapping)) for row in rows],
        next_cursor=str(seen if len(rows) == most else max(seen, end)),
    )


def end_of_feed(conn: sa.Connection, agency_id: UUID, start: int) -> int:
    """The last place that was given. Raises 400 for a start beyond it, where a reader would wait in vain."""
    end = conn.scalar(sa.select(feed.c.last_place).where(feed.c.agency_id == agency_id)) or 0
    if start > end:
        raise Problem(400, "bad_cursor", "This cursor lies beyond the end of the feed; it was not given out here.")
    return end


def events_after(
    conn: sa.Connection, agency_id: UUID, after: int, types: Sequence[str], limit: int
) -> Sequence[sa.Row[Any]]:
    """Rows of the feed after a place."""
    columns = event.c
    statement = sa.select(event).where(columns.agency_id == agency_id, columns.place > after)
    if types:
        statement = statement.where(columns.type.in_(types))
    return conn.execute(statement.order_by(columns.place).limit(limit)).all()
