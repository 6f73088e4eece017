"""The context of an import, which is one transaction of one connection, and the result for each record."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.connectors.canonical_records import Kind, Record
from app.connectors.ingest.sync_state import EntityState, SyncStates
from app.connectors.loaded_connection import LoadedConnection

S = TypeVar("S")
OutcomeType = Literal["created", "known", "older", "ignored", "unmapped", "echo", "erased"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one record: imported (`created`, or `known` and updated), or skipped, and why."""

    kind: str
    external_id: str
    type: OutcomeType
    id: UUID | None = None
    reason: str | None = None
    unmapped: tuple[str, str] | None = None
    """The kind of map and the label that is missing in it. The kind `word` is a map of the connector, which the agency
    cannot edit.
    """
    waits_for: str | None = None
    """The wait key whose release lets the event be applied again: see SyncStates.wake."""
    until: datetime | None = None
    """The time from which the record can be imported, if it lies in the future."""


class RecordResult:
    """The result of importing one record. It is truthy if the record's version is new."""

    def __init__(self, kind: Kind, record: Record, entity: EntityState) -> None:
        self.kind, self.record, self.entity = kind, record, entity
        self.is_new = not entity.is_newer_than(record.version)
        self.outcome = Outcome(kind, record.id, "older", reason="a newer version is known")
        self.further: list[Outcome] = []
        """Results of further interactions that the record became, or did not become."""

    def __bool__(self) -> bool:
        return self.is_new

    def imported(self, id: UUID, created: bool, reason: str | None = None) -> None:
        """Store that the record was imported as this row. `reason` says which part of the record was not imported."""
        self.outcome = Outcome(self.kind, self.record.id, "created" if created else "known", id, reason)

    def add(self, id: UUID, created: bool, reason: str | None = None) -> None:
        """Store one of several rows that the same record was imported as."""
        first = self.outcome
        self.imported(id, created, reason)
        if first.id is not None:
            self.further.append(self.outcome)
            self.outcome = first

    def skip(
        self,
        type: OutcomeType,
        reason: str,
        unmapped: tuple[str, str] | None = None,
        waits_for: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Store that the record was skipped, and why."""
        self.outcome = Outcome(
            self.kind, self.record.id, type, reason=reason, unmapped=unmapped, waits_for=waits_for, until=until
        )


@dataclass(frozen=True, slots=True)
class ImportContext:
    """One transaction of one connection, in which records are imported."""

    work: UnitOfWork
    loaded: LoadedConnection
    states: SyncStates

    def changed_status(self, result: RecordResult, status: S | None) -> S | None:
        """Return the CRM's new status and store it; None if it equals the CRM's last one.

        Another version with the same status changes nothing, so what recruiters recorded since then stays.
        """
        state = result.entity.detail or {}
        if status is None or (state.get("status") == status and not result.entity.was_restored(result.record.version)):
            return None
        self.states.update(result.kind, result.record.id, detail={**state, "status": status})
        return status

    @contextmanager
    def importing(self, kind: Kind, record: Record) -> Iterator[RecordResult]:
        """Lock the sync state of the record's entity. On exit store its version, unless the record is unmapped."""
        entity = self.states.lock(kind, record.id)
        result = RecordResult(kind, record, entity)
        yield result
        if result.is_new and result.outcome.type != "unmapped":
            self.states.set_version(kind, record.id, entity, record.version)
