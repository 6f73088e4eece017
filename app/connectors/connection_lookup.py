"""Look-up of a connection to a CRM in the database, scoped by the caller's agency."""

from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.models import connection
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found


def get_connection_row(work: UnitOfWork, id: UUID, *, lock: bool = False, pointer: str | None = None) -> sa.RowMapping:
    """Return the database row of a connection; `lock` locks the row for an update.

    Raise a 404 if the agency has no such connection. The error names the request field `pointer`.
    """
    statement = sa.select(connection).where(connection.c.agency_id == work.agency_id, connection.c.id == id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
    if row is None:
        raise not_found("connection", pointer)
    return row
