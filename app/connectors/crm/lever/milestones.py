"""Milestones of Lever's offers: the written offer and the signed first day.

Offers capture the data sent to a candidate. Their statuses are draft, approval-sent, approved, sent (through Lever),
sent-manually (outside of Lever), opened, denied and signed. `sentAt` is when the offer was sent, and `signatures` say
when each was made. The field `anticipated_start_date` is the first day [V, Lever's documentation, "Offers"]. Which
signature is the candidate's is not said [U]: the last one counts.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.connectors.canonical_records import AnyRecord, Gone, Milestone
from app.connectors.parsing import folded_word, id_text, mapping, one_line, parse_day, parse_instant, sequence, value_at
from app.connectors.vendor_vocabulary import Vocabulary

# Whether an offer of this status was sent to the candidate [V].
_SENT: Mapping[str, bool] = {
    "draft": False,
    "approvalsent": False,
    "approved": False,
    "sent": True,
    "sentmanually": True,
    "opened": True,
    "denied": True,
    "signed": True,
}
_MAY_BE_ACCEPTED = ("sent", "sentmanually", "opened")
"""The statuses of an offer that was sent. The candidate can accept such an offer outside of Lever, which does not
record that.
"""
_OLDEST = datetime.min.replace(tzinfo=UTC)


def milestones(
    opportunity: str, offers: Sequence[Any], version: datetime, words: Vocabulary, *, is_hired: bool = False
) -> list[AnyRecord]:
    """Return the milestones of an opportunity's newest offer, and deletions of the milestones that the opportunity no
    longer has.
    """
    offer = max(offers, key=lambda each: parse_instant(value_at(each, "createdAt")) or _OLDEST, default=None)
    if not mapping(offer):
        return []
    status = folded_word(value_at(offer, "status"))
    written, agreed = f"{opportunity}:written_offer", f"{opportunity}:start_agreed"
    proved: list[AnyRecord] = []
    if words.read("offer status", value_at(offer, "status"), _SENT, False):
        sent_at = parse_instant(value_at(offer, "sentAt"))
        proved.append(
            Milestone(id=written, version=version, application_id=opportunity, kind="written_offer", at=sent_at)
        )
    else:
        proved.append(Gone(kind="milestone", id=written, version=version))
    starts_on = _first_day(offer)
    if starts_on and (status == "signed" or is_hired):
        proved.append(
            Milestone(
                id=agreed,
                version=version,
                application_id=opportunity,
                kind="start_agreed",
                at=_signed_at(offer),
                on=starts_on,
            )
        )
    elif status not in _MAY_BE_ACCEPTED:
        proved.append(Gone(kind="milestone", id=agreed, version=version))
    return proved


def of_fetched(document: Any, event_time: datetime, words: Vocabulary) -> list[AnyRecord]:
    """Return the milestones of an opportunity whose offers a sync has fetched."""
    opportunity, moment = id_text(value_at(document, "opportunity")), parse_instant(value_at(document, "fetched_at"))
    if opportunity is None:
        return []
    return milestones(opportunity, sequence(value_at(document, "offers")), max(event_time, moment or event_time), words)


def _first_day(offer: Any) -> Any:
    fields = {
        one_line(value_at(each, "identifier"), 80): value_at(each, "value")
        for each in sequence(value_at(offer, "fields"))
    }
    return parse_day(fields.get("anticipated_start_date"))


def _signed_at(offer: Any) -> datetime | None:
    signatures = [*mapping(value_at(offer, "signatures")).values(), *sequence(value_at(offer, "signatures"))]
    return max((time for each in signatures if (time := parse_instant(value_at(each, "signedAt")))), default=None)
