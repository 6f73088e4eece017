"""Bullhorn's companies, people and jobs as canonical records."""

from datetime import datetime
from typing import Any

from app.connectors.job_status import job_status, unknown_status
from app.connectors.parsing import at, email, ident, instant, line, name
from app.connectors.records import AnyRecord, Candidate, ClientContact, Job, Organisation


def version_of(document: Any, event_time: datetime) -> datetime:
    """When an entity was last changed; where it does not say, when it was told."""
    return instant(at(document, "dateLastModified")) or event_time


def organisation_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """A company; nothing without its name."""
    id, named = ident(at(document, "id")), line(at(document, "name"))
    return [Organisation(id=id, version=version_of(document, event_time), name=named)] if id and named else []


def contact_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """A contact behind its company; nothing without a name."""
    id, person, company = ident(at(document, "id")), _person(document), at(document, "clientCorporation")
    if not (id and person["name"]):
        return []
    version, company_id = version_of(document, event_time), ident(at(company, "id"))
    contact = ClientContact(id=id, version=version, organisation_id=company_id, **person)
    return [*organisation_records(company, event_time), contact]


def candidate_records(document: Any, event_time: datetime) -> list[AnyRecord]:
    """A candidate; nothing without a name."""
    id, person = ident(at(document, "id")), _person(document)
    return [Candidate(id=id, version=version_of(document, event_time), **person)] if id and person["name"] else []


def job_records(document: Any, event_time: datetime, status_at: datetime | None = None) -> list[AnyRecord]:
    """A job behind its company and its contact; nothing without a title.

    `isOpen` tells whether it is open, `status` is a list of the agency's own (examples: Accepting Candidates, Covered,
    Placed), `dateClosed` is when it was marked as closed [V: JobOrder]. `status_at`: when an event told its status.
    """
    id, title, is_open = ident(at(document, "id")), line(at(document, "title")), at(document, "isOpen")
    company, contact = at(document, "clientCorporation"), at(document, "clientContact")
    if not (id and title):
        return []
    version, status = version_of(document, event_time), _status(document)
    closed_at = instant(at(document, "dateClosed")) if is_open is False else None
    job = Job(
        id=id,
        version=version,
        title=title,
        organisation_id=ident(at(company, "id")),
        hiring_manager_id=ident(at(contact, "id")),
        status=status,
        status_at=min(closed_at, max(version, event_time)) if closed_at else status_at,
    )
    return [*organisation_records(company, event_time), *contact_records(contact, event_time), job]


def unknown_job_words(document: Any) -> tuple[str, ...]:
    """The status of a job that says nothing to Keepwarm."""
    return unknown_status(at(document, "status"), _status(document))


def _status(document: Any) -> Any:
    is_open = at(document, "isOpen")
    return job_status(at(document, "status"), is_open if isinstance(is_open, bool) else None)


def _person(document: Any) -> dict[str, Any]:
    return {
        "name": line(at(document, "name")) or name(at(document, "firstName"), at(document, "lastName")),
        "email": email(at(document, "email")),
        "phone": line(at(document, "mobile"), 50) or line(at(document, "phone"), 50),
    }
