"""Every SELECT over inbound events, scoped by the caller's agency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.connection_lookup import get_connection_row
from app.connectors.inbox.schemas import InboundEventOut
from app.connectors.models import inbound_event
from app.kit.errors import not_found
from app.kit.external_refs import row_to_model
from app.kit.pagination import Page, Paging


def get_row(work: UnitOfWork, connection_id: UUID, id: UUID) -> sa.RowMapping:
    """Return the database row of one inbound event. Raise a 404 if the connection has no such event."""
    columns = inbound_event.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id, columns.id == id)
    row = work.conn.execute(sa.select(inbound_event).where(*mine)).mappings().one_or_none()
    if row is None:
        raise not_found("event")
    return row


def get_inbound_event(work: UnitOfWork, connection_id: UUID, id: UUID) -> InboundEventOut:
    """Return one inbound event with its result. Raise a 404 if the connection has no such event."""
    return show(get_row(work, connection_id, id))


def list_inbound_events(
    work: UnitOfWork, connection_id: UUID, paging: Paging, state: str | None
) -> Page[InboundEventOut]:
    """Return a page of a connection's inbound events, the newest first; `state` filters by state."""
    get_connection_row(work, connection_id)
    columns = inbound_event.c
    statement = sa.select(inbound_event).where(
        columns.agency_id == work.agency_id, columns.connection_id == connection_id
    )
    if state is not None:
        statement = statement.where(columns.state == state)
    return paging.page(
        work.conn,
        statement,
        [columns.arrived_at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: show(row._mapping),
        newest_first=True,
    )


def show(row: Mapping[Any, Any]) -> InboundEventOut:
    """Convert the row of an inbound event to the response, which has no body."""
    return row_to_model(InboundEventOut, {**row, "next_attempt_at": row["due_at"]})
