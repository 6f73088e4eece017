"""Companies, people and jobs of JobAdder as canonical records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import UNDATED, AnyRecord, Candidate, ClientContact, Job, Organisation
from app.connectors.job_status import JobStatus, job_status, unknown_status
from app.connectors.parsing import full_name, id_text, mapping, one_line, parse_email, parse_instant, sequence, value_at

Records = list[AnyRecord]


def version_of(document: Any, event_time: datetime) -> datetime:
    """Return when a JobAdder object was last changed. If the object has no such time, return the time of the event."""
    return (
        parse_instant(value_at(document, "updatedAt")) or parse_instant(value_at(document, "createdAt")) or event_time
    )


def listed(document: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the JSON objects of the array at a path of a document; an empty list if there is no array."""
    return [one for one in sequence(value_at(document, *path)) if mapping(one)]


def organisation_records(document: Any, version: datetime = UNDATED) -> Records:
    """Return a JobAdder company as an organisation. Return an empty list if its name is missing."""
    id, named = id_text(value_at(document, "companyId")), one_line(value_at(document, "name"))
    return [Organisation(id=id, version=version, name=named)] if id and named else []


def contact_records(document: Any, version: datetime = UNDATED, company: Any = None) -> Records:
    """Return a JobAdder contact after the contact's company. Return an empty list if the contact's name is missing."""
    id, person, company = (
        id_text(value_at(document, "contactId")),
        _person(document),
        value_at(document, "company") or company,
    )
    if not (id and person["name"]):
        return []
    leads, company_id = value_at(document, "hiringManager") is True, id_text(value_at(company, "companyId"))
    role: Any = "hiring_manager" if leads else "other"
    contact = ClientContact(id=id, version=version, organisation_id=company_id, role=role, **person)
    return [*organisation_records(company), contact]


def candidate_records(document: Any, version: datetime = UNDATED) -> Records:
    """Return a JobAdder candidate. Return an empty list if the candidate's name is missing."""
    id, person = id_text(value_at(document, "candidateId")), _person(document)
    return [Candidate(id=id, version=version, **person)] if id and person["name"] else []


def job_records(document: Any, version: datetime = UNDATED, status_at: datetime | None = None) -> Records:
    """Return the records of a JobAdder job: its company, its contact, the job; nothing for a job without a title.

    The agency names its statuses, and each says whether jobs in it are active. `closedAt` is when the job was closed
    [V: StatusModel, JobOrderRepresentation]. `status_at` is the time of the event that changed the status.
    """
    id, title = id_text(value_at(document, "jobId")), one_line(value_at(document, "jobTitle"))
    company, contact = value_at(document, "company"), value_at(document, "contact")
    if not (id and title):
        return []
    closed_at = (
        parse_instant(value_at(document, "closedAt")) if value_at(document, "status", "active") is False else None
    )
    job = Job(
        id=id,
        version=max(version, status_at or version),
        title=title,
        organisation_id=id_text(value_at(company, "companyId")),
        hiring_manager_id=id_text(value_at(contact, "contactId")),
        status=_status(document),
        status_at=closed_at or status_at,
    )
    return [*organisation_records(company), *contact_records(contact, company=company), job]


def unknown_job_words(document: Any) -> tuple[str, ...]:
    """Return the status of a JobAdder job as a word to report, if its meaning is unknown; else an empty tuple."""
    return unknown_status(value_at(document, "status", "name"), _status(document))


def _status(document: Any) -> JobStatus | None:
    active = value_at(document, "status", "active")
    return job_status(value_at(document, "status", "name"), active if isinstance(active, bool) else None)


def _person(document: Any) -> dict[str, Any]:
    return {
        "name": full_name(value_at(document, "firstName"), value_at(document, "lastName")),
        "email": parse_email(value_at(document, "email")),
        "phone": one_line(value_at(document, "mobile"), 50) or one_line(value_at(document, "phone"), 50),
    }
