"""What became of a record, and the desk at which it is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

from app.access.work import Work
from app.connectors.connection import LoadedConnection
from app.connectors.ingest.sync_state import EntityState, SyncStates
from app.connectors.records import Kind, Record

S = TypeVar("S")
OutcomeType = Literal["created", "known", "older", "ignored", "unmapped", "echo", "erased"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one record became: kept (`created`, or `known` and now as told), or left out, and why."""

    kind: str
    external_id: str
    what: OutcomeType
    id: UUID | None = None
    reason: str | None = None
    unmapped: tuple[str, str] | None = None
    """The map and the word that it does not know; the map `word` is the connector's own and no agency's."""
    waits_for: str | None = None
    """What would make something of it after all, once it comes: see Known.wake."""
    until: datetime | None = None
    """When something can be made of it, for what has yet to happen."""


class RecordResult:
    """Whether a record is newer than what is known, and what became of it."""

    def __init__(self, kind: Kind, record: Record, entity: EntityState) -> None:
        self.kind, self.record, self.entity = kind, record, entity
        self.is_new = not entity.is_newer_than(record.version)
        self.outcome = Outcome(kind, record.id, "older", reason="something newer is known")
        self.further: list[Outcome] = []
        """Outcomes of further things that the record became, or did not become."""

    def __bool__(self) -> bool:
        return self.is_new

    def imported(self, id: UUID, created: bool, reason: str | None = None) -> None:
        """Record that it is kept as this thing of Keepwarm's; `reason` says what of it was not."""
        self.outcome = Outcome(self.kind, self.record.id, "created" if created else "known", id, reason)

    def add(self, id: UUID, created: bool, reason: str | None = None) -> None:
        """Record one of several things of Keepwarm's that the record became."""
        first = self.outcome
        self.imported(id, created, reason)
        if first.id is not None:
            self.further.append(self.outcome)
            self.outcome = first

    def skip(
        self,
        what: OutcomeType,
        reason: str,
        unmapped: tuple[str, str] | None = None,
        waits_for: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """It is not, and why."""
        self.outcome = Outcome(
            self.kind, self.record.id, what, reason=reason, unmapped=unmapped, waits_for=waits_for, until=until
        )


@dataclass(frozen=True, slots=True)
class ImportContext:
    """One transaction of one connection, in which records are kept."""

    work: Work
    loaded: LoadedConnection
    states: SyncStates

    def changed_status(self, result: RecordResult, status: S | None) -> S | None:
        """Return the status if the CRM gives another one than last time, and keep it for the next time.

        The same status with something else changed is no news: what was recorded here since then stands.
        """
        state = result.entity.detail or {}
        if status is None or (state.get("status") == status and not result.entity.was_restored(result.record.version)):
            return None
        self.states.update(result.kind, result.record.id, detail={**state, "status": status})
        return status

    @contextmanager
    def importing(self, kind: Kind, record: Record) -> Iterator[RecordResult]:
        """Lock what is known of the record's thing; afterwards its version is known, unless a map has yet to learn."""
        entity = self.states.lock(kind, record.id)
        result = RecordResult(kind, record, entity)
        yield result
        if result.is_new and result.outcome.what != "unmapped":
            self.states.set_version(kind, record.id, entity, record.version)
