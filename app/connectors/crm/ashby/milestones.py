"""Milestones of Ashby: the first day agreed in an offer, and the written offer of a signature request.

An offer names its application, how it was answered and when (`decidedAt`), and in its latest version the first day
(`startDate`) [V: openapi/_original/ashby-openapi.yml]. Only signatureRequestUpdate, sent or completed, says that an
offer was written, with the id of the offer [V]. Its stage and its status do not.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Gone, Milestone
from app.connectors.contract import ApiExchange, Translation
from app.connectors.crm.ashby.client import call
from app.connectors.crm.ashby.payload_parsers import offered
from app.connectors.parsing import folded_word, id_text, mapping, parse_day, parse_instant, sequence, value_at
from app.connectors.vendor_vocabulary import Vocabulary

# [V: webhooks.signatureRequestUpdate, eventType].
_SIGNATURE: Mapping[str, bool] = {"sent": True, "completed": True, "cancelled": False, "deleted": False}
_OLDEST = datetime.min.replace(tzinfo=UTC)


def current_offer(offers: Sequence[Any]) -> Any:
    """Return the offer whose latest version is the newest. Return None if there are no offers."""
    return max(
        offers, key=lambda each: parse_instant(value_at(each, "latestVersion", "createdAt")) or _OLDEST, default=None
    )


def offers_of(application_id: str) -> ApiExchange[Sequence[Any]]:
    """Fetch the offers of an Ashby application. Return an empty list if the API key may not read offers."""
    answer = yield from call("offer.list", {"applicationId": application_id}, optional=True)
    return [
        each
        for each in sequence(answer.get("results"))
        if id_text(value_at(each, "applicationId")) in (None, application_id)
    ]


def milestones(
    application_id: str, offer: Any, event_time: datetime, words: Vocabulary, *, is_current: bool
) -> list[AnyRecord]:
    """Return the milestone of the first day that an Ashby offer agrees.

    `is_current` says that Ashby has this offer now. A first day that is no longer agreed is then withdrawn. The offer
    in a webhook may be out of date.
    """
    if not offer:
        return []
    id = f"{application_id}:start_agreed"
    answer, starts_on = offered(offer, event_time, words), parse_day(value_at(offer, "latestVersion", "startDate"))
    if answer is not None and answer.value == "@offer_accepted" and starts_on:
        agreed = Milestone(
            id=id,
            version=event_time,
            application_id=application_id,
            kind="start_agreed",
            at=parse_instant(value_at(offer, "decidedAt")),
            on=starts_on,
        )
        return [agreed]
    return [Gone(kind="milestone", id=id, version=event_time)] if is_current else []


def withdrawn(application_id: str, event_time: datetime) -> list[AnyRecord]:
    """Return deletions of both milestones of an application that has no offer any more: the written offer and the first
    day.
    """
    kinds = ("written_offer", "start_agreed")
    return [Gone(kind="milestone", id=f"{application_id}:{kind}", version=event_time) for kind in kinds]


def signature(data: Any, event_time: datetime, words: Vocabulary, *, connected: bool) -> ApiExchange[Translation]:
    """Return the written-offer milestone that an Ashby signature request proves. A request to sign anything except an
    offer gives no records.
    """
    offer_id, what = id_text(value_at(data, "offerId")), value_at(data, "eventType")
    if folded_word(value_at(data, "relatedEntityType")) != "offer" or offer_id is None:
        return Translation(ignored="The request is for a signature of something else than an offer.")
    is_out = words.read("signature event", what, _SIGNATURE, None)
    if is_out is None:
        return Translation(ignored="The request does not say what became of it.")
    if not connected:
        return Translation(ignored="The request names no application, and Ashby, which knows, is not connected.")
    offer = mapping((yield from call("offer.info", {"offerId": offer_id}, optional=True)).get("results"))
    application_id = id_text(offer.get("applicationId"))
    if application_id is None:
        return Translation(ignored="The offer to be signed is not, or no longer, in Ashby.")
    id = f"{application_id}:written_offer"
    if not is_out:
        return Translation([Gone(kind="milestone", id=id, version=event_time)])
    return Translation([Milestone(id=id, version=event_time, application_id=application_id, kind="written_offer")])
