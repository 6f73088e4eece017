"""Wait keys of an event: the first is in its row, the others of an event about several applications in a table."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.connectors.models import further_wait
from app.kit.db import insert_rows
from app.kit.due_rows import Key


def replace_waits(conn: sa.Connection, key: Key, connection_id: UUID, further: Sequence[str]) -> frozenset[str]:
    """Replace the further wait keys of an event; return the former ones."""
    agency_id, arrival_id = key
    mine = sa.and_(further_wait.c.agency_id == agency_id, further_wait.c.arrival_id == arrival_id)
    before = frozenset(conn.scalars(sa.select(further_wait.c.waits_for).where(mine)))
    if before != frozenset(further):
        conn.execute(sa.delete(further_wait).where(mine))
        row = {"agency_id": agency_id, "arrival_id": arrival_id, "connection_id": connection_id}
        insert_rows(conn, further_wait, [row | {"waits_for": word} for word in further])
    return before
