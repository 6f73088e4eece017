"""Greenhouse's records, as webhooks and as Harvest v3 write them: what one document tells."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from app.connectors.reading import at, email, ident, instant, line, mapping, name, note, sequence
from app.connectors.records import Activity, Application, Candidate, ClientContact, Interview, Job, Status

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The version of a job or an application that is told beside something else, not for its own news.

It fills a gap and outdates nothing: a status that is delivered late must still count.
"""
MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_JOB_STATUS: Mapping[str, Literal["open", "closed"]] = {"open": "open", "closed": "closed"}
# With a time of day these took or take place; the others wait for one, or are take-home tests.
_INTERVIEW_STATUS: Mapping[str, Literal["scheduled", "completed", "cancelled"]] = {
    "scheduled": "scheduled",
    "awaiting_feedback": "scheduled",
    "collect_feedback": "scheduled",
    "complete": "completed",
    "skipped": "cancelled",
}
_FEED = ("ACTIVITY", "MIGRATION_ERROR", "AVAILABILITY_REQUEST", "FORM")


def latest(*told: Any) -> datetime | None:
    """The latest of the instants that were told."""
    return max((found for each in told if (found := instant(each))), default=None)


def candidate(record: Any, version: datetime) -> Candidate | None:
    """A candidate; None without id or name."""
    id, called = ident(at(record, "id")), name(at(record, "first_name"), at(record, "last_name"))
    if not (id and called):
        return None
    emails = (email(at(each, "value")) for each in sequence(at(record, "email_addresses")))
    phones = (line(at(each, "value")) for each in sequence(at(record, "phone_numbers")))
    return Candidate(
        id=id,
        version=latest(at(record, "updated_at")) or version,
        name=called,
        email=next((found for found in emails if found), None),
        phone=next((found for found in phones if found), None),
    )


def job(record: Any, version: datetime) -> Job | None:
    """A job; None without id or name."""
    id, title = ident(at(record, "id")), line(at(record, "name"))
    if not (id and title):
        return None
    status = _JOB_STATUS.get(line(at(record, "status")) or "")
    return Job(id=id, version=latest(at(record, "updated_at")) or version, title=title, status=status)


def hiring_manager(user: Any, version: datetime) -> ClientContact | None:
    """A user of the employer's as the client contact they are."""
    id = ident(at(user, "id"))
    called = line(at(user, "name")) or name(at(user, "first_name"), at(user, "last_name"))
    if not (id and called):
        return None
    changed = latest(at(user, "updated_at")) or version
    return ClientContact(
        id=id, version=changed, name=called, email=email(at(user, "primary_email")), role="hiring_manager"
    )


def stage(record: Any, since: datetime, reason: str | None = None) -> Status | None:
    """The stage of a webhook's application or of v3's: by the id that names it in the job's interview plan."""
    label = line(at(record, "current_stage", "name")) or line(at(record, "stage_name"))
    value = ident(at(record, "current_stage", "id")) or ident(at(record, "job_interview_stage_id")) or label
    return Status(value=value, label=label, at=since, reason=reason) if value else None


def rejection(reason: Any, since: datetime) -> Status:
    """Who ended it: the reason's type says so, by its key in v3 and by its name in webhooks."""
    kind = mapping(at(reason, "type"))
    theirs = kind.get("key") == "THEY_REJECTED_US" or (line(kind.get("name")) or "").casefold() == "they rejected us"
    value, label = ("@withdrawn", "Withdrawn") if theirs else ("@rejected", "Rejected")
    return Status(value=value, label=label, at=since, reason=line(at(reason, "name")))


def applied(record: Any, version: datetime, status: Status | None) -> Application | None:
    """An application of v3; None for a prospect, who is on no job."""
    id, person, vacancy = (ident(at(record, field)) for field in ("id", "candidate_id", "job_id"))
    if not (id and person and vacancy) or at(record, "prospect") is True:
        return None
    return Application(id=id, version=version, candidate_id=person, job_id=vacancy, status=status)


def interview(record: Any, version: datetime) -> Interview | None:
    """An interview of v3 that has a time of day; None for one that has none (yet)."""
    id, application = ident(at(record, "id")), ident(at(record, "application_id"))
    starts, ends = instant(at(record, "starts_at")), instant(at(record, "ends_at"))
    status = _INTERVIEW_STATUS.get(line(at(record, "status")) or "")
    if not (id and application and status and starts and ends and starts <= ends):
        return None
    changed = latest(at(record, "updated_at")) or version
    return Interview(
        id=id,
        version=changed,
        application_id=application,
        starts_at=starts,
        ends_at=ends,
        booked_at=instant(at(record, "scheduled_at")),
        status=status,
        status_at=changed if status == "cancelled" else None,
    )


def activity(record: Any, person: Any, version: datetime) -> Activity | None:
    """A note or a logged email; None for the entries that Greenhouse makes by itself."""
    id, kind = ident(at(record, "id")), line(at(record, "type"), 80)
    application, owner = ident(at(record, "application_id")), ident(at(record, "candidate_id"))
    if not (id and kind and owner) or kind in _FEED:
        return None
    text = note(at(record, "body")) or line(at(record, "subject"), 1_000)
    mark = MARK.search(text or "")
    direction = _direction(record, person) if kind == "EMAIL" else None
    return Activity(
        id=id,
        version=latest(at(record, "updated_at"), at(record, "created_at")) or version,
        type=f"{'email' if kind == 'EMAIL' else 'note'}: {kind}",
        occurred_at=instant(at(record, "created_at")) or version,
        text=text,
        application_id=application,
        candidate_id=owner,
        direction=direction,
        party="candidate" if direction else None,
        mark=mark.group(1) if mark else None,
    )


def _direction(record: Any, person: Any) -> Literal["in", "out"] | None:
    """Whether the candidate wrote an email or was written to; None where it was between others."""
    theirs = [
        address.casefold() for each in sequence(at(person, "email_addresses")) if (address := email(at(each, "value")))
    ]
    sender = (line(at(record, "email_from"), 1_000) or "").casefold()
    to = (line(at(record, "email_to"), 10_000) or "").casefold()
    if any(address in sender for address in theirs):
        return "in"
    return "out" if any(address in to for address in theirs) else None
