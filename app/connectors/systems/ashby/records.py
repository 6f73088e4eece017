"""Ashby's records, each read by itself: what one document tells."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from app.connectors.reading import at, email, ident, instant, line, name, note, sequence
from app.connectors.records import Activity, Application, Candidate, ClientContact, Interview, Job, Status

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The version of a job or an application that is told beside something else, not for its own news.

It fills a gap and outdates nothing: a status that is delivered late must still count.
"""
MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_JOB_STATUS: Mapping[str, Literal["open", "closed"]] = {"Open": "open", "Closed": "closed", "Archived": "closed"}
_ARCHIVED = {"RejectedByOrg": "@rejected", "RejectedByCandidate": "@withdrawn"}
_ACCEPTANCE = {"Accepted": "@offer_accepted", "Declined": "@offer_declined", "WaitingOnResponse": "@offer_made"}
_OFFER = {
    "CandidateAccepted": "@offer_accepted",
    "CandidateRejected": "@offer_declined",
    "WaitingOnCandidateResponse": "@offer_made",
}


def version(record: Any, told: datetime) -> datetime:
    """When the record was last changed; where it does not say, when it was told."""
    return instant(at(record, "updatedAt")) or instant(at(record, "createdAt")) or told


def candidate(record: Any, changed: datetime) -> Candidate | None:
    """A candidate as an application tells of them; None without id or name."""
    id, called = ident(at(record, "id")), line(at(record, "name"))
    if not (id and called):
        return None
    return Candidate(
        id=id,
        version=changed,
        name=called,
        email=email(at(record, "primaryEmailAddress", "value")),
        phone=line(at(record, "primaryPhoneNumber", "value")),
    )


def job(record: Any, changed: datetime) -> Job | None:
    """A job; None without id or title."""
    id, title = ident(at(record, "id")), line(at(record, "title"))
    if not (id and title):
        return None
    return Job(id=id, version=changed, title=title, status=_JOB_STATUS.get(line(at(record, "status")) or ""))


def hiring_manager(team: Any, changed: datetime) -> ClientContact | None:
    """The first hiring manager of a hiring team."""
    for member in sequence(team):
        id, called = ident(at(member, "userId")), name(at(member, "firstName"), at(member, "lastName"))
        if at(member, "role") == "Hiring Manager" and id and called:
            mail = email(at(member, "email"))
            return ClientContact(id=id, version=changed, name=called, email=mail, role="hiring_manager")
    return None


def application(record: Any, changed: datetime, status: Status | None) -> Application | None:
    """An application; None without candidate or job."""
    id, person, vacancy = (ident(at(record, *path)) for path in (("id",), ("candidate", "id"), ("job", "id")))
    if not (id and person and vacancy):
        return None
    team = [member for member in sequence(at(record, "hiringTeam")) if at(member, "role") == "Recruiter"]
    return Application(
        id=id,
        version=changed,
        candidate_id=person,
        job_id=vacancy,
        status=status,
        recruiter_email=next((found for each in team if (found := email(at(each, "email")))), None),
    )


def ended(record: Any, changed: datetime) -> Status | None:
    """How an application ended, where it has: hired, or archived, whose reason says by whom."""
    match at(record, "status"):
        case "Hired":
            return Status(value="@hired", label="Hired", at=changed)
        case "Archived":
            reason = at(record, "archiveReason")
            kind, text = line(at(reason, "reasonType"), 40), line(at(reason, "text"))
            since = instant(at(record, "archivedAt")) or changed
            return Status(value=_ARCHIVED.get(kind or "", "@archived"), label="Archived", at=since, reason=text)
    return None


def stage(record: Any, since: datetime | None) -> Status | None:
    """The interview stage, since when it holds; None without either."""
    value, label = ident(at(record, "currentInterviewStage", "id")), line(at(record, "currentInterviewStage", "title"))
    return Status(value=value, label=label, at=since) if value and since else None


def entered(record: Any) -> datetime | None:
    """Since when an application stands in its present stage, by its history (application.info)."""
    present = ident(at(record, "currentInterviewStage", "id"))
    times = [
        time
        for each in sequence(at(record, "applicationHistory"))
        if ident(at(each, "stageId")) == present and (time := instant(at(each, "enteredStageAt")))
    ]
    return max(times, default=None)


def offered(offer: Any, told: datetime) -> Status | None:
    """Whether an offer is out, or how it was answered; None while it is being prepared or after it was taken back."""
    acceptance, stands = line(at(offer, "acceptanceStatus"), 40) or "", line(at(offer, "offerStatus"), 40) or ""
    if "Cancelled" in (acceptance, stands) or stands == "OfferCancelled":
        return None
    value = _ACCEPTANCE.get(acceptance) or _OFFER.get(stands)
    if value is None:
        return None
    decided = instant(at(offer, "decidedAt")) if value != "@offer_made" else None
    return Status(value=value, label=acceptance or stands, at=min(decided or told, told))


def interview(schedule: Any, changed: datetime) -> Interview | None:
    """A schedule that has times: one round from the first start to the last end; None without a time.

    A schedule belongs to one stage of the interview plan, so all of its events are one round, a panel over one day or
    two. A debrief is the employer's own meeting, without the candidate.
    """
    id, application_id = ident(at(schedule, "id")), ident(at(schedule, "applicationId"))
    events = [
        each for each in sequence(at(schedule, "interviewEvents")) if at(each, "interview", "isDebrief") is not True
    ]
    starts = [time for each in events if (time := instant(at(each, "startTime")))]
    ends = [time for each in events if (time := instant(at(each, "endTime")))]
    booked = [time for each in events if (time := instant(at(each, "createdAt")))]
    if not (id and application_id and starts and ends and min(starts) <= max(ends)):
        return None
    status: Literal["scheduled", "completed", "cancelled"] = "scheduled"
    match at(schedule, "status"):
        case "Complete":
            status = "completed"
        case "Cancelled" | "OnHold":
            status = "cancelled"
    return Interview(
        id=id,
        version=changed,
        application_id=application_id,
        starts_at=min(starts),
        ends_at=max(ends),
        booked_at=min(booked, default=None),
        status=status,
        status_at=changed if status == "cancelled" else None,
    )


def activity(record: Any, candidate_id: str, told: datetime) -> Activity | None:
    """A note on a candidate; Ashby knows no types of them."""
    id, text = ident(at(record, "id")), note(at(record, "content"))
    if not id:
        return None
    mark = MARK.search(text or "")
    written = instant(at(record, "createdAt")) or told
    return Activity(
        id=id,
        version=written,
        type="note: Note",
        occurred_at=written,
        text=text,
        candidate_id=candidate_id,
        mark=mark.group(1) if mark else None,
    )
