"""Signing in to a CRM, one at a time: the turn to do it, and keeping what it brought."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.connectors.connection import Linked, find_linked, opened_account
from app.connectors.connector import Account, addresses
from app.connectors.models import connection
from app.kit.dialects import locked
from app.kit.sealing import Seal


def take_turn(seal: Seal, link: Linked, now: datetime, until: datetime, conn: sa.Connection) -> Account | None:
    """The account as it is now, and the turn to sign in, by compare-and-set; None while somebody else has it."""
    free = sa.or_(connection.c.signing_in_until.is_(None), connection.c.signing_in_until <= now)
    taken = conn.execute(sa.update(connection).where(_mine(link), free).values(signing_in_until=until)).rowcount
    found = find_linked(conn, seal, link.agency_id, link.id) if taken else None
    return None if found is None else found.account


def end_turn(link: Linked, until: datetime, conn: sa.Connection) -> None:
    """Let the next one sign in. A turn that ran out is another's by now."""
    mine = sa.and_(_mine(link), connection.c.signing_in_until == until)
    conn.execute(sa.update(connection).where(mine).values(signing_in_until=None))


def remember(seal: Seal, link: Linked, before: Account, account: Account, conn: sa.Connection) -> None:
    """Keep what is new, unless an admin has entered other credentials or another server meanwhile: those count."""
    row = conn.execute(locked(sa.select(connection).where(_mine(link)))).mappings().one_or_none()
    if row is None:
        return
    now = opened_account(seal, row)
    if now.unopened or now.credentials != before.credentials or addresses(now.settings) != addresses(before.settings):
        return

    def sealed(values: Mapping[str, Any]) -> bytes:
        return seal.lock(link.agency_id, json.dumps(dict(values)).encode())

    values = {"sealed_session": sealed(account.session), "sealed_credentials": sealed(account.credentials)}
    conn.execute(sa.update(connection).where(_mine(link)).values(**values))


def _mine(link: Linked) -> sa.ColumnElement[bool]:
    return sa.and_(connection.c.agency_id == link.agency_id, connection.c.id == link.id)
