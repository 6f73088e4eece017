"""Sync state of each entity of a CRM: its version, its deletion, its merge, and whether we wrote it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.models import application, check, interaction, interview, milestone
from app.candidates.models import candidate
from app.connectors.canonical_records import Kind
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import external_entity, inbound_event, wait_key
from app.jobs.models import job
from app.kit import due_rows
from app.kit.dialects import insert, lock_for_update
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
    """Error that a record refers to an entity that is not known yet. The event waits until the entity is imported."""

    def __init__(self, kind: Kind, id: str) -> None:
        super().__init__(f"{kind} {id}")
        self.kind, self.id = kind, id


@dataclass(frozen=True, slots=True)
class EntityState:
    """The stored sync state of an entity, as of before the record that is being imported."""

    version: datetime | None
    deleted_at: datetime | None
    written_by_us: bool
    merged_into: str | None
    detail: Mapping[str, Any] | None

    @property
    def is_known(self) -> bool:
        """True if a record of the entity was received. An unmapped application has a detail and no version."""
        return self.version is not None or self.detail is not None

    def is_newer_than(self, version: datetime) -> bool:
        """Return True if the stored version is newer than this version, so that a record of this version is
        outdated.
        """
        return self.version is not None and version < self.version

    def was_restored(self, version: datetime) -> bool:
        """Return True if this version is the first one after a deletion: the CRM has the entity again.

        The same version can arrive again, by a waiting or a replayed event.
        """
        if self.deleted_at is None or version <= self.deleted_at:
            return False
        return self.version is None or self.version <= self.deleted_at or self.version == version

    def was_deleted(self, version: datetime) -> bool:
        """Return True if a deletion at or after this version is known."""
        return self.deleted_at is not None and version <= self.deleted_at


class SyncStates:
    """The sync states of one connection, within one transaction."""

    def __init__(self, work: UnitOfWork, loaded: LoadedConnection) -> None:
        self._work, self._link = work, loaded

    def lock(self, kind: Kind, id: str) -> EntityState:
        """Lock and return the sync state of an entity, so that two events about it are applied one after the other."""
        values = {**self._key(kind, id), "written_by_us": False}
        statement = lock_for_update(sa.select(external_entity).where(self._mine(kind, id)))
        row = self._work.conn.execute(statement).one_or_none()
        if row is None:
            self._work.conn.execute(insert(self._work.conn, external_entity).values(values).on_conflict_do_nothing())
            row = self._work.conn.execute(statement).one()
        return EntityState(row.version, row.deleted_at, row.written_by_us, row.merged_into, row.detail)

    def set_version(self, kind: Kind, id: str, entity: EntityState, version: datetime, **values: Any) -> None:
        """Store the version of an entity. The first version wakes the events that wait for the entity."""
        self.update(kind, id, version=version, **values)
        if entity.version is None:
            self.wake(f"{kind} {id}")

    def update(self, kind: Kind, id: str, **values: Any) -> None:
        """Store values of an entity that `lock` has locked."""
        self._work.conn.execute(sa.update(external_entity).where(self._mine(kind, id)).values(**values))

    def is_known(self, kind: Kind, id: str) -> bool:
        """Return True if a record of the entity was received. It locks nothing."""
        columns = external_entity.c
        was_received = sa.or_(columns.version.is_not(None), columns.detail.is_not(None))
        return (
            self._work.conn.scalar(sa.select(columns.external_id).where(self._mine(kind, id), was_received)) is not None
        )

    def is_deleted(self, kind: Kind, id: str) -> bool:
        """Return True if the entity was deleted and no newer record of it was received."""
        columns = external_entity.c
        since = sa.or_(columns.version.is_(None), columns.version <= columns.deleted_at)
        return self._work.conn.scalar(sa.select(columns.deleted_at).where(self._mine(kind, id), since)) is not None

    def find_id(self, kind: Kind, id: str) -> UUID | None:
        """Return Keepwarm's id of a CRM entity. Return None if the entity was not imported."""
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
        """Return Keepwarm's id of a CRM entity. Raise MissingEntity if the entity was not imported; for a merged
        candidate the error names the remaining candidate.
        """
        found = self.find_id(kind, id)
        if found is None:
            raise MissingEntity(kind, self.resolve_merge(id) if kind == "candidate" else id)
        return found

    def resolve_merge(self, id: str) -> str:
        """Return the CRM id of the candidate into whom this candidate was merged, else the given id."""
        for _ in range(10):
            into = self._work.conn.scalar(sa.select(external_entity.c.merged_into).where(self._mine("candidate", id)))
            if into is None:
                break
            id = into
        return id

    def wake(self, waits_for: str) -> None:
        """Make all events due that wait for this wait key."""
        columns = inbound_event.c
        further = sa.select(wait_key.c.inbound_event_id).where(
            wait_key.c.agency_id == self._work.agency_id,
            wait_key.c.connection_id == self._link.id,
            wait_key.c.waits_for == waits_for,
        )
        waiting = sa.select(columns.agency_id, columns.id).where(
            columns.agency_id == self._work.agency_id,
            columns.connection_id == self._link.id,
            sa.or_(columns.waits_for == waits_for, columns.id.in_(further)),
        )
        keys = [(agency_id, id) for agency_id, id in self._work.conn.execute(waiting)]
        due_rows.revive(self._work.conn, inbound_event, self._work.now, keys, waits_for=None)

    def _key(self, kind: Kind, id: str) -> dict[str, Any]:
        return {
            "agency_id": self._work.agency_id,
            "connection_id": self._link.id,
            "kind": kind,
            "external_id": id,
        }

    def _mine(self, kind: Kind, id: str) -> sa.ColumnElement[bool]:
        return sa.and_(*(external_entity.c[name] == value for name, value in self._key(kind, id).items()))
