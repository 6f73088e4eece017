"""The record of flags written into a CRM: a flag is written once, and its end only after its beginning."""

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
    """Return True if this flag was written into the CRM."""
    mine = (external_entity.c[name] == value for name, value in _key(work, loaded, flag_id).items())
    return work.conn.execute(sa.select(external_entity.c.written_by_us).where(*mine)).one_or_none() is not None


def record_written(work: UnitOfWork, loaded: LoadedConnection, event_id: UUID) -> None:
    """Record the flag of an event that was written. Other events are not recorded."""
    data: Mapping[str, Any] = work.conn.execute(
        sa.select(event.c.data).where(event.c.agency_id == work.agency_id, event.c.id == event_id)
    ).scalar_one()
    if "flag_id" in data:
        values = {**_key(work, loaded, data["flag_id"]), "written_by_us": True}
        work.conn.execute(insert(work.conn, external_entity).values(values).on_conflict_do_nothing())


def _key(work: UnitOfWork, loaded: LoadedConnection, flag_id: str) -> dict[str, Any]:
    return {"agency_id": work.agency_id, "connection_id": loaded.id, "kind": "flag", "external_id": flag_id}
