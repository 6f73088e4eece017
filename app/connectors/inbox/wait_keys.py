"""Wait keys: the records that an event waits for, such as `application 4711`.

The first is in the row of the event; a table holds the others of an event about several applications.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from app.connectors.models import wait_key
from app.kit.db import insert_rows
from app.kit.due_rows import Key


def replace_waits(conn: sa.Connection, key: Key, connection_id: UUID, further: Sequence[str]) -> frozenset[str]:
    """Replace the wait keys of an event after its first one. Return the set of the keys before."""
    agency_id, inbound_event_id = key
    mine = sa.and_(wait_key.c.agency_id == agency_id, wait_key.c.inbound_event_id == inbound_event_id)
    before = frozenset(conn.scalars(sa.select(wait_key.c.waits_for).where(mine)))
    if before != frozenset(further):
        conn.execute(sa.delete(wait_key).where(mine))
        row = {"agency_id": agency_id, "inbound_event_id": inbound_event_id, "connection_id": connection_id}
        insert_rows(conn, wait_key, [row | {"waits_for": word} for word in further])
    return before
