"""Milestones of Greenhouse's offers: the written offer and the agreed first day.

Fields [V: grnhse/greenhouse-api-docs, webhooks and harvest/_offers.md]: `sent_on` or `sent_at` is the day on which the
offer was sent to the candidate. `resolved_at` is when it was answered. `start_date` or `starts_at` is the day on which
the candidate starts. Harvest v3 writes `sent_on` and `starts_on` [T]. The stage "Offer" is no evidence of either.
"""

from datetime import datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Gone, Milestone
from app.connectors.parsing import folded_word, noon_of, parse_day, parse_instant, value_at

_ANSWERED = ("accepted",)
_SENT = ("created", "unresolved", "accepted", "rejected")
"""A deprecated offer was replaced by a new version, which may have to be sent again."""


def milestones(application_id: str, offer: Any, event_time: datetime, *, is_current: bool) -> list[AnyRecord]:
    """Return the milestones that the offer of a Greenhouse application proves. An application has one current offer.

    `is_current` says that Harvest has this offer now. Milestones that the offer no longer proves are then withdrawn.
    The offer in a webhook may be out of date.
    """
    if not offer:
        return []
    version = (parse_instant(value_at(offer, "updated_at")) if is_current else None) or event_time
    state = folded_word(value_at(offer, "offer_status") or value_at(offer, "status"))
    sent_on = parse_day(value_at(offer, "sent_on") or value_at(offer, "sent_at"))
    starts_on = parse_day(value_at(offer, "start_date") or value_at(offer, "starts_at") or value_at(offer, "starts_on"))
    written, agreed = f"{application_id}:written_offer", f"{application_id}:start_agreed"
    proved: dict[str, AnyRecord] = {}
    if sent_on and state in _SENT:
        proved[written] = Milestone(
            id=written,
            version=version,
            application_id=application_id,
            kind="written_offer",
            at=noon_of(sent_on),
            at_is_day=True,
        )
    if starts_on and state in _ANSWERED:
        proved[agreed] = Milestone(
            id=agreed,
            version=version,
            application_id=application_id,
            kind="start_agreed",
            at=parse_instant(value_at(offer, "resolved_at")),
            on=starts_on,
        )
    withdrawn = [id for id in (written, agreed) if is_current and id not in proved]
    return [*proved.values(), *(Gone(kind="milestone", id=id, version=version) for id in withdrawn)]


def of_hire(application_id: str, offer: Any, event_time: datetime) -> list[AnyRecord]:
    """Return the milestones of the offer in a hire event. The offer has no status there, and counts as accepted [V]."""
    accepted = {**offer, "status": "accepted"} if isinstance(offer, dict) else None
    return milestones(application_id, accepted, event_time, is_current=False)


def withdrawn(application_id: str, event_time: datetime) -> list[AnyRecord]:
    """Return deletions of both milestones of an application that has no offer any more: the written offer and the first
    day.
    """
    kinds = ("written_offer", "start_agreed")
    return [Gone(kind="milestone", id=f"{application_id}:{kind}", version=event_time) for kind in kinds]
