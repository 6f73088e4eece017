"""Parsers that turn one JSON object of Recruit CRM into a canonical record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import Application, Candidate, ClientContact, Job, Organisation, Status
from app.connectors.job_status import JobStatus, job_status, unknown_status
from app.connectors.parsing import full_name, id_text, mapping, one_line, parse_email, parse_instant, sequence, value_at

# The ids of the statuses that every agency has: Closed, Open, On Hold, Cancelled [V: creates-a-new-job]. Those of its
# own making have other ids, and labels such as Placed [T: github.com/ebragas/recruitcrm-mcp, client.py].
_JOB_STATUS: Mapping[str, JobStatus] = {
    "0": "closed",
    "1": "open",
    "2": "on_hold",
    "3": "closed",
}


def version(record: Any, event_time: datetime) -> datetime:
    """Return when a Recruit CRM record was last changed. If the record has no such time, return the time of the
    event.
    """
    return parse_instant(value_at(record, "updated_on")) or parse_instant(value_at(record, "created_on")) or event_time


def labels(value: Any) -> list[str]:
    """Return the labels of a field for a type. The field is an array with a single type, or sometimes an object or bare
    text.
    """
    found = value if isinstance(value, list) else [value]
    return [label for one in found if (label := one_line(one) or one_line(value_at(one, "label")))]


def candidate(record: Any, event_time: datetime) -> Candidate | None:
    """Parse a candidate. Return None if the slug or the name is missing."""
    slug, called = (
        id_text(value_at(record, "slug")),
        full_name(value_at(record, "first_name"), value_at(record, "last_name")),
    )
    if not (slug and called):
        return None
    return Candidate(
        id=slug,
        version=version(record, event_time),
        name=called,
        email=parse_email(value_at(record, "email")),
        phone=one_line(value_at(record, "contact_number")),
    )


def organisation(record: Any, event_time: datetime) -> Organisation | None:
    """Parse a Recruit CRM company. Return None if the slug or the name is missing."""
    slug, called = id_text(value_at(record, "slug")), one_line(value_at(record, "company_name"))
    return Organisation(id=slug, version=version(record, event_time), name=called) if slug and called else None


def client_contact(record: Any, event_time: datetime) -> ClientContact | None:
    """Parse a contact. Return None if the slug, the name or the company is missing."""
    slug, called = (
        id_text(value_at(record, "slug")),
        full_name(value_at(record, "first_name"), value_at(record, "last_name")),
    )
    company = id_text(value_at(record, "company_slug"))
    if not (slug and called and company):
        return None
    return ClientContact(
        id=slug,
        version=version(record, event_time),
        name=called,
        organisation_id=company,
        email=parse_email(value_at(record, "email")),
        phone=one_line(value_at(record, "contact_number")),
    )


def job(record: Any, event_time: datetime) -> Job | None:
    """Parse a job, with its contact as the hiring manager. Return None if the slug, the name or the company is
    missing.
    """
    slug, title, company = (
        id_text(value_at(record, "slug")),
        one_line(value_at(record, "name")),
        id_text(value_at(record, "company_slug")),
    )
    if not (slug and title and company):
        return None
    return Job(
        id=slug,
        version=version(record, event_time),
        title=title,
        organisation_id=company,
        hiring_manager_id=id_text(value_at(record, "contact_slug")),
        status=_job_status(record),
    )


def unknown_job_words(record: Any) -> tuple[str, ...]:
    """Return the status of a Recruit CRM job as a word to report, if its meaning is unknown; else an empty tuple."""
    return unknown_status(value_at(record, "job_status", "label"), _job_status(record))


def _job_status(record: Any) -> JobStatus | None:
    known = _JOB_STATUS.get(id_text(value_at(record, "job_status", "id")) or "")
    return known or job_status(value_at(record, "job_status", "label"))


def application(record: Any, event_time: datetime, status: Status | None = None) -> Application | None:
    """Parse a hiring stage of Recruit CRM as an application: one candidate on one job, with the stage as its status."""
    person, vacancy = id_text(value_at(record, "candidate_slug")), id_text(value_at(record, "job_slug"))
    if not (person and vacancy):
        return None
    changed = version(record, event_time)
    return Application(
        id=f"{person}:{vacancy}",
        version=changed,
        candidate_id=person,
        job_id=vacancy,
        status=status or _stage(record, changed),
    )


def _stage(record: Any, changed: datetime) -> Status | None:
    stage = mapping(value_at(record, "status"))
    value = id_text(stage.get("status_id"))
    if not value:
        return None
    # A recruiter may date a stage, even ahead; it holds at the latest from when it was written.
    dated = parse_instant(value_at(record, "stage_date")) or changed
    return Status(
        value=value,
        label=one_line(stage.get("label")),
        at=min(dated, changed),
        reason=one_line(value_at(record, "remark")),
    )


def slugs(value: Any) -> list[str]:
    """Return the slugs of an array, or of a comma-separated text."""
    found = value.split(",") if isinstance(value, str) else sequence(value)
    return list(dict.fromkeys(slug for each in found if (slug := id_text(each))))
