"""Lookup of the application of a check or a milestone."""

from dataclasses import dataclass
from uuid import UUID

from app.connectors.canonical_records import Check, Milestone
from app.connectors.ingest.applications import application_key, find_application, find_external_application, opening_key
from app.connectors.ingest.import_context import ImportContext
from app.connectors.ingest.sync_state import MissingEntity


@dataclass(frozen=True, slots=True)
class NotOpened:
    """The reason why a record has no application yet, with the wait key for it."""

    reason: str
    waits_for: str


def application_of(context: ImportContext, record: Check | Milestone) -> UUID | NotOpened:
    """Return the application that a record names, or that of its candidate and job.

    Neither a check nor a milestone opens an application. Raise MissingEntity for an application that is unknown.
    """
    if record.application_id is not None:
        found = context.states.find_id("application", record.application_id)
        return found or _not_opened(context, record.application_id)
    if record.candidate_id is None:
        return NotOpened("it names neither an application nor a candidate", f"{type(record).__name__} {record.id}")
    candidate_id = context.states.require_id("candidate", record.candidate_id)
    job_id = None if record.job_id is None else context.states.require_id("job", record.job_id)
    if (found := find_application(context, candidate_id, job_id)) is not None:
        return found
    if record.job_id is None:
        waits_for = opening_key("candidate", context.states.resolve_merge(record.candidate_id))
        return NotOpened("no application of this candidate is in progress", waits_for)
    if (external_id := find_external_application(context, record.candidate_id, record.job_id)) is not None:
        return _not_opened(context, external_id)
    return NotOpened(
        "no application of this candidate on this job is known", application_key(context, record.candidate_id)
    )


def _not_opened(context: ImportContext, external_id: str) -> NotOpened:
    if not context.states.is_known("application", external_id):
        raise MissingEntity("application", external_id)
    return NotOpened("the application is not opened yet", opening_key("application", external_id))
