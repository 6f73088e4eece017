"""Sync of Recruitee: polls and backfills."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, Stream, SyncPage
from app.connectors.crm.recruitee.applications import moment
from app.connectors.parsing import mappings, value_at
from app.connectors.toolkit import fetched_event, page_of

_HELD_LATELY, _BOOKED_AHEAD = timedelta(days=14), timedelta(days=90)
"""The days around now whose interviews are read again: they are moved and cancelled late."""
_LISTED = {"offers": "offers", "candidates": "candidates", "interviews": "interview/events"}
_A_PAGE = 100
STREAMS = (Stream("offers"), Stream("candidates"), Stream("interviews", every=timedelta(minutes=15)))


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return one sync page of Recruitee: a hundred candidates by offset, or a hundred offers or interviews by page
    number.
    """
    step = count if isinstance(count := cursor.get("step"), int) and count > 0 else 0
    query = {"limit": str(_A_PAGE)}
    match stream:
        case "interviews":
            first, last = min(since, now) - _HELD_LATELY, now + _BOOKED_AHEAD
            days = {"start_date": first.date().isoformat(), "end_date": last.date().isoformat()}
            query |= {"page": str(step + 1), "scope": "all", "status": "all", **days}
        case "candidates":
            query |= {"offset": str(step * _A_PAGE), "created_after": since.date().isoformat()}
        case _:  # jobs have pages since December 2025, and had an offset before [T]
            query |= {"page": str(step + 1), "offset": str(step * _A_PAGE)}
    response = yield ApiRequest(_LISTED[stream], query)
    listed = "interview_events" if stream == "interviews" else stream
    things = mappings(value_at(response.document, listed))
    kind = stream.removesuffix("s")
    items = [fetched_event(kind, thing, now, moment(thing.get("updated_at"))) for thing in things]
    return page_of(items, "step", step + 1 if len(things) == _A_PAGE else None)
