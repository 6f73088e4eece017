"""Reading the feed, scoped by the caller's agency."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.damage import fetch_all, read_rows
from app.kit.errors import Problem
from app.webhooks.envelope import envelope
from app.webhooks.feed.schemas import EventOut, FeedOut
from app.webhooks.models import event, feed
from app.webhooks.types import TEST


def read_feed(work: Work, after: str | None, types: Sequence[str], limit: int) -> FeedOut:
    """The events after a place; without one, from the first that is still kept."""
    rows, place = page(work.conn, work.agency_id, int(after or 0), types, min(limit, 200))
    items = read_rows(sa.select(event), rows, lambda row: EventOut.model_validate(envelope(row._mapping)))
    return FeedOut(items=items, next_cursor=str(place))


def page(
    conn: sa.Connection, agency_id: UUID, after: int, types: Sequence[str], limit: int
) -> tuple[Sequence[sa.Row[Any]], int]:
    """The next events after a place, and the place to go on from; after 0 comes the first that is kept.

    Raises 400 and 410 as `kept` does.
    """
    # Where the feed ends is read first: what is placed meanwhile comes the next time.
    end, forgotten = kept(conn, agency_id, after)
    if after == end:
        return (), after
    columns = event.c
    statement = sa.select(event).where(
        columns.agency_id == agency_id, columns.place > (after or forgotten), columns.type != TEST
    )
    if types:
        statement = statement.where(columns.type.in_(types))
    rows = fetch_all(conn, statement.order_by(columns.place).limit(limit))
    # What was forgotten while the events were read would be missing among them.
    kept(conn, agency_id, after)
    # A short page has seen all there was, what is of other types too.
    seen = rows[-1].place if rows else after
    return rows, seen if len(rows) == limit else max(seen, end)


def kept(conn: sa.Connection, agency_id: UUID, after: int) -> tuple[int, int]:
    """The last place that was given, and the last that was forgotten.

    Raises 400 for a place beyond the end, where a reader would wait in vain, and 410 for one that was forgotten from.
    """
    columns = feed.c
    places = sa.select(columns.last_place, columns.forgotten_place).where(columns.agency_id == agency_id)
    end, forgotten = conn.execute(places).one_or_none() or (0, 0)
    if after > end:
        raise Problem(
            400,
            "bad_cursor",
            "This cursor is beyond the end of the feed. Use a `next_cursor` of this agency's feed, or none.",
        )
    if 0 < after < forgotten:
        raise Problem(
            410, "cursor_expired", "Events after this cursor are no longer stored. Begin again without a cursor."
        )
    return end, forgotten
