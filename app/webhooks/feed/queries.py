"""Queries of the event feed, scoped by the caller's agency."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.damaged_rows import fetch_decodable, read_rows
from app.kit.errors import Problem
from app.webhooks.envelope import envelope
from app.webhooks.event_types import TEST
from app.webhooks.feed.schemas import EventOut, FeedOut
from app.webhooks.models import event, feed


def read_feed(work: UnitOfWork, after: str | None, types: Sequence[str], limit: int) -> FeedOut:
    """Return a page of the agency's events after the cursor `after`; without one, from the oldest stored event.

    Raises 400 and 410 as `feed_bounds` does.
    """
    rows, position = read_page(work.conn, work.agency_id, int(after or 0), types, min(limit, 200))
    items = read_rows(sa.select(event), rows, lambda row: EventOut.model_validate(envelope(row._mapping)))
    return FeedOut(items=items, next_cursor=str(position))


def read_page(
    conn: sa.Connection, agency_id: UUID, after: int, types: Sequence[str], limit: int
) -> tuple[Sequence[sa.Row[Any]], int]:
    """Return a pair: the rows of the next events after a feed position, and the position to continue from.

    Position 0 means the oldest event. Without `types`, events of all types are read. Raises 400 and 410 as
    `feed_bounds` does.
    """
    # The end of the feed is read first: events that get a position meanwhile are read by the next call.
    end, expired = feed_bounds(conn, agency_id, after)
    if after == end:
        return (), after
    columns = event.c
    statement = sa.select(event).where(
        columns.agency_id == agency_id, columns.position > (after or expired), columns.type != TEST
    )
    if types:
        statement = statement.where(columns.type.in_(types))
    rows = fetch_decodable(conn, statement.order_by(columns.position).limit(limit))
    # Retention may have deleted events while this page was read.
    feed_bounds(conn, agency_id, after)
    # A page that is not full has reached the end of the feed, events of other types included.
    seen = rows[-1].position if rows else after
    return rows, seen if len(rows) == limit else max(seen, end)


def feed_bounds(conn: sa.Connection, agency_id: UUID, after: int) -> tuple[int, int]:
    """Return a pair: the last position in an agency's feed, and the last position that retention deleted.

    Raises 400 if `after` is beyond the end of the feed, and 410 if events after it were deleted.
    """
    columns = feed.c
    positions = sa.select(columns.last_position, columns.expired_position).where(columns.agency_id == agency_id)
    end, expired = conn.execute(positions).one_or_none() or (0, 0)
    if after > end:
        raise Problem(
            400,
            "bad_cursor",
            "This cursor is beyond the end of the feed. Use a `next_cursor` of this agency's feed, or none.",
        )
    if 0 < after < expired:
        raise Problem(
            410, "cursor_expired", "Events after this cursor are no longer stored. Begin again without a cursor."
        )
    return end, expired
