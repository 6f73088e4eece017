"""Giving committed events their places: ids are made before a commit, commits overtake each other, places do not."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.db import Database
from app.kit.dialects import insert, try_lock, write_rows
from app.webhooks.models import event, feed

STEP = 1000


async def place_once(database: Database) -> int:
    """Give the next events their places. Answers how many."""
    return await database.across_agencies().write(place)


def place(conn: sa.Connection) -> int:
    """One at a time does it, so that whoever has seen a place has seen every place before it."""
    if not try_lock(conn, "event feed"):
        return 0
    columns = event.c
    new = conn.execute(
        sa.select(columns.agency_id, columns.id)
        .where(columns.place.is_(None))
        .order_by(columns.id)
        .limit(STEP)
        .options(across_agencies("one worker places the events of every agency"))
    ).all()
    last: dict[UUID, int] = {}
    rows: list[Mapping[str, Any]] = []
    for agency_id, id in new:
        if agency_id not in last:
            last[agency_id] = _last(conn, agency_id)
        last[agency_id] += 1
        rows.append({"key_agency_id": agency_id, "key_id": id, "place": last[agency_id]})
    write_rows(conn, [("update", event, rows)])
    for agency_id, at in sorted(last.items()):
        conn.execute(sa.update(feed).where(feed.c.agency_id == agency_id).values(last_place=at))
    return len(rows)


def _last(conn: sa.Connection, agency_id: UUID) -> int:
    conn.execute(
        insert(conn, feed).values(agency_id=agency_id, last_place=0, forgotten_place=0).on_conflict_do_nothing()
    )
    found: int = conn.execute(sa.select(feed.c.last_place).where(feed.c.agency_id == agency_id)).scalar_one()
    return found
