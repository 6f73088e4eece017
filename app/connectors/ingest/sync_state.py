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
from app.connectors.connection import LoadedConnection
from app.connectors.models import external_entity, further_wait, inbound_event
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


class MissingEntity(Exception):
    """A record speaks of a thing that nobody has told of yet: what told it waits until somebody does."""

    def __init__(self, kind: Kind, id: str) -> None:
        super().__init__(f"{kind} {id}")
        self.kind, self.id = kind, id


@dataclass(frozen=True, slots=True)
class EntityState:
    """What was known of a thing before the record at hand."""

    version: datetime | None
    gone_at: datetime | None
    ours: bool
    merged_into: str | None
    detail: Mapping[str, Any] | None

    @property
    def is_known(self) -> bool:
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

    def was_deleted(self, version: datetime) -> bool:
        """Whether the thing, as this version tells of it, was deleted since."""
        return self.gone_at is not None and version <= self.gone_at


class SyncStates:
    """The things of one connection's CRM, within one transaction."""

    def __init__(self, work: Work, loaded: LoadedConnection) -> None:
        self._work, self._link = work, loaded

    def lock(self, kind: Kind, id: str) -> EntityState:
        """What is known, locked: two events about one thing take turns."""
        values = {**self._key(kind, id), "ours": False}
        statement = locked(sa.select(external_entity).where(self._mine(kind, id)))
        row = self._work.conn.execute(statement).one_or_none()
        if row is None:
            self._work.conn.execute(insert(self._work.conn, external_entity).values(values).on_conflict_do_nothing())
            row = self._work.conn.execute(statement).one()
        return EntityState(row.version, row.gone_at, row.ours, row.merged_into, row.detail)

    def set_version(self, kind: Kind, id: str, entity: EntityState, version: datetime, **values: Any) -> None:
        """Remember that this version was told. The first time, whatever waited for it is looked at again."""
        self.update(kind, id, version=version, **values)
        if entity.version is None:
            self.wake(f"{kind} {id}")

    def update(self, kind: Kind, id: str, **values: Any) -> None:
        """Remember something of a thing that `of` has locked."""
        self._work.conn.execute(sa.update(external_entity).where(self._mine(kind, id)).values(**values))

    def is_known(self, kind: Kind, id: str) -> bool:
        """Return True if the CRM has told what a thing is, opened here or not. Nothing is locked."""
        columns = external_entity.c
        told = sa.or_(columns.version.is_not(None), columns.detail.is_not(None))
        return self._work.conn.scalar(sa.select(columns.external_id).where(self._mine(kind, id), told)) is not None

    def is_deleted(self, kind: Kind, id: str) -> bool:
        """Whether the CRM has deleted it, and told of nothing newer since."""
        columns = external_entity.c
        since = sa.or_(columns.version.is_(None), columns.version <= columns.gone_at)
        return self._work.conn.scalar(sa.select(columns.gone_at).where(self._mine(kind, id), since)) is not None

    def find_id(self, kind: Kind, id: str) -> UUID | None:
        """Keepwarm's id of the CRM's thing."""
        if kind == "candidate":
            id = self.resolve_merge(id)
        table, ref = TABLES[kind], self._link.ref(id)
        found: UUID | None = self._work.conn.scalar(
            sa.select(table.c.id).where(
                table.c.agency_id == self._work.agency_id,
                table.c.external_system == ref.system,
                table.c.external_id == ref.id,
            )
        )
        return found

    def require_id(self, kind: Kind, id: str) -> UUID:
        """The same; raises Missing for one that is not known: of a merged candidate, for the one who remains."""
        found = self.find_id(kind, id)
        if found is None:
            raise MissingEntity(kind, self.resolve_merge(id) if kind == "candidate" else id)
        return found

    def resolve_merge(self, id: str) -> str:
        """The candidate that this one has turned out to be."""
        for _ in range(10):
            into = self._work.conn.scalar(sa.select(external_entity.c.merged_into).where(self._mine("candidate", id)))
            if into is None:
                break
            id = into
        return id

    def wake(self, waits_for: str) -> None:
        """Have the events looked at again that wait for this."""
        columns = inbound_event.c
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
        due.revive(self._work.conn, inbound_event, self._work.now, keys, waits_for=None)

    def _key(self, kind: Kind, id: str) -> dict[str, Any]:
        return {
            "agency_id": self._work.agency_id,
            "connection_id": self._link.id,
            "kind": kind,
            "external_id": id,
        }

    def _mine(self, kind: Kind, id: str) -> sa.ColumnElement[bool]:
        return sa.and_(*(external_entity.c[name] == value for name, value in self._key(kind, id).items()))
