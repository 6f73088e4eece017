"""Applications of JobAdder, their placements and their interviews."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import Application, Gone, Interview, Milestone, Status
from app.connectors.contract import Translation
from app.connectors.crm.jobadder.people import (
    Records,
    candidate_records,
    contact_records,
    job_records,
    listed,
    version_of,
)
from app.connectors.parsing import (
    folded_word,
    id_text,
    one_line,
    parse_day,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)

_SAME_CHANGE = 60
"""The largest number of seconds between an event and a change of the application that count as the same change."""


def application_records(document: Any, event_time: datetime, status_at: datetime | None = None) -> Records:
    """Return a JobAdder application after its candidate and its job.

    JobAdder does not say when a status began. The event of the change does (`status_at`), unless the application was
    changed again since. A status that is `rejected` does not say who ended the application: the agency maps its
    statuses [V].
    """
    id, version = id_text(value_at(document, "applicationId")), version_of(document, event_time)
    candidate, job = (
        id_text(value_at(document, "candidate", "candidateId")),
        id_text(value_at(document, "job", "jobId")),
    )
    if not (id and candidate and job):
        return []
    near = abs(version - event_time).total_seconds() < _SAME_CHANGE
    since = min(version, event_time) if near else max(version, status_at or version)
    application = Application(
        id=id,
        version=max(version, status_at or version),
        candidate_id=candidate,
        job_id=job,
        status=_status(document, since),
        recruiter_email=parse_email(value_at(document, "owner", "email")),
    )
    about = [*candidate_records(value_at(document, "candidate")), *job_records(value_at(document, "job"))]
    return [*about, application]


def placed(document: Any, event_time: datetime, application: Any) -> Translation:
    """Return the records of a JobAdder placement: its approval, its own status and the agreed first day.

    Types are Permanent, Contract, Temporary and Credit; statuses are the agency's; `startDate` is the day on which
    employment begins [V: PlacementRepresentation].
    """
    if folded_word(value_at(document, "type")) == "credit":
        return Translation(ignored="A credit is an entry in the books and no placement.")
    about = application_records(application, version_of(application, event_time))
    whole = next((record for record in about if isinstance(record, Application)), None)
    since, approved_at = version_of(document, event_time), None
    statuses: list[Application] = []
    if whole and value_at(document, "approved") is True:
        approved_at = parse_instant(value_at(document, "approvedAt")) or since
        # A later change of the application withdraws the approval only if its status ends it.
        if value_at(application, "status", "rejected") is not True:
            approved_at = max(approved_at, whole.version)
        status = Status(value="@placement_approved", label="Placement approved", at=approved_at)
        statuses.append(replace(whole, version=approved_at, status=status))
    if whole and (own := _status(document, max(since, approved_at or since), "placement: ")):
        statuses.append(replace(whole, version=max(own.at, event_time), status=own))
    agreed = _first_day(document, whole, since)
    if not statuses and not isinstance(agreed, Milestone):
        return Translation(ignored="The placement has no status, or no application led to it.")
    # The application's own status is left to its own events: a placement does not date it.
    return Translation([*(record for record in about if record is not whole), *statuses, *([agreed] if agreed else [])])


def start_id(placement_id: str) -> str:
    """Return the id of the milestone for the first day of a placement."""
    return f"{placement_id}:start_agreed"


def _first_day(document: Any, application: Application | None, version: datetime) -> Milestone | Gone | None:
    """Return the first day of an approved placement. Return its deletion if the placement is not approved or has no
    date.
    """
    id, starts_on = id_text(value_at(document, "placementId")), parse_day(value_at(document, "startDate"))
    if id is None:
        return None
    if application is None or starts_on is None or value_at(document, "approved") is not True:
        return Gone(kind="milestone", id=start_id(id), version=version)
    approved_at = parse_instant(value_at(document, "approvedAt")) or parse_instant(value_at(document, "createdAt"))
    return Milestone(
        id=start_id(id),
        version=version,
        application_id=application.id,
        kind="start_agreed",
        at=approved_at,
        on=starts_on,
    )


def interview_records(document: Any, event_time: datetime) -> Records:
    """Return a JobAdder interview after its application and its contacts. The caller has already skipped internal
    interviews [V: InterviewType].
    """
    id, whose = id_text(value_at(document, "interviewId")), value_at(document, "interviewee")
    starts_at, ends_at = parse_instant(value_at(document, "startAt")), parse_instant(value_at(document, "endAt"))
    application_id = id_text(value_at(whose, "applicationId"))
    if not (id and starts_at and ends_at and application_id):
        return []
    interview = Interview(
        # Several candidates may be interviewees of one interview: each has a round of their own.
        id=f"{id}-{application_id}",
        version=version_of(document, event_time),
        starts_at=starts_at,
        ends_at=ends_at,
        application_id=application_id,
        booked_at=parse_instant(value_at(document, "createdAt")),
        status="completed" if evaluated(document) else None,
    )
    company = value_at(whose, "job", "company")
    contacts = [contact_records(one, company=company) for one in listed(document, "interviewers", "contacts")]
    return [*application_records(whose, event_time), *(record for one in contacts for record in one), interview]


def unknown_interview_words(document: Any) -> tuple[str, ...]:
    """Return an interview type that is neither Internal nor External, as a word to report. Such an interview counts as
    one with the client.
    """
    type = one_line(value_at(document, "type"), 80)
    return (f"interview type: {type}",) if type and folded_word(type) not in ("external", "internal") else ()


def evaluated(document: Any) -> bool:
    """Return True if an interviewer has evaluated a JobAdder interview, which proves that the interview was held."""
    evaluations = value_at(document, "evaluations") or value_at(document, "_embedded", "evaluations")
    return any(
        value_at(one, "hasReplied") is True for one in sequence(evaluations) or sequence(value_at(evaluations, "items"))
    )


def _status(document: Any, since: datetime, prefix: str = "") -> Status | None:
    value, label = id_text(value_at(document, "status", "statusId")), one_line(value_at(document, "status", "name"))
    if value is None:
        return None
    shown = f"{prefix.capitalize()}{label}" if label else None
    return Status(value=prefix + value, label=shown, at=since)
