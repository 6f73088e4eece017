"""Idempotency keys: the stored answer of a creating request, committed with its effect and sealed to its caller."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.fernet import Fernet

from app.kit.agency_guard import across_agencies
from app.kit.db import metadata
from app.kit.dialects import Id, Instant, try_lock
from app.kit.errors import Problem, conflict

RETENTION = timedelta(hours=48)

idempotency_key = sa.Table(
    "idempotency_key",
    metadata,
    # The operator has no agency: its keys stand under the nil id, hence no foreign key.
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("api_key_id", Id, primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("sealed_body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A POST request with an idempotency key.

    `credential` is the caller's secret. Stored responses are sealed with it, so that the database alone never reveals a
    new API key.
    """

    agency_id: UUID
    api_key_id: UUID
    key: str
    fingerprint: str
    credential: str

    def recall(self, conn: sa.Connection) -> tuple[int, bytes] | None:
        """Return the stored status and body; None for the first request.

        Raises 422 for another body, 409 while the first request is running or after its answer was erased.
        """
        if not try_lock(conn, f"idempotency {self.agency_id} {self.api_key_id} {self.key}"):
            raise conflict(
                "idempotency_key_in_use",
                "The first request with this Idempotency-Key is still running. Try again in a moment.",
            )
        row = conn.execute(
            sa.select(idempotency_key).where(
                idempotency_key.c.agency_id == self.agency_id,
                idempotency_key.c.api_key_id == self.api_key_id,
                idempotency_key.c.key == self.key,
            )
        ).one_or_none()
        if row is None:
            return None
        if row.fingerprint != self.fingerprint:
            raise Problem(
                422,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Use a new key for each request.",
            )
        if not row.sealed_body:
            raise conflict(
                "answer_erased",
                "This request was carried out before, but an erasure deleted its stored answer. Read the record.",
            )
        return row.status, self._seal().decrypt(row.sealed_body)

    def keep(self, conn: sa.Connection, status: int, body: bytes, now: datetime) -> None:
        """Store the response in the transaction that made the change."""
        row: Mapping[str, Any] = {
            "agency_id": self.agency_id,
            "api_key_id": self.api_key_id,
            "key": self.key,
            "fingerprint": self.fingerprint,
            "status": status,
            "sealed_body": self._seal().encrypt(body),
            "created_at": now,
        }
        conn.execute(sa.insert(idempotency_key).values(**row))

    def _seal(self) -> Fernet:
        digest = hashlib.sha256(f"{self.credential}\0{self.key}".encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))


def erase_answers(conn: sa.Connection, agency_id: UUID) -> None:
    """Erase all stored answers of an agency: they are sealed, so those about one person cannot be found.

    The keys stay: a repeated request is not executed twice.
    """
    mine = idempotency_key.c.agency_id == agency_id
    conn.execute(sa.update(idempotency_key).where(mine).values(sealed_body=b""))


def delete_expired(conn: sa.Connection, now: datetime) -> int:
    """Delete expired answers; the worker calls this from time to time."""
    old = sa.delete(idempotency_key).where(idempotency_key.c.created_at < now - RETENTION)
    return conn.execute(old.options(across_agencies("answers to every agency are kept as long"))).rowcount
