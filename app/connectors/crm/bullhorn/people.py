"""Companies, people and jobs of Bullhorn as canonical records."""

from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Candidate, ClientContact, Job, Organisation
from app.connectors.job_status import job_status, unknown_status
from app.connectors.parsing import full_name, id_text, one_line, parse_email, parse_instant, value_at


def version_of(document: Any, event_time: datetime) -> datetime:
    """Return when a Bullhorn entity was last changed. If the entity has no such time, return the time of the event."""
    return parse_instant(value_at(document, "dateLastModified")) or event_time


def organisation_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """Return a Bullhorn company as an organisation. Return an empty list if its name is missing."""
    id, named = id_text(value_at(document, "id")), one_line(value_at(document, "name"))
    return [Organisation(id=id, version=version_of(document, event_time), name=named)] if id and named else []


def contact_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """Return a Bullhorn contact after the contact's company. Return an empty list if the contact's name is missing."""
    id, person, company = id_text(value_at(document, "id")), _person(document), value_at(document, "clientCorporation")
    if not (id and person["name"]):
        return []
    version, company_id = version_of(document, event_time), id_text(value_at(company, "id"))
    contact = ClientContact(id=id, version=version, organisation_id=company_id, **person)
    return [*organisation_records(company, event_time), contact]


def candidate_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """Return a Bullhorn candidate. Return an empty list if the candidate's name is missing."""
    id, person = id_text(value_at(document, "id")), _person(document)
    return [Candidate(id=id, version=version_of(document, event_time), **person)] if id and person["name"] else []


def job_records(document: Any, event_time: datetime, status_at: datetime | None = None) -> list[AnyRecord]:
    """Return the records of a Bullhorn job: its company, its contact, the job; nothing for a job without a title.

    `isOpen` says whether it is open. `status` is a list of the agency's own (examples: Accepting Candidates, Covered,
    Placed). `dateClosed` is when it was marked as closed [V: JobOrder]. `status_at` is the time of the event that
    changed its status.
    """
    id, title, is_open = (
        id_text(value_at(document, "id")),
        one_line(value_at(document, "title")),
        value_at(document, "isOpen"),
    )
    company, contact = value_at(document, "clientCorporation"), value_at(document, "clientContact")
    if not (id and title):
        return []
    version, status = version_of(document, event_time), _status(document)
    closed_at = parse_instant(value_at(document, "dateClosed")) if is_open is False else None
    job = Job(
        id=id,
        version=version,
        title=title,
        organisation_id=id_text(value_at(company, "id")),
        hiring_manager_id=id_text(value_at(contact, "id")),
        status=status,
        status_at=min(closed_at, max(version, event_time)) if closed_at else status_at,
    )
    return [*organisation_records(company, event_time), *contact_records(contact, event_time), job]


def unknown_job_words(document: Any) -> tuple[str, ...]:
    """Return the status of a Bullhorn job as a word to report, if its meaning is unknown; else an empty tuple."""
    return unknown_status(value_at(document, "status"), _status(document))


def _status(document: Any) -> Any:
    is_open = value_at(document, "isOpen")
    return job_status(value_at(document, "status"), is_open if isinstance(is_open, bool) else None)


def _person(document: Any) -> dict[str, Any]:
    return {
        "name": one_line(value_at(document, "name"))
        or full_name(value_at(document, "firstName"), value_at(document, "lastName")),
        "email": parse_email(value_at(document, "email")),
        "phone": one_line(value_at(document, "mobile"), 50) or one_line(value_at(document, "phone"), 50),
    }
