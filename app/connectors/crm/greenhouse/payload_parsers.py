"""Parsers that turn one JSON object of Greenhouse into a canonical record, from webhooks and from Harvest v3."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from app.connectors.canonical_records import Activity, Application, Candidate, ClientContact, Interview, Job, Status
from app.connectors.parsing import (
    folded_word,
    full_name,
    id_text,
    note_text,
    one_line,
    parse_addresses,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)
from app.connectors.toolkit import first_value, latest_instant, marker_of
from app.connectors.vendor_vocabulary import Vocabulary

# Harvest v3 [T: a client's reading of its reference] and v1 [V: grnhse/greenhouse-api-docs, harvest/_jobs.md]. A draft
# is not hired for yet.
_JOB_STATUS: Mapping[str, Literal["open", "on_hold", "closed"]] = {
    "open": "open",
    "closed": "closed",
    "draft": "on_hold",
}
# The nine of webhooks [V: webhooks/_candidate_events.md] and of v3 [T]. None: it has no time yet, or is a take-home
# test.
_INTERVIEW_STATUS: Mapping[str, Literal["scheduled", "completed", "cancelled"] | None] = {
    "scheduled": "scheduled",
    "awaitingfeedback": "scheduled",
    "collectfeedback": "scheduled",
    "complete": "completed",
    "skipped": "cancelled",
    "tobescheduled": None,
    "tobesent": None,
    "sent": None,
    "received": None,
}
# By name in webhooks [V: harvest/_rejection_reasons.md]; by key in v3, which has the fourth [T].
_REJECTION: Mapping[str, str] = {
    "theyrejectedus": "@withdrawn",
    "werejectedthem": "@rejected",
    "nonespecified": "@rejected",
    "securityconcern": "@rejected",
}
# Types of v3's notes that Greenhouse writes by itself, or that are no communication [T]. People write the others: NOTE,
# EMAIL, INTERVIEW, FOLLOW_UP, TAKE_HOME_TEST, LINKEDIN_NOTE, LINKEDIN_INMAIL, TOUCHPOINT, FEEDBACK.
_FEED = ("activity", "migrationerror", "availabilityrequest", "form")


def candidate(record: Any, version: datetime) -> Candidate | None:
    """Parse a Greenhouse candidate. Return None if the id or the name is missing."""
    id, called = (
        id_text(value_at(record, "id")),
        full_name(value_at(record, "first_name"), value_at(record, "last_name")),
    )
    if not (id and called):
        return None
    emails = (parse_email(value_at(each, "value")) for each in sequence(value_at(record, "email_addresses")))
    phones = (one_line(value_at(each, "value")) for each in sequence(value_at(record, "phone_numbers")))
    return Candidate(
        id=id,
        version=latest_instant(value_at(record, "updated_at")) or version,
        name=called,
        email=first_value(emails),
        phone=first_value(phones),
    )


def job(record: Any, version: datetime, words: Vocabulary, openings: Sequence[Any] = ()) -> Job | None:
    """Parse a Greenhouse job. Return None if the id or the name is missing. The `openings` of a closed job say whether
    it was filled or is on hold.
    """
    id, title = id_text(value_at(record, "id")), one_line(value_at(record, "name"))
    if not (id and title):
        return None
    status: Literal["open", "on_hold", "filled", "closed"] | None
    status = words.read("job status", value_at(record, "status"), _JOB_STATUS, None)
    since = {
        "open": parse_instant(value_at(record, "opened_at")),
        "closed": parse_instant(value_at(record, "closed_at")),
    }.get(status or "")
    if status == "closed":
        status = _closed(openings)
    changed = latest_instant(value_at(record, "updated_at")) or version
    return Job(id=id, version=changed, title=title, status=status, status_at=since)


def _closed(openings: Sequence[Any]) -> Literal["on_hold", "filled", "closed"]:
    """Return how a Greenhouse job was closed. The job was filled if every opening names a hire [T].

    `On Hold` is a close reason that Greenhouse gives as an example [T].
    """
    unfilled = [each for each in openings if not id_text(value_at(each, "application_id"))]
    if openings and not unfilled:
        return "filled"
    held = unfilled and all(folded_word(value_at(each, "close_reason")) == "onhold" for each in unfilled)
    return "on_hold" if held else "closed"


def hiring_manager(user: Any, version: datetime) -> ClientContact | None:
    """Parse a Greenhouse user, who works for the employer, as a client contact."""
    id = id_text(value_at(user, "id"))
    called = one_line(value_at(user, "name")) or full_name(value_at(user, "first_name"), value_at(user, "last_name"))
    if not (id and called):
        return None
    changed = latest_instant(value_at(user, "updated_at")) or version
    return ClientContact(
        id=id, version=changed, name=called, email=parse_email(value_at(user, "primary_email")), role="hiring_manager"
    )


def stage(record: Any, since: datetime, reason: str | None = None) -> Status | None:
    """Return the stage of an application, from a webhook or from Harvest v3. Its value is the stage's id in the job's
    interview plan.
    """
    label = one_line(value_at(record, "current_stage", "name")) or one_line(value_at(record, "stage_name"))
    value = (
        id_text(value_at(record, "current_stage", "id")) or id_text(value_at(record, "job_interview_stage_id")) or label
    )
    return Status(value=value, label=label, at=since, reason=reason) if value else None


def rejection(reason: Any, since: datetime, words: Vocabulary) -> Status:
    """Return the status of a rejection. The type of its reason says whether the candidate or the employer ended the
    application.
    """
    kind = one_line(value_at(reason, "type", "key")) or one_line(value_at(reason, "type", "name"))
    value = words.read("rejection reason type", kind, _REJECTION, "@rejected")
    label = "Withdrawn" if value == "@withdrawn" else "Rejected"
    return Status(value=value, label=label, at=since, reason=one_line(value_at(reason, "name")))


def applied(record: Any, version: datetime, status: Status | None) -> Application | None:
    """Parse an application of Harvest v3. Return None for a prospect, who has applied for no job."""
    id, person, vacancy = (id_text(value_at(record, field)) for field in ("id", "candidate_id", "job_id"))
    if not (id and person and vacancy) or value_at(record, "prospect") is True:
        return None
    return Application(id=id, version=version, candidate_id=person, job_id=vacancy, status=status)


def interview(record: Any, version: datetime, words: Vocabulary) -> Interview | None:
    """Parse an interview of Harvest v3. Return None for an interview without a time of day."""
    id, application = id_text(value_at(record, "id")), id_text(value_at(record, "application_id"))
    starts, ends = parse_instant(value_at(record, "starts_at")), parse_instant(value_at(record, "ends_at"))
    status = words.read("interview status", value_at(record, "status"), _INTERVIEW_STATUS, "scheduled")
    if not (id and application and status and starts and ends and starts <= ends):
        return None
    changed = latest_instant(value_at(record, "updated_at")) or version
    return Interview(
        id=id,
        version=changed,
        application_id=application,
        starts_at=starts,
        ends_at=ends,
        booked_at=parse_instant(value_at(record, "scheduled_at")),
        status=status,
        status_at=changed if status == "cancelled" else None,
    )


def activity(record: Any, person: Any, version: datetime) -> Activity | None:
    """Parse a note or a logged email of Greenhouse. Return None for entries that Greenhouse creates automatically."""
    id, kind = id_text(value_at(record, "id")), one_line(value_at(record, "type"), 80)
    application, owner = id_text(value_at(record, "application_id")), id_text(value_at(record, "candidate_id"))
    if not (id and kind and owner) or folded_word(kind) in _FEED:
        return None
    text = note_text(value_at(record, "body")) or one_line(value_at(record, "subject"), 1_000)
    is_email = folded_word(kind) == "email"
    direction = _direction(record, person) if is_email else None
    return Activity(
        id=id,
        version=latest_instant(value_at(record, "updated_at"), value_at(record, "created_at")) or version,
        type="email: EMAIL" if is_email else f"note: {kind}",
        occurred_at=parse_instant(value_at(record, "created_at")) or version,
        text=text,
        application_id=application,
        candidate_id=owner,
        direction=direction,
        party="candidate" if direction else None,
        mark=marker_of(text),
    )


def is_between_others(record: Any, person: Any) -> bool:
    """Return True for an email whose sender and recipients are known if the candidate is none of them."""
    are_known = (
        parse_addresses(value_at(record, "email_from"))
        and _recipients(record)
        and parse_addresses(value_at(person, "email_addresses"))
    )
    return folded_word(value_at(record, "type")) == "email" and bool(are_known) and _direction(record, person) is None


def _direction(record: Any, person: Any) -> Literal["in", "out"] | None:
    """Return `in` if the candidate wrote an email and `out` if the candidate received it. Return None if neither is
    known.
    """
    theirs = parse_addresses(value_at(person, "email_addresses"))
    if parse_addresses(value_at(record, "email_from")) & theirs:
        return "in"
    return "out" if _recipients(record) & theirs else None


def _recipients(record: Any) -> frozenset[str]:
    return parse_addresses(value_at(record, "email_to")) | parse_addresses(value_at(record, "email_cc"))
