"""The unit of work of a request or a worker step: its transaction, its instant and its caller."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel

from app.access.caller import Caller
from app.kit.errors import Problem, invalid
from app.kit.ids import new_id
from app.kit.sealing import UNSEALED, Seal

MAX_AHEAD = timedelta(minutes=5)
"""The tolerance for clocks that differ: a fact's time may be this far in the future."""


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """The transaction, caller, instant and id generator of a use-case. Only `kit/db.py` commits the transaction."""

    conn: sa.Connection
    now: datetime
    caller: Caller
    new_id: Callable[[str], UUID] = new_id
    if_match: str | None = None
    seal: Seal = UNSEALED

    @property
    def agency_id(self) -> UUID:
        """The agency of every query and every row of this unit of work."""
        return self.caller.agency_id

    def happened(self, pointer: str, at: datetime | None) -> None:
        """Raise 422 at `pointer` if `at` is more than five minutes in the future (rule book, "Time")."""
        if at is not None and at > self.now + MAX_AHEAD:
            raise invalid(pointer, f"`{pointer.rpartition('/')[2]}` must not be in the future.", "in_the_future")

    def expect(self, current: BaseModel) -> None:
        """Raise 412 if the If-Match header is present and does not have the ETag of `current`, the stored record."""
        if self.if_match is not None and not matches(self.if_match, etag(render(current))):
            raise Problem(
                412,
                "precondition_failed",
                "This has changed since you read it. Read it again and send the change with the new ETag in If-Match.",
            )


def render(model: BaseModel) -> bytes:
    """Return a response model as JSON bytes, from which the ETag is computed too."""
    return model.model_dump_json().encode()


def etag(body: bytes) -> str:
    """Return the ETag of a response body: a quoted hash of its bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(header: str, tag: str) -> bool:
    """Return True if an If-Match or If-None-Match header is `*` or contains the ETag `tag`."""
    return header.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))
