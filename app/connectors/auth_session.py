"""The login lock and the session of a connection. One worker at a time holds the lock and signs in to the CRM."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.connectors.contract import Account, server_addresses
from app.connectors.loaded_connection import LoadedConnection, load_connection, open_account
from app.connectors.models import connection
from app.kit.dialects import lock_for_update
from app.kit.sealing import Seal


def acquire_login_lock(
    seal: Seal, loaded: LoadedConnection, now: datetime, until: datetime, conn: sa.Connection
) -> Account | None:
    """Acquire the login lock of a connection until `until`. Return the settings, credentials and session stored now.

    Return None if another worker holds the lock or the connection was removed.
    """
    free = sa.or_(connection.c.signing_in_until.is_(None), connection.c.signing_in_until <= now)
    taken = conn.execute(sa.update(connection).where(_mine(loaded), free).values(signing_in_until=until)).rowcount
    found = load_connection(conn, seal, loaded.agency_id, loaded.id) if taken else None
    return None if found is None else found.account


def release_login_lock(loaded: LoadedConnection, until: datetime, conn: sa.Connection) -> None:
    """Release the login lock, unless it has expired and another worker holds it."""
    mine = sa.and_(_mine(loaded), connection.c.signing_in_until == until)
    conn.execute(sa.update(connection).where(mine).values(signing_in_until=None))


def store_session(seal: Seal, loaded: LoadedConnection, before: Account, account: Account, conn: sa.Connection) -> None:
    """Store the session and the credentials of a connection, sealed.

    Store nothing if an admin changed the credentials or the server meanwhile, or the connection was removed.
    """
    row = conn.execute(lock_for_update(sa.select(connection).where(_mine(loaded)))).mappings().one_or_none()
    if row is None:
        return
    now = open_account(seal, row)
    if (
        now.unopened
        or now.credentials != before.credentials
        or server_addresses(now.settings) != server_addresses(before.settings)
    ):
        return

    def sealed(values: Mapping[str, Any]) -> bytes:
        return seal.lock(loaded.agency_id, json.dumps(dict(values)).encode())

    values = {"sealed_session": sealed(account.session), "sealed_credentials": sealed(account.credentials)}
    conn.execute(sa.update(connection).where(_mine(loaded)).values(**values))


def _mine(loaded: LoadedConnection) -> sa.ColumnElement[bool]:
    return sa.and_(connection.c.agency_id == loaded.agency_id, connection.c.id == loaded.id)
