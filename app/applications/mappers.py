"""Mappers from a row's fields, as `history_query` names them, to facts of the rules, and to flag and action rows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.rules.history import (
    Check,
    Commitment,
    Interaction,
    Interview,
    KeepWarmMark,
    Milestone,
    OtherContact,
    Revision,
    Transition,
    Waiver,
)


def instant(text: str) -> datetime:
    """Parse an ISO text to an instant."""
    return datetime.fromisoformat(text)


def maybe_instant(text: str | None) -> datetime | None:
    """Parse an ISO text to an instant. Return None for None or an empty text."""
    return datetime.fromisoformat(text) if text else None


def maybe_day(text: str | None) -> date | None:
    """Parse an ISO text to a date. Return None for None or an empty text."""
    return date.fromisoformat(text) if text else None


def interaction_fact(
    id: str,
    at: str,
    sender: str,
    receiver: str,
    channel: str,
    purpose: str,
    two_way: Any,
    automatic: Any,
    in_reply_to: str | None,
    expects_reply: Any,
    interview_id: str | None,
) -> Interaction:
    """Convert the fields of an interaction's row to the interaction type of the rules."""
    return Interaction(
        id,
        instant(at),
        sender,
        receiver,
        channel,
        purpose,
        bool(two_way),
        bool(automatic),
        in_reply_to,
        None if expects_reply is None else bool(expects_reply),
        interview_id,
    )


def interview_fact(
    id: str, booked_at: str, starts_at: str, ends_at: str, round: int, status: str, status_at: str | None
) -> Interview:
    """Convert the fields of an interview's row to the interview type of the rules."""
    return Interview(
        id, instant(booked_at), instant(starts_at), instant(ends_at), round, status, maybe_instant(status_at)
    )


def revision_fact(
    id: str, stated_at: str, stated_by: str, decision_by: str | None, contact_from: str | None, recorded_at: str
) -> Revision:
    """Convert the fields of a timeline revision's row to the revision type of the rules."""
    return Revision(
        id, instant(stated_at), stated_by, maybe_day(decision_by), maybe_day(contact_from), f"{recorded_at} {id}"
    )


def commitment_fact(
    id: str,
    owed_by: str,
    made_at: str,
    due_on: str,
    fulfilled_at: str | None,
    cancelled_at: str | None,
    description: str,
) -> Commitment:
    """Convert the fields of a commitment's row to the commitment type of the rules."""
    return Commitment(
        id,
        owed_by,
        instant(made_at),
        date.fromisoformat(due_on),
        maybe_instant(fulfilled_at),
        maybe_instant(cancelled_at),
        description,
    )


def transition_fact(id: str, to: str, at: str, reason: str | None, recorded_at: str) -> Transition:
    """Convert the fields of a transition's row to the transition type of the rules."""
    return Transition(id, to, instant(at), f"{recorded_at} {id}", reason)


def waiver_fact(id: str, interview_id: str, at: str) -> Waiver:
    """Convert the fields of a waiver's row to the waiver type of the rules."""
    return Waiver(id, interview_id, instant(at))


def other_contact(id: str, at: str) -> OtherContact:
    """Convert an interaction on another application of the same candidate to the type that the rules take."""
    return OtherContact(id, instant(at))


def check_fact(
    id: str,
    kind: str,
    result_from: str,
    asked_at: str,
    booked_for: str | None,
    prepared_at: str | None,
    ready_at: str | None,
    result_by: str | None,
    done_at: str | None,
    cancelled_at: str | None,
) -> Check:
    """Convert the fields of a check's row to the check type of the rules."""
    return Check(
        id,
        kind,
        result_from,
        instant(asked_at),
        maybe_instant(booked_for),
        maybe_instant(prepared_at),
        maybe_instant(ready_at),
        maybe_day(result_by),
        maybe_instant(done_at),
        maybe_instant(cancelled_at),
    )


def milestone_fact(id: str, kind: str, at: str, on: str | None, recorded_at: str) -> Milestone:
    """Convert the fields of a milestone's row to the milestone type of the rules."""
    return Milestone(id, kind, instant(at), maybe_day(on), f"{recorded_at} {id}")


def keep_warm_fact(id: str, at: str, until: str, ended_at: str | None, recorded_at: str) -> KeepWarmMark:
    """Convert the fields of a keep-warm mark's row to the mark type of the rules."""
    return KeepWarmMark(id, instant(at), date.fromisoformat(until), maybe_instant(ended_at), f"{recorded_at} {id}")


def flag_row(
    id: str,
    kind: str,
    severity: str,
    since: str,
    evidence: Any,
    detail: Any,
    steps: Any,
    state: str,
    snoozed_until: str | None,
    dismissed_evidence: Any,
) -> dict[str, Any]:
    """Return a mapping of the columns of a stored flag, which a reassessment compares with the flag found now."""
    return {
        "id": UUID(id),
        "kind": kind,
        "severity": severity,
        "since": instant(since),
        "evidence": evidence,
        "detail": detail,
        "steps": steps,
        "state": state,
        "snoozed_until": maybe_instant(snoozed_until),
        "dismissed_evidence": dismissed_evidence or [],
    }


def action_row(
    id: str,
    kind: str,
    subject: str,
    opens_at: str,
    due_at: str,
    detail: Any,
    hidden_until: str | None,
    recruiter_id: str | None,
    interview_id: str | None,
    urgency: int,
) -> dict[str, Any]:
    """Return a mapping of the columns of a stored action, which a reassessment compares with the action found now."""
    return {
        "id": UUID(id),
        "kind": kind,
        "subject": subject,
        "opens_at": instant(opens_at),
        "due_at": instant(due_at),
        "detail": detail,
        "hidden_until": maybe_instant(hidden_until),
        "recruiter_id": recruiter_id and UUID(recruiter_id),
        "interview_id": interview_id and UUID(interview_id),
        "urgency": urgency,
    }
