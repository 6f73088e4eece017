"""Signing secrets that are turned over: a new one beside the ones before it, which end after an overlap."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.db import add
from app.kit.due import Key
from app.kit.errors import conflict, not_found
from app.kit.sealing import CannotOpen, Seal

MAX_SECRETS = 6
"""How many secrets of one owner live at once."""


@dataclass(frozen=True)
class SigningSecrets:
    """The secrets in a table; `owner` is its column that says whose they are."""

    table: sa.Table
    owner: str

    def opened(self, conn: sa.Connection, seal: Seal, agency_id: UUID, owner_id: UUID, now: datetime) -> list[str]:
        """Return the texts of those that live now and can be opened, the newest first.

        Raises CannotOpen if there are some and none can be opened.
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
        """Those of several owners that live now, the newest first, as they are kept."""
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
        """Those that live now, without their texts, the newest first."""
        columns = self.table.c
        statement = sa.select(columns.id, columns.created_at, columns.ends_at)
        live = statement.where(self._live(work.agency_id, owner_id, work.now))
        return work.conn.execute(live.order_by(columns.id.desc())).mappings().all()

    def keep(self, work: UnitOfWork, owner_id: UUID, text: str) -> sa.RowMapping:
        """Keep a secret, sealed; it lives until it is replaced."""
        row = {
            "agency_id": work.agency_id,
            "id": work.new_id(self.table.name),
            self.owner: owner_id,
            "sealed": work.seal.lock(work.agency_id, text.encode()),
            "created_at": work.now,
        }
        return add(work.conn, self.table, row)

    def turn_over(self, work: UnitOfWork, owner_id: UUID, text: str, overlap: timedelta) -> sa.RowMapping:
        """Keep a new secret; those before it end after the overlap. The owner's row is locked by the caller.

        Raises 409 where too many live already.
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
        """Let go of a secret at once, or 404."""
        columns = self.table.c
        this = sa.and_(columns.agency_id == work.agency_id, columns[self.owner] == owner_id, columns.id == id)
        if work.conn.execute(sa.delete(self.table).where(this)).rowcount == 0:
            raise not_found("signing secret")

    def _live(self, agency_id: UUID, owner_id: UUID, now: datetime) -> sa.ColumnElement[bool]:
        columns = self.table.c
        ends = sa.or_(columns.ends_at.is_(None), columns.ends_at > now)
        return sa.and_(columns.agency_id == agency_id, columns[self.owner] == owner_id, ends)
