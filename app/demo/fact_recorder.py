"""The recorder of the demo: collects calls of use-cases in any order, to be replayed in the order of time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.console import fixture_ids
from app.demo.dates import RelativeDates
from app.demo.ids import DemoIds
from app.kit.field_types import ExternalRef
from app.rules.calendar import Calendar

Ids = dict[str, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A use-case to call at the instant `at` as the recruiter `by`.

    `ids` are the ids of the records that the use-case makes, by kind.
    """

    at: datetime
    by: UUID
    step: Callable[[UnitOfWork], object]
    ids: Ids


@dataclass(frozen=True, slots=True)
class DemoJob:
    """A job of the demo: its id, its hiring manager, and the calendar of the client's working days."""

    id: UUID
    hiring_manager_id: UUID
    days: Calendar


class Recorder:
    """Collects the entries of the stories. Keeps the contacts and candidates by name, and the jobs by title."""

    def __init__(self, now: datetime, agency: Calendar) -> None:
        self.dates, self.demo_ids = RelativeDates(now, agency), DemoIds()
        self.entries: list[Entry] = []
        self.contacts: dict[str, UUID] = {}
        self.jobs: dict[str, DemoJob] = {}
        self.candidates: dict[str, UUID] = {}

    def record(
        self, at: datetime, step: Callable[[UnitOfWork], object], *, by: UUID = fixture_ids.RECRUITER, **ids: UUID
    ) -> None:
        """Add an entry: a use-case to call at an instant. `ids` are the ids of its new records. Raises ValueError for a
        future time.
        """
        if at > self.dates.now:
            raise ValueError(f"{at} is in the future")
        self.entries.append(Entry(at, by, step, {kind: [id] for kind, id in ids.items()}))

    def in_order(self) -> list[Entry]:
        """Return the entries in the order of time. Entries of the same instant keep the order in which they were
        recorded.
        """
        return sorted(self.entries, key=lambda entry: entry.at)


def ref(kind: str, id: UUID) -> ExternalRef:
    """Return a record's external reference in the agency's own CRM. Its id is the kind and number, such as
    `interview-1`.
    """
    return ExternalRef(system=fixture_ids.CRM, id=f"{kind.replace('_', '-')}-{int(str(id)[-12:])}")
