"""JobAdder's documents as canonical records: what each model of its OpenAPI document means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.connectors.connector import Translation
from app.connectors.reading import at, email, ident, instant, line, mapping, name, note, sequence
from app.connectors.records import (
    Activity,
    AnyRecord,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Kind,
    Organisation,
    Status,
)

MENTIONED = datetime(2000, 1, 1, tzinfo=UTC)
"""The version of a thing that is only mentioned inside another: it was so at some time, and any word of its own counts
for more. The models inside others carry no time of their own."""

_MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Records = list[AnyRecord]


def translated(resource: str, document: Any, told_at: datetime) -> Translation:
    """What one document of a resource says: `applications`, `interviews` and so on."""
    make, missing = _MAKERS[resource]
    records = make(document, told_at)
    if isinstance(records, str):
        return Translation(ignored=records)
    return Translation(records) if records else Translation(ignored=missing)


def gone(resource: str, document: Any, told_at: datetime) -> Translation:
    """A thing of a list of deleted ones."""
    kind, field = DELETED[resource]
    id = ident(at(document, field))
    if id is None:
        return Translation(ignored="What was deleted has no id.")
    return Translation([Gone(kind=kind, id=id, version=instant(at(document, "deletedAt")) or told_at)])


def placed(document: Any, told_at: datetime, application: Any) -> Translation:
    """What a placement says of the application that led to it: that it was approved, and its status.

    It is told in the application's own version: a status of the application that is told late must still count.
    """
    if at(document, "type") == "Credit":
        return Translation(ignored="A credit is an entry in the books and no placement.")
    about = _application(application, _version(application, told_at))
    whole = next((record for record in about if isinstance(record, Application)), None)
    since = _version(document, told_at)
    told = [status] if (status := _status(document, since, "placement: ")) else []
    if at(document, "approved") is True:
        approved_at = instant(at(document, "approvedAt")) or since
        told.append(Status(value="@placement_approved", label="Placement approved", at=approved_at))
    if whole is None or not told:
        return Translation(ignored="The placement has no status, or no application led to it.")
    # The application's own status is left to its own words: here nothing says since when it holds.
    steps = [replace(whole, status=one) for one in sorted(told, key=lambda one: one.at)]
    return Translation([*(record for record in about if record is not whole), *steps])


def evaluated(document: Any) -> bool:
    """Whether an interviewer has said how it went, so that the interview was held."""
    told = at(document, "evaluations") or at(document, "_embedded", "evaluations")
    return any(at(one, "hasReplied") is True for one in sequence(told) or sequence(at(told, "items")))


def mark_of(document: Any) -> str | None:
    """Our mark on a note: its reference, or the last line of its text."""
    reference = line(at(document, "reference")) or ""
    if _UUID.fullmatch(reference):
        return reference
    found = _MARK.search(note(at(document, "text")) or note(at(document, "textPartial")) or "")
    return found[1] if found else None


def _version(document: Any, told_at: datetime) -> datetime:
    return instant(at(document, "updatedAt")) or instant(at(document, "createdAt")) or told_at


def _status(document: Any, since: datetime, prefix: str = "") -> Status | None:
    value, label = ident(at(document, "status", "statusId")), line(at(document, "status", "name"))
    if value is None:
        return None
    shown = f"{prefix.capitalize()}{label}" if label else None
    return Status(value=prefix + value, label=shown, at=since)


def _organisation(document: Any, version: datetime = MENTIONED) -> Records:
    id, named = ident(at(document, "companyId")), line(at(document, "name"))
    return [Organisation(id=id, version=version, name=named)] if id and named else []


def _person(document: Any) -> dict[str, Any]:
    return {
        "name": name(at(document, "firstName"), at(document, "lastName")),
        "email": email(at(document, "email")),
        "phone": line(at(document, "mobile"), 50) or line(at(document, "phone"), 50),
    }


def _contact(document: Any, version: datetime = MENTIONED, company: Any = None) -> Records:
    id, person, company = ident(at(document, "contactId")), _person(document), at(document, "company") or company
    if not (id and person["name"]):
        return []
    leads, company_id = at(document, "hiringManager") is True, ident(at(company, "companyId"))
    role: Any = "hiring_manager" if leads else "other"
    contact = ClientContact(id=id, version=version, organisation_id=company_id, role=role, **person)
    return [*_organisation(company), contact]


def _candidate(document: Any, version: datetime = MENTIONED) -> Records:
    id, person = ident(at(document, "candidateId")), _person(document)
    return [Candidate(id=id, version=version, **person)] if id and person["name"] else []


def _job(document: Any, version: datetime = MENTIONED) -> Records:
    id, title, active = ident(at(document, "jobId")), line(at(document, "jobTitle")), at(document, "status", "active")
    company, contact = at(document, "company"), at(document, "contact")
    if not (id and title):
        return []
    job = Job(
        id=id,
        version=version,
        title=title,
        organisation_id=ident(at(company, "companyId")),
        hiring_manager_id=ident(at(contact, "contactId")),
        status=("open" if active else "closed") if isinstance(active, bool) else None,
    )
    return [*_organisation(company), *_contact(contact, company=company), job]


def _application(document: Any, told_at: datetime) -> Records:
    """An application with its candidate and its job. When its status was set is not told: the hint may know."""
    id, version = ident(at(document, "applicationId")), _version(document, told_at)
    candidate, job = ident(at(document, "candidate", "candidateId")), ident(at(document, "job", "jobId"))
    if not (id and candidate and job):
        return []
    near = abs(version - told_at).total_seconds() < 60  # else something was changed after the event
    application = Application(
        id=id,
        version=version,
        candidate_id=candidate,
        job_id=job,
        status=_status(document, min(version, told_at) if near else version),
        recruiter_email=email(at(document, "owner", "email")),
    )
    return [*_candidate(at(document, "candidate")), *_job(at(document, "job")), application]


def _interview(document: Any, told_at: datetime) -> Records | str:
    if at(document, "type") != "External":
        return "An internal interview is the agency's own talk with the candidate, and no round with the client."
    id, whose = ident(at(document, "interviewId")), at(document, "interviewee")
    starts_at, ends_at = instant(at(document, "startAt")), instant(at(document, "endAt"))
    application_id = ident(at(whose, "applicationId"))
    if not (id and starts_at and ends_at and application_id):
        return []
    interview = Interview(
        # Several candidates may be interviewees of one interview: each has a round of their own.
        id=f"{id}-{application_id}",
        version=_version(document, told_at),
        starts_at=starts_at,
        ends_at=ends_at,
        application_id=application_id,
        booked_at=instant(at(document, "createdAt")),
        status="completed" if evaluated(document) else None,
    )
    contacts = [
        _contact(one, company=at(whose, "job", "company")) for one in _listed(document, "interviewers", "contacts")
    ]
    return [*_application(whose, told_at), *(record for one in contacts for record in one), interview]


def _activity(document: Any, told_at: datetime) -> Records:
    id, kind, version = ident(at(document, "noteId")), line(at(document, "type"), 80), _version(document, told_at)
    if id is None:
        return []
    first = {of: next(iter(_listed(document, of)), None) for of in _ABOUT}
    application = first["applications"]
    candidate = ident(at(first["candidates"], "candidateId")) or ident(at(application, "candidate", "candidateId"))
    contact = ident(at(first["contacts"], "contactId"))
    job = first["jobs"] or at(application, "job")
    company = first["companies"] or at(job, "company")
    activity = Activity(
        id=id,
        version=version,
        type=f"note: {kind}" if kind else "note",
        occurred_at=instant(at(document, "createdAt")) or version,
        text=note(at(document, "text")) or note(at(document, "subject")) or note(at(document, "textPartial")),
        application_id=ident(at(application, "applicationId")),
        candidate_id=candidate,
        job_id=ident(at(job, "jobId")),
        client_contact_id=contact,
        organisation_id=ident(at(company, "companyId")),
        party="candidate" if candidate and not contact else "client" if contact and not candidate else None,
        mark=mark_of(document),
    )
    about = [
        *_organisation(company),
        *_contact(first["contacts"], company=company),
        *_candidate(first["candidates"]),
        *_job(job),
        *_application(application, told_at),
    ]
    return [*about, activity]


_ABOUT = ("candidates", "applications", "jobs", "companies", "contacts")


def _listed(document: Any, *path: str) -> list[Mapping[str, Any]]:
    return [one for one in sequence(at(document, *path)) if mapping(one)]


_MAKERS: Mapping[str, tuple[Callable[[Any, datetime], Records | str], str]] = {
    "companies": (lambda it, now: _organisation(it, _version(it, now)), "The company has no id or no name."),
    "contacts": (lambda it, now: _contact(it, _version(it, now)), "The contact has no id or no name."),
    "candidates": (lambda it, now: _candidate(it, _version(it, now)), "The candidate has no id or no name."),
    "jobs": (lambda it, now: _job(it, _version(it, now)), "The job has no id or no title."),
    "applications": (_application, "The application names no candidate or no job."),
    "interviews": (_interview, "The interview names no application, or no time to begin and to end."),
    "notes": (_activity, "The note has no id."),
}

DELETED: Mapping[str, tuple[Kind, str]] = {
    "applications": ("application", "applicationId"),
    "candidates": ("candidate", "candidateId"),
    "jobs": ("job", "jobId"),
    "contacts": ("client_contact", "contactId"),
    "companies": ("organisation", "companyId"),
}
"""The lists of what was deleted in the last 14 days. There is none of interviews."""
