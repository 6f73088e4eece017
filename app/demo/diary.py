"""The desk's diary: what is told, when and by whom, in whatever order it was written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.work import Work
from app.console import fixture_ids
from app.demo.almanac import Almanac
from app.demo.numbers import Numbers
from app.kit.fields import ExternalRef
from app.rules.calendar import Calendar

Ids = dict[str, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: at that moment this recruiter calls that use-case; what it makes gets these ids, by kind."""

    at: datetime
    by: UUID
    tell: Callable[[Work], object]
    ids: Ids


@dataclass(frozen=True, slots=True)
class Opening:
    """A job as its cases need it."""

    id: UUID
    hiring_manager_id: UUID
    days: Calendar


class Diary:
    """Where stories write their entries, and the people and jobs that they speak of by name."""

    def __init__(self, now: datetime, agency: Calendar) -> None:
        self.almanac, self.numbers = Almanac(now, agency), Numbers()
        self.entries: list[Entry] = []
        self.contacts: dict[str, UUID] = {}
        self.jobs: dict[str, Opening] = {}
        self.candidates: dict[str, UUID] = {}

    def write(
        self, at: datetime, tell: Callable[[Work], object], *, by: UUID = fixture_ids.RECRUITER, **ids: UUID
    ) -> None:
        """Write one line down. What lies ahead of the present has not been said by anybody."""
        if at > self.almanac.now:
            raise ValueError(f"the diary tells of {at}, which is still to come")
        self.entries.append(Entry(at, by, tell, {kind: [id] for kind, id in ids.items()}))

    def in_order(self) -> list[Entry]:
        """The entries in the order of time; at one moment, in the order of writing."""
        return sorted(self.entries, key=lambda entry: entry.at)


def ref(kind: str, id: UUID) -> ExternalRef:
    """What the agency's own CRM calls a thing: its kind and its number."""
    return ExternalRef(system=fixture_ids.CRM, id=f"{kind.replace('_', '-')}-{int(str(id)[-12:])}")
