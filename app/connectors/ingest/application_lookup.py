"""The application that a check or a milestone is on, as the CRM names it."""

from dataclasses import dataclass
from uuid import UUID

from app.connectors.ingest.applications import find_application, find_told, opening, telling
from app.connectors.ingest.context import Desk
from app.connectors.ingest.sync_state import Missing
from app.connectors.records import Check, Milestone


@dataclass(frozen=True, slots=True)
class NotOpened:
    """Why there is no application to record it on, and what would change that."""

    reason: str
    waits_for: str


def application_of(desk: Desk, record: Check | Milestone) -> UUID | NotOpened:
    """Return the application that a record names itself, or by its candidate and job.

    Neither opens one: an application that is not watched has no first day to prepare. Raises Missing for one of which
    nobody has told.
    """
    if record.application_id is not None:
        found = desk.known.id_of("application", record.application_id)
        return found or _not_opened(desk, record.application_id)
    if record.candidate_id is None:
        return NotOpened("it names neither an application nor a candidate", f"{type(record).__name__} {record.id}")
    candidate_id = desk.known.must("candidate", record.candidate_id)
    job_id = None if record.job_id is None else desk.known.must("job", record.job_id)
    if (found := find_application(desk, candidate_id, job_id)) is not None:
        return found
    if record.job_id is None:
        waits_for = opening("candidate", desk.known.merged(record.candidate_id))
        return NotOpened("no application of this candidate is in progress", waits_for)
    if (external_id := find_told(desk, record.candidate_id, record.job_id)) is not None:
        return _not_opened(desk, external_id)
    return NotOpened("no application of this candidate on this job is known", telling(desk, record.candidate_id))


def _not_opened(desk: Desk, external_id: str) -> NotOpened:
    if not desk.known.is_told("application", external_id):
        raise Missing("application", external_id)
    return NotOpened("the application is not opened yet", opening("application", external_id))
