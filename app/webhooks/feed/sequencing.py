"""Sequencing: number the committed events of each agency, which gives them their order in the feed.

Event ids are made before the commit, and commits overtake each other. Positions never do.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.db import Database
from app.kit.dialects import insert, try_lock, write_rows
from app.webhooks.models import event, feed

MAX_SEQUENCED_EVENTS = 1000


async def sequence_once(database: Database) -> int:
    """Give feed positions to the next batch of committed events of all agencies; return how many."""
    return await database.across_agencies().write(assign_positions)


def assign_positions(conn: sa.Connection) -> int:
    """Give feed positions to the next batch of committed events; return how many.

    A lock admits one worker at a time; return 0 if another worker holds it. A reader who has seen a position has seen
    all before it.
    """
    if not try_lock(conn, "event feed"):
        return 0
    columns = event.c
    new = conn.execute(
        sa.select(columns.agency_id, columns.id)
        .where(columns.position.is_(None))
        .order_by(columns.id)
        .limit(MAX_SEQUENCED_EVENTS)
        .options(across_agencies("one worker gives positions to the events of every agency"))
    ).all()
    last: dict[UUID, int] = {}
    rows: list[Mapping[str, Any]] = []
    for agency_id, id in new:
        if agency_id not in last:
            last[agency_id] = _last_position(conn, agency_id)
        last[agency_id] += 1
        rows.append({"key_agency_id": agency_id, "key_id": id, "position": last[agency_id]})
    write_rows(conn, [("update", event, rows)])
    for agency_id, at in sorted(last.items()):
        conn.execute(sa.update(feed).where(feed.c.agency_id == agency_id).values(last_position=at))
    return len(rows)


def _last_position(conn: sa.Connection, agency_id: UUID) -> int:
    conn.execute(
        insert(conn, feed).values(agency_id=agency_id, last_position=0, expired_position=0).on_conflict_do_nothing()
    )
    found: int = conn.execute(sa.select(feed.c.last_position).where(feed.c.agency_id == agency_id)).scalar_one()
    return found
