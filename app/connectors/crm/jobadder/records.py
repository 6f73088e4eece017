"""JobAdder's documents as canonical records, each by its resource. Their models stand in its OpenAPI document [V]."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.connectors.connector import Translation
from app.connectors.crm.jobadder.activities import MAX_SUBJECTS, activity_records, subjects
from app.connectors.crm.jobadder.applications import (
    application_records,
    interview_records,
    start_id,
    unknown_interview_words,
)
from app.connectors.crm.jobadder.people import (
    Records,
    candidate_records,
    contact_records,
    job_records,
    organisation_records,
    unknown_job_words,
    version_of,
)
from app.connectors.parsing import at, ident, instant, word
from app.connectors.records import Gone, Kind

DELETED: Mapping[str, tuple[Kind | None, str]] = {
    "applications": ("application", "applicationId"),
    "candidates": ("candidate", "candidateId"),
    "jobs": ("job", "jobId"),
    "contacts": ("client_contact", "contactId"),
    "companies": ("organisation", "companyId"),
    "placements": (None, "placementId"),
}
"""The lists of what was deleted in the last 14 days [V]. There is none of interviews."""


def translated(resource: str, document: Any, told_at: datetime, status_at: datetime | None = None) -> Translation:
    """Return what one document of a resource says: `applications`, `interviews` and so on.

    `status_at`: when an event told that the status of this application or job was changed.
    """
    if resource == "interviews" and word(at(document, "type")) == "internal":
        return Translation(
            ignored="An internal interview is the agency's own talk with the candidate, and no round with the client."
        )
    make, missing = _MAKERS[resource]
    records = make(document, told_at, status_at)
    if not records:
        return Translation(ignored=missing)
    return Translation(records, _left_out(resource, document), _unknown(resource, document))


def gone(resource: str, document: Any, told_at: datetime) -> Translation:
    """Return the deletion of a thing of a list of deleted ones."""
    kind, field = DELETED[resource]
    id = ident(at(document, field))
    if id is None:
        return Translation(ignored="What was deleted has no id.")
    version = instant(at(document, "deletedAt")) or told_at
    if kind is None:
        return Translation(
            [Gone(kind="milestone", id=start_id(id), version=version)],
            ignored=f"Placement {id} was deleted, and JobAdder no longer says of which application: the application's "
            "own status stands once it is changed.",
        )
    return Translation([Gone(kind=kind, id=id, version=version)])


def _left_out(resource: str, document: Any) -> str | None:
    more = len(subjects(document)) - MAX_SUBJECTS if resource == "notes" else 0
    return f"The note names {more} more applications than are read of one." if more > 0 else None


def _unknown(resource: str, document: Any) -> tuple[str, ...]:
    if resource == "jobs":
        return unknown_job_words(document)
    return unknown_interview_words(document) if resource == "interviews" else ()


_MAKERS: Mapping[str, tuple[Callable[[Any, datetime, datetime | None], Records], str]] = {
    "companies": (
        lambda it, now, _: organisation_records(it, version_of(it, now)),
        "The company has no id or no name.",
    ),
    "contacts": (lambda it, now, _: contact_records(it, version_of(it, now)), "The contact has no id or no name."),
    "candidates": (
        lambda it, now, _: candidate_records(it, version_of(it, now)),
        "The candidate has no id or no name.",
    ),
    "jobs": (
        lambda it, now, status_at: job_records(it, version_of(it, now), status_at),
        "The job has no id or no title.",
    ),
    "applications": (application_records, "The application names no candidate or no job."),
    "interviews": (
        lambda it, now, _: interview_records(it, now),
        "The interview names no application, or no time to begin and to end.",
    ),
    "notes": (lambda it, now, _: activity_records(it, now), "The note has no id."),
}
