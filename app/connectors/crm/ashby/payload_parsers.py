"""Parsers that turn one JSON object of Ashby, such as a candidate or a job, into a canonical record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from app.connectors.canonical_records import Activity, Application, Candidate, ClientContact, Job, Status
from app.connectors.parsing import (
    folded_word,
    full_name,
    id_text,
    note_text,
    one_line,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)
from app.connectors.toolkit import first_value, marker_of
from app.connectors.vendor_vocabulary import Vocabulary

# Every enumeration here is that of Ashby's OpenAPI document [V: api-evangelist/ashby-hq, openapi/_original/ashby-
# openapi.yml]. A job starts as a draft, and is one again before it is reopened.
_JOB_STATUS: Mapping[str, Literal["open", "on_hold", "closed"]] = {
    "draft": "on_hold",
    "open": "open",
    "closed": "closed",
    "archived": "closed",
}
_APPLICATION_STATUS: Mapping[str, Literal["going", "hired", "archived"]] = {
    "lead": "going",
    "active": "going",
    "hired": "hired",
    "archived": "archived",
}
# `Other` does not say who ended it: the stage map decides what `Archived` means.
_ARCHIVED = {"rejectedbyorg": "@rejected", "rejectedbycandidate": "@withdrawn", "other": "@archived"}
# Labels of their own: an entry for `Archived` in a stage map must not decide who ended it.
_ENDS = {"@rejected": "Rejected", "@withdrawn": "Withdrawn"}
_ACCEPTANCE: Mapping[str, str | None] = {
    "accepted": "@offer_accepted",
    "declined": "@offer_declined",
    "waitingonresponse": "@offer_made",
    "created": None,
    "pending": None,
    "cancelled": None,
}
_OFFER: Mapping[str, str | None] = {
    "candidateaccepted": "@offer_accepted",
    "candidaterejected": "@offer_declined",
    "waitingoncandidateresponse": "@offer_made",
    "waitingonoffercreation": None,
    "waitingonapprovalstart": None,
    "waitingonofferapproval": None,
    "waitingonapprovaldefinition": None,
    "offercancelled": None,
}


def version(record: Any, event_time: datetime) -> datetime:
    """Return when an Ashby record was last changed. If the record has no such time, return the time of the event."""
    return parse_instant(value_at(record, "updatedAt")) or parse_instant(value_at(record, "createdAt")) or event_time


def candidate(record: Any, changed: datetime) -> Candidate | None:
    """Parse an Ashby candidate. Return None if the id or the name is missing."""
    id, called = id_text(value_at(record, "id")), one_line(value_at(record, "name"))
    if not (id and called):
        return None
    return Candidate(
        id=id,
        version=changed,
        name=called,
        email=parse_email(value_at(record, "primaryEmailAddress", "value")),
        phone=one_line(value_at(record, "primaryPhoneNumber", "value")),
    )


def job(record: Any, changed: datetime, words: Vocabulary, openings: Sequence[Any] = ()) -> Job | None:
    """Parse an Ashby job. Return None if the id or the title is missing. A closed job counts as filled if each of its
    `openings` is filled.
    """
    id, title = id_text(value_at(record, "id")), one_line(value_at(record, "title"))
    if not (id and title):
        return None
    status: Literal["open", "on_hold", "filled", "closed"] | None
    status = words.read("job status", value_at(record, "status"), _JOB_STATUS, None)
    since = {
        "open": parse_instant(value_at(record, "openedAt")),
        "closed": parse_instant(value_at(record, "closedAt")),
    }.get(status or "")
    if (
        status == "closed"
        and openings
        and all(folded_word(value_at(each, "openingState")) == "filled" for each in openings)
    ):
        status = "filled"
    return Job(id=id, version=changed, title=title, status=status, status_at=since)


def is_closed(record: Any) -> bool:
    """Return True if an Ashby job is closed. Its openings then say whether the job was filled."""
    return _JOB_STATUS.get(folded_word(value_at(record, "status")) or "") == "closed"


def hiring_managers(team: Any, changed: datetime) -> list[ClientContact]:
    """Parse the hiring managers of an Ashby hiring team as client contacts, in the order of the team."""
    found = []
    for member in sequence(team):
        id, called = (
            id_text(value_at(member, "userId")),
            full_name(value_at(member, "firstName"), value_at(member, "lastName")),
        )
        if folded_word(value_at(member, "role")) == "hiringmanager" and id and called:
            mail = parse_email(value_at(member, "email"))
            found.append(ClientContact(id=id, version=changed, name=called, email=mail, role="hiring_manager"))
    return found


def application(record: Any, changed: datetime, status: Status | None) -> Application | None:
    """Parse an Ashby application. Return None if the candidate or the job is missing."""
    id, person, vacancy = (id_text(value_at(record, *path)) for path in (("id",), ("candidate", "id"), ("job", "id")))
    if not (id and person and vacancy):
        return None
    team = [
        member
        for member in sequence(value_at(record, "hiringTeam"))
        if folded_word(value_at(member, "role")) == "recruiter"
    ]
    return Application(
        id=id,
        version=changed,
        candidate_id=person,
        job_id=vacancy,
        status=status,
        recruiter_email=first_value(parse_email(value_at(each, "email")) for each in team),
    )


def ended(record: Any, changed: datetime, words: Vocabulary) -> Status | None:
    """Return the status of an ended Ashby application: hired, or archived with its reason. Return None if the
    application is in progress.
    """
    match words.read("application status", value_at(record, "status"), _APPLICATION_STATUS, "going"):
        case "hired":
            return Status(value="@hired", label="Hired", at=changed)
        case "archived":
            reason = value_at(record, "archiveReason")
            value = words.read("archive reason type", value_at(reason, "reasonType"), _ARCHIVED, "@archived")
            since = parse_instant(value_at(record, "archivedAt")) or changed
            label = _ENDS.get(value, "Archived")
            return Status(value=value, label=label, at=since, reason=one_line(value_at(reason, "text")))
    return None


def stage(record: Any, since: datetime) -> Status | None:
    """Return the interview stage of an Ashby application as a status. Return None if the application is in no stage."""
    value, label = (
        id_text(value_at(record, "currentInterviewStage", "id")),
        one_line(value_at(record, "currentInterviewStage", "title")),
    )
    return Status(value=value, label=label, at=since) if value else None


def entered(record: Any) -> datetime | None:
    """Return when an Ashby application entered its present stage, by the history that application.info returns."""
    present = id_text(value_at(record, "currentInterviewStage", "id"))
    times = [
        time
        for each in sequence(value_at(record, "applicationHistory"))
        if id_text(value_at(each, "stageId")) == present and (time := parse_instant(value_at(each, "enteredStageAt")))
    ]
    return max(times, default=None)


def in_offer_stage(record: Any) -> bool:
    """Return True if an Ashby application is in an offer stage. An offer can then be newer than the stage."""
    return folded_word(value_at(record, "currentInterviewStage", "type")) == "offer"


def offered(offer: Any, event_time: datetime, words: Vocabulary) -> Status | None:
    """Return the status of an Ashby offer that was sent or answered. Return None for an unsent or withdrawn offer."""
    acceptance, stands = (
        one_line(value_at(offer, "acceptanceStatus"), 40) or "",
        one_line(value_at(offer, "offerStatus"), 40) or "",
    )
    by_acceptance = words.read("offer acceptance status", acceptance, _ACCEPTANCE, None)
    value = by_acceptance or words.read("offer status", stands, _OFFER, None)
    if (
        value is None
        or folded_word(acceptance) == "cancelled"
        or folded_word(stands) in ("cancelled", "offercancelled")
    ):
        return None
    decided = parse_instant(value_at(offer, "decidedAt")) if value != "@offer_made" else None
    return Status(value=value, label=acceptance or stands, at=min(decided or event_time, event_time))


def activity(record: Any, candidate_id: str, event_time: datetime) -> Activity | None:
    """Parse a note on an Ashby candidate as an activity. Ashby has no types of notes."""
    id, text = id_text(value_at(record, "id")), note_text(value_at(record, "content"))
    if not id:
        return None
    written = parse_instant(value_at(record, "createdAt")) or event_time
    return Activity(
        id=id,
        version=written,
        type="note: Note",
        occurred_at=written,
        text=text,
        candidate_id=candidate_id,
        mark=marker_of(text),
    )
