"""What is known of a CRM's things: how new it is, whether it is gone, ours, or turned out to be another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.applications.models import application, check, interaction, interview, milestone
from app.candidates.models import candidate
from app.connectors.connection import Linked
from app.connectors.models import arrival, further_wait, known_thing
from app.connectors.records import Kind
from app.jobs.models import job
from app.kit import due
from app.kit.dialects import insert, locked
from app.organisations.models import client_contact, organisation

TABLES: Mapping[Kind, sa.Table] = {
    "organisation": organisation,
    "client_contact": client_contact,
    "candidate": candidate,
    "job": job,
    "application": application,
    "interview": interview,
    "activity": interaction,
    "check": check,
    "milestone": milestone,
}


class Missing(Exception):
    """A record speaks of a thing that nobody has told of yet: what told it waits until somebody does."""

    def __init__(self, kind: Kind, id: str) -> None:
        super().__init__(f"{kind} {id}")
        self.kind, self.id = kind, id


@dataclass(frozen=True, slots=True)
class Thing:
    """What was known of a thing before the record at hand."""

    version: datetime | None
    gone_at: datetime | None
    ours: bool
    merged_into: str | None
    detail: Mapping[str, Any] | None

    @property
    def is_told(self) -> bool:
        """Whether what it is was told; an application that no map understands yet is, although it has no version."""
        return self.version is not None or self.detail is not None

    def is_newer_than(self, version: datetime) -> bool:
        """Whether a record of this version comes too late."""
        return self.version is not None and version < self.version

    def was_restored(self, version: datetime) -> bool:
        """Return True if this version is the first one after a deletion: the CRM has it again.

        The same version may come again, after an event that waited or was replayed.
        """
        if self.gone_at is None or version <= self.gone_at:
            return False
        return self.version is None or self.version <= self.gone_at or self.version == version

    def was_gone(self, version: datetime) -> bool:
        """Whether the thing, as this version tells of it, was deleted since."""
        return self.gone_at is not None and version <= self.gone_at


class Known:
    """The things of one connection's CRM, within one transaction."""

    def __init__(self, work: Work, link: Linked) -> None:
        self._work, self._link = work, link

    def of(self, kind: Kind, id: str) -> Thing:
        """What is known, locked: two events about one thing take turns."""
        values = {**self._key(kind, id), "ours": False}
        statement = locked(sa.select(known_thing).where(self._mine(kind, id)))
        row = self._work.conn.execute(statement).one_or_none()
        if row is None:
            self._work.conn.execute(insert(self._work.conn, known_thing).values(values).on_conflict_do_nothing())
            row = self._work.conn.execute(statement).one()
        return Thing(row.version, row.gone_at, row.ours, row.merged_into, row.detail)

    def told(self, kind: Kind, id: str, thing: Thing, version: datetime, **values: Any) -> None:
        """Remember that this version was told. The first time, whatever waited for it is looked at again."""
        self.keep(kind, id, version=version, **values)
        if thing.version is None:
            self.wake(f"{kind} {id}")

    def keep(self, kind: Kind, id: str, **values: Any) -> None:
        """Remember something of a thing that `of` has locked."""
        self._work.conn.execute(sa.update(known_thing).where(self._mine(kind, id)).values(**values))

    def is_told(self, kind: Kind, id: str) -> bool:
        """Return True if the CRM has told what a thing is, opened here or not. Nothing is locked."""
        columns = known_thing.c
        told = sa.or_(columns.version.is_not(None), columns.detail.is_not(None))
        return self._work.conn.scalar(sa.select(columns.external_id).where(self._mine(kind, id), told)) is not None

    def is_gone(self, kind: Kind, id: str) -> bool:
        """Whether the CRM has deleted it, and told of nothing newer since."""
        columns = known_thing.c
        since = sa.or_(columns.version.is_(None), columns.version <= columns.gone_at)
        return self._work.conn.scalar(sa.select(columns.gone_at).where(self._mine(kind, id), since)) is not None

    def id_of(self, kind: Kind, id: str) -> UUID | None:
        """Keepwarm's id of the CRM's thing."""
        if kind == "candidate":
            id = self.merged(id)
        table, ref = TABLES[kind], self._link.ref(id)
        found: UUID | None = self._work.conn.scalar(
            sa.select(table.c.id).where(
                table.c.agency_id == self._work.agency_id,
                table.c.external_system == ref.system,
                table.c.external_id == ref.id,
            )
        )
        return found

    def must(self, kind: Kind, id: str) -> UUID:
        """The same; raises Missing for one that is not known: of a merged candidate, for the one who remains."""
        found = self.id_of(kind, id)
        if found is None:
            raise Missing(kind, self.merged(id) if kind == "candidate" else id)
        return found

    def merged(self, id: str) -> str:
        """The candidate that this one has turned out to be."""
        for _ in range(10):
            into = self._work.conn.scalar(sa.select(known_thing.c.merged_into).where(self._mine("candidate", id)))
            if into is None:
                break
            id = into
        return id

    def wake(self, waits_for: str) -> None:
        """Have the events looked at again that wait for this."""
        columns = arrival.c
        further = sa.select(further_wait.c.arrival_id).where(
            further_wait.c.agency_id == self._work.agency_id,
            further_wait.c.connection_id == self._link.id,
            further_wait.c.waits_for == waits_for,
        )
        waiting = sa.select(columns.agency_id, columns.id).where(
            columns.agency_id == self._work.agency_id,
            columns.connection_id == self._link.id,
            sa.or_(columns.waits_for == waits_for, columns.id.in_(further)),
        )
        keys = [(agency_id, id) for agency_id, id in self._work.conn.execute(waiting)]
        due.revive(self._work.conn, arrival, self._work.now, keys, waits_for=None)

    def _key(self, kind: Kind, id: str) -> dict[str, Any]:
        return {
            "agency_id": self._work.agency_id,
            "connection_id": self._link.id,
            "kind": kind,
            "external_id": id,
        }

    def _mine(self, kind: Kind, id: str) -> sa.ColumnElement[bool]:
        return sa.and_(*(known_thing.c[name] == value for name, value in self._key(kind, id).items()))
