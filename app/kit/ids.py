"""Identifiers: UUIDv7, so that sorting by id is sorting by the time of making."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id(kind: str = "") -> UUID:
    """Return a fresh UUIDv7. `kind` names the record's type, by which the demo numbers its ids; it is ignored here."""
    return uuid7()
