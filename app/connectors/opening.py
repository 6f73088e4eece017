"""Opening a connection's row: its secrets, credentials and session, for whoever works with it."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.keys import public_id
from app.connectors.connection import Linked, linked
from app.connectors.connector import Account
from app.connectors.models import connection
from app.kit.dialects import locked
from app.kit.sealing import CannotOpen, Seal


def find_linked(conn: sa.Connection, seal: Seal, agency_id: UUID, id: UUID, *, lock: bool = False) -> Linked | None:
    """A connection at work; None for one that is no more. `lock`: nobody changes it before this transaction ends."""
    statement = sa.select(connection).where(connection.c.agency_id == agency_id, connection.c.id == id)
    row = conn.execute(locked(statement) if lock else statement).mappings().one_or_none()
    return None if row is None else linked(row, opened_account(seal, row))


def opened_account(seal: Seal, row: Mapping[Any, Any]) -> Account:
    """Return the settings, credentials and session of a connection's row.

    Credentials sealed under a key that is not here are marked as `unopened`: the connection can still be read, changed
    and removed. A session that cannot be opened signs in again.
    """

    def opened(column: str) -> Mapping[str, Any] | None:
        sealed = row[column]
        try:
            return {} if sealed is None else json.loads(seal.open(row["agency_id"], sealed))
        except CannotOpen:
            return None

    credentials, session = opened("sealed_credentials"), opened("sealed_session")
    return Account(row["settings"], credentials or {}, session or {}, unopened=credentials is None)


def hook_path(agency_id: UUID, connection_id: UUID) -> str:
    """Where the CRM sends its webhooks, below the address of this service."""
    return f"/hooks/{public_id(agency_id, connection_id)}"
