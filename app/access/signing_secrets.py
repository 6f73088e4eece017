"""Rotation of signing secrets: a new secret is added, and earlier secrets expire after an overlap."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_row
from app.kit.due_rows import Key
from app.kit.errors import conflict, not_found
from app.kit.sealing import CannotOpen, Seal

MAX_SECRETS = 6
"""The maximum number of valid secrets of one owner, an endpoint or a connection."""


@dataclass(frozen=True)
class SigningSecrets:
    """Operations on a table of sealed signing secrets. `owner` names the column with the id of a secret's owner."""

    table: sa.Table
    owner: str

    def opened(self, conn: sa.Connection, seal: Seal, agency_id: UUID, owner_id: UUID, now: datetime) -> list[str]:
        """Return an owner's valid secrets in plain text, newest first, without those that no key can decrypt.

        Raises CannotOpen if there are valid secrets and none can be decrypted.
        """
        sealed = self.sealed(conn, {(agency_id, owner_id)}, now).get((agency_id, owner_id), [])
        texts = []
        for one in sealed:
            with suppress(CannotOpen):
                texts.append(seal.open(agency_id, one).decode())
        if sealed and not texts:
            raise CannotOpen
        return texts

    def sealed(self, conn: sa.Connection, owners: Collection[Key], now: datetime) -> dict[Key, list[bytes]]:
        """Return the valid secrets of several owners, still encrypted: a mapping from owner to a list, newest first."""
        columns, found = self.table.c, dict[Key, list[bytes]]()
        owner = columns[self.owner]
        statement = sa.select(columns.agency_id, owner, columns.sealed).where(
            columns.agency_id.in_({agency_id for agency_id, _ in owners}),
            owner.in_({id for _, id in owners}),
            sa.or_(columns.ends_at.is_(None), columns.ends_at > now),
        )
        for agency_id, owner_id, sealed in conn.execute(statement.order_by(columns.id.desc())):
            found.setdefault((agency_id, owner_id), []).append(sealed)
        return found

    def times(self, work: UnitOfWork, owner_id: UUID) -> Sequence[sa.RowMapping]:
        """Return id, creation time and expiry of an owner's valid secrets, newest first."""
        columns = self.table.c
        statement = sa.select(columns.id, columns.created_at, columns.ends_at)
        live = statement.where(self._live(work.agency_id, owner_id, work.now))
        return work.conn.execute(live.order_by(columns.id.desc())).mappings().all()

    def keep(self, work: UnitOfWork, owner_id: UUID, text: str) -> sa.RowMapping:
        """Encrypt and store a secret without an expiry. Return the inserted row."""
        row = {
            "agency_id": work.agency_id,
            "id": work.new_id(self.table.name),
            self.owner: owner_id,
            "sealed": work.seal.lock(work.agency_id, text.encode()),
            "created_at": work.now,
        }
        return insert_row(work.conn, self.table, row)

    def turn_over(self, work: UnitOfWork, owner_id: UUID, text: str, overlap: timedelta) -> sa.RowMapping:
        """Store a new secret and let earlier secrets expire after `overlap`. Return the inserted row.

        The caller must have locked the owner's row. Raises 409 if too many secrets are valid.
        """
        live, ends_at = self._live(work.agency_id, owner_id, work.now), work.now + overlap
        if len(work.conn.execute(sa.select(self.table.c.id).where(live)).all()) >= MAX_SECRETS:
            raise conflict(
                "too_many_secrets", f"At most {MAX_SECRETS} secrets are valid at once. End an older one first."
            )
        later = sa.or_(self.table.c.ends_at.is_(None), self.table.c.ends_at > ends_at)
        work.conn.execute(sa.update(self.table).where(live, later).values(ends_at=ends_at))
        return self.keep(work, owner_id, text)

    def end(self, work: UnitOfWork, owner_id: UUID, id: UUID) -> None:
        """Delete a secret, which is invalid at once. Raises 404 if the owner has no secret with this id."""
        columns = self.table.c
        this = sa.and_(columns.agency_id == work.agency_id, columns[self.owner] == owner_id, columns.id == id)
        if work.conn.execute(sa.delete(self.table).where(this)).rowcount == 0:
            raise not_found("signing secret")

    def _live(self, agency_id: UUID, owner_id: UUID, now: datetime) -> sa.ColumnElement[bool]:
        columns = self.table.c
        ends = sa.or_(columns.ends_at.is_(None), columns.ends_at > now)
        return sa.and_(columns.agency_id == agency_id, columns[self.owner] == owner_id, ends)
