"""Parts of a translation, as tests ask for them."""

from typing import TypeVar

from app.connectors.canonical_records import Application, Gone, Milestone, Status
from app.connectors.contract import Translation

R = TypeVar("R")


def one(came: Translation, kind: type[R]) -> R:
    """The only record of its kind."""
    [found] = [record for record in came.records if isinstance(record, kind)]
    return found


def status(came: Translation) -> Status:
    """The status that the only application tells."""
    moment = one(came, Application).status
    assert moment is not None
    return moment


def gone(came: Translation) -> list[tuple[str, str]]:
    """Kind and id of everything that is gone."""
    return [(record.kind, record.id) for record in came.records if isinstance(record, Gone)]


def proved(came: Translation) -> dict[str, Milestone]:
    """The milestones that a translation tells, by their kinds."""
    return {record.kind: record for record in came.records if isinstance(record, Milestone)}


def withdrawn(came: Translation) -> list[str]:
    """Return the milestones that it withdraws."""
    return sorted(record.id for record in came.records if isinstance(record, Gone) and record.kind == "milestone")
