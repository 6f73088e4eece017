"""Identifiers: UUIDv7, so that sorting by id is sorting by the time of making."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id(kind: str = "") -> UUID:
    """A fresh UUIDv7. `kind` names the thing being made; the demo numbers its things by it, this one ignores it."""
    return uuid7()
