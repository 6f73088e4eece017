"""Translation of JobAdder's JSON objects into canonical records. The OpenAPI document of JobAdder has their
models [V].
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Gone, Interview, Kind
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.jobadder.activities import MAX_SUBJECTS, activity_records, subjects
from app.connectors.crm.jobadder.applications import (
    application_records,
    interview_records,
    placed,
    start_id,
    unknown_interview_words,
)
from app.connectors.crm.jobadder.client import documents_of, fetch_one, resource_of, rows_of
from app.connectors.crm.jobadder.people import (
    Records,
    candidate_records,
    contact_records,
    job_records,
    organisation_records,
    unknown_job_words,
    version_of,
)
from app.connectors.parsing import folded_word, id_text, mapping, parse_instant, value_at
from app.connectors.toolkit import whole_id

DELETED: Mapping[str, tuple[Kind | None, str]] = {
    "applications": ("application", "applicationId"),
    "candidates": ("candidate", "candidateId"),
    "jobs": ("job", "jobId"),
    "contacts": ("client_contact", "contactId"),
    "companies": ("organisation", "companyId"),
    "placements": (None, "placementId"),
}
"""The lists of records that were deleted in the last 14 days [V]. Interviews have no such list."""
_STATUSES = ("jobapplication_status_changed", "job_status_changed")
"""The events that report a change of a status, and so say when the status began."""
_LINKS = ("candidates", "applications", "companies", "jobs", "contacts", "placements")
"""The fields that say whom a note is about [V: NoteModel]."""


def translate(event: DatedEvent) -> ApiExchange[Translation]:
    """Return the canonical records of the JobAdder objects that an event concerns, as of now. The event of a sync
    contains the object.
    """
    origin, _, resource = event.type.partition(".")
    if origin == "deleted" and resource in DELETED:
        return gone(resource, event.document, event.occurred_at)
    if origin == "fetched":
        return (yield from _document_records(resource, mapping(event.document), event.occurred_at))
    hint = resource_of(event.type)
    if hint is None:
        return Translation(ignored=f"Keepwarm does not follow events of the type {event.type}.")
    documents, left = yield from documents_of(event, hint)
    records: list[AnyRecord] = []
    reasons: list[str] = []
    unknown: list[str] = []
    status_at = event.occurred_at if event.type.casefold() in _STATUSES else None
    for found in documents:
        translation = yield from _document_records(hint, found, event.occurred_at, status_at)
        records += translation.records
        reasons += [translation.ignored] if translation.ignored else []
        unknown += translation.unknown
    if event.type.endswith("interview_evaluation_submitted") and len(documents) == 1:
        records = [_evaluated(record, event.occurred_at) for record in records]
    if not records and not reasons:
        reasons = [f"JobAdder shows none of the {hint} that the event is about."]
    why = [*dict.fromkeys(reasons), *([left] if left else [])]
    return Translation(records, " ".join(why[:5]) or None, tuple(dict.fromkeys(unknown)))


def translated(resource: str, document: Any, event_time: datetime, status_at: datetime | None = None) -> Translation:
    """Return the canonical records of one JSON object of a JobAdder collection, such as `applications` or `interviews`.

    `status_at` is the time of the event that changed the status of this application or job.
    """
    if resource == "interviews" and folded_word(value_at(document, "type")) == "internal":
        return Translation(
            ignored="An internal interview is the agency's own talk with the candidate, and no round with the client."
        )
    make, missing = _MAKERS[resource]
    records = make(document, event_time, status_at)
    if not records:
        return Translation(ignored=missing)
    return Translation(records, _left_out(resource, document), _unknown(resource, document))


def gone(resource: str, document: Any, event_time: datetime) -> Translation:
    """Return the deletion of the record in one row of a JobAdder list of deleted records."""
    kind, field = DELETED[resource]
    id = id_text(value_at(document, field))
    if id is None:
        return Translation(ignored="What was deleted has no id.")
    version = parse_instant(value_at(document, "deletedAt")) or event_time
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


def _document_records(
    resource: str, found: Mapping[str, Any], event_time: datetime, status_at: datetime | None = None
) -> ApiExchange[Translation]:
    """Return the canonical records of a JSON object. Fetch the application of a placement, and the rest of a note that
    a list cut.
    """
    if resource == "placements":
        return placed(found, event_time, (yield from _application_of(found)))
    if resource == "notes" and not any(part in found for part in _LINKS):
        # A list has only the beginning of a note, and not whom it is about.
        whole = mapping(found.get("self")) or (yield from fetch_one("notes", id_text(found.get("noteId")) or "0"))
        found = whole or found
    return translated(resource, found, event_time, status_at)


def _application_of(placement: Mapping[str, Any]) -> ApiExchange[Mapping[str, Any] | None]:
    """Fetch the JobAdder application of a placement. The placement names only a candidate and a job."""
    candidate, job = (
        whole_id(value_at(placement, "candidate", "candidateId")),
        whole_id(value_at(placement, "job", "jobId")),
    )
    if not (candidate and job):
        return None
    response = yield ApiRequest("applications", {"CandidateId": candidate, "JobId": job, "Limit": "1"}, expects=())
    return next(iter(rows_of(response, "applications")), None)


def _evaluated(record: AnyRecord, event_time: datetime) -> AnyRecord:
    """Return a started interview as completed, with a version at least as new as the evaluation. Return any other
    record unchanged.
    """
    if isinstance(record, Interview) and record.starts_at <= event_time:
        return replace(record, status="completed", version=max(record.version, event_time))
    return record
