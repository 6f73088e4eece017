"""The status of a Greenhouse application: a stage, an offer that is out or answered, or its end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from app.connectors.canonical_records import Status
from app.connectors.crm.greenhouse import payload_parsers as read
from app.connectors.parsing import mapping, parse_instant, value_at
from app.connectors.toolkit import latest_instant
from app.connectors.vendor_vocabulary import Vocabulary

# `active` in webhooks [V: grnhse/greenhouse-api-docs, webhooks/_introduction.md], `in_process` in v3 [T]. A prospect
# that became an application is `converted` there, and the application has its own events.
_STATUS: Mapping[str, Literal["going", "rejected", "hired"]] = {
    "active": "going",
    "inprocess": "going",
    "converted": "going",
    "rejected": "rejected",
    "hired": "hired",
}
# Webhooks [V: webhooks/_application_events.md] and v3 [T] write the same four; v1 called the first `unresolved` [V].
_OFFER: Mapping[str, str | None] = {
    "created": "@offer_made",
    "unresolved": "@offer_made",
    "accepted": "@offer_accepted",
    "rejected": "@offer_declined",
    "deprecated": None,
}
_LABELS = {"@offer_made": "Offer sent", "@offer_accepted": "Offer accepted", "@offer_declined": "Offer declined"}


def outcome(application: Any, words: Vocabulary) -> Literal["going", "rejected", "hired"]:
    """Return `going` for a Greenhouse application in progress, else how it ended: `rejected` or `hired`."""
    return words.read("application status", value_at(application, "status"), _STATUS, "going")


def version(application: Any, event_time: datetime) -> datetime:
    """Return when a Greenhouse application was last changed, as Harvest says. Without such a time, return the time of
    the event.
    """
    return latest_instant(value_at(application, "updated_at"), value_at(application, "last_activity_at")) or event_time


def hired(since: datetime) -> Status:
    """Return the status of an application that ended with a hire at this time."""
    return Status(value="@hired", label="Hired", at=since)


def current_status(state: Any, event_time: datetime, words: Vocabulary) -> Status | None:
    """Return the status of a Greenhouse application. `state` holds its stage, offer and rejection reason, as
    `client.states` returns them.
    """
    application = value_at(state, "application")
    changed = version(application, event_time)
    match outcome(application, words):
        case "rejected":
            since = parse_instant(value_at(application, "rejected_at")) or changed
            return read.rejection(value_at(state, "rejection_reason"), since, words)
        case "hired":
            return hired(changed)
    return in_stage(application, state, changed, words)


def in_stage(application: Any, state: Any, changed: datetime, words: Vocabulary) -> Status | None:
    """Return the stage of a Greenhouse application in progress, or its offer if that is newer.

    An offer does not change the stage, so an update of any other field must not undo it.
    """
    current = value_at(state, "stage")
    since = parse_instant(value_at(current, "entered_at")) or changed
    named = {"job_interview_stage_id": value_at(current, "job_interview_stage_id"), **mapping(application)}
    stage, offer = read.stage(named, since), offered(value_at(state, "offer"), changed, words)
    return offer if offer and (stage is None or offer.at >= since) else stage


def offered(offer: Any, event_time: datetime, words: Vocabulary) -> Status | None:
    """Return the status of a Greenhouse offer that was sent or answered. Return None for an unsent or replaced
    offer.
    """
    value = words.read("offer status", value_at(offer, "offer_status") or value_at(offer, "status"), _OFFER, None)
    resolved, sent = (
        parse_instant(value_at(offer, "resolved_at")) or event_time,
        parse_instant(value_at(offer, "sent_on")),
    )
    if value is None or (value == "@offer_made" and sent is None):
        return None
    # `sent_on` is a day: the offer was out by its end.
    since = sent + timedelta(days=1) if value == "@offer_made" and sent else resolved
    return Status(value=value, label=_LABELS[value], at=min(since, event_time))
