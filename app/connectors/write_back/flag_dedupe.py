"""The record of which flags were written into a CRM, so that each is written once.

The end of a flag is written only if its beginning was written.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import external_entity
from app.kit.dialects import insert
from app.webhooks.models import event


def is_written(work: UnitOfWork, loaded: LoadedConnection, flag_id: str) -> bool:
    """Return True if a note or task about this flag was written into the connection's CRM."""
    mine = (external_entity.c[name] == value for name, value in _key(work, loaded, flag_id).items())
    return work.conn.execute(sa.select(external_entity.c.written_by_us).where(*mine)).one_or_none() is not None


def record_written(work: UnitOfWork, loaded: LoadedConnection, event_id: UUID) -> None:
    """Record that the flag of an event was written into the CRM. An event without a flag changes nothing."""
    data: Mapping[str, Any] = work.conn.execute(
        sa.select(event.c.data).where(event.c.agency_id == work.agency_id, event.c.id == event_id)
    ).scalar_one()
    if "flag_id" in data:
        values = {**_key(work, loaded, data["flag_id"]), "written_by_us": True}
        work.conn.execute(insert(work.conn, external_entity).values(values).on_conflict_do_nothing())


def _key(work: UnitOfWork, loaded: LoadedConnection, flag_id: str) -> dict[str, Any]:
    return {"agency_id": work.agency_id, "connection_id": loaded.id, "kind": "flag", "external_id": flag_id}
