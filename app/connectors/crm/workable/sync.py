"""Sync of Workable: polls and backfills."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.crm.workable import records
from app.connectors.parsing import folded_word, mappings, one_line, parse_instant, sequence, value_at
from app.connectors.toolkit import fetched_event, page_of
from app.connectors.url_paths import path_below, safe_segment

_QUARTER = timedelta(minutes=15)
_BOOKED_AHEAD = timedelta(days=14)
"""How long before now an interview can have begun and still be read again: interviews are moved and cancelled late."""
_MAX_PAGES = 5
"""The largest number of pages that are read of one candidate's activities, a hundred on each."""
_LISTED = {"activities": "candidates", "job_changes": "jobs"}
"""The name of the list in Workable's API that a stream reads, if the two names differ."""
STREAMS = (
    Stream("jobs"),
    Stream("job_changes", backfill=False, every=_QUARTER),
    Stream("candidates"),
    Stream("events", every=_QUARTER),
    Stream("activities", every=_QUARTER),
)


def page(stream: str, since: datetime, cursor: Mapping[str, Any], address: str, now: datetime) -> ApiExchange[SyncPage]:
    """Return one sync page of Workable. The next page is fetched by the link that Workable returns."""
    listed = _LISTED.get(stream, stream)
    query = {"limit": "10" if stream == "activities" else "100"}
    match stream:
        case "candidates" | "activities" | "job_changes":
            query["updated_after"] = since.isoformat()
        case "events":
            query |= {"start_date": (since - _BOOKED_AHEAD).date().isoformat(), "include_cancelled": "true"}
    next_page = one_line(cursor.get("next"), 2000)
    response = yield ApiRequest(next_page or listed, {} if next_page else query)
    things = mappings(value_at(response.document, listed))
    if stream == "activities":
        items: list[InboundEvent] = []
        for thing in things:
            items += yield from _activities(thing, address, now)
    else:
        items = [_item(listed.removesuffix("s"), thing, now) for thing in things]
    further = value_at(response.document, "paging", "next")
    # Links to other addresses are not followed: the token goes with every request.
    following = further if path_below(address, further) and things else None
    return page_of(items, "next", following)


def _activities(candidate: Mapping[str, Any], address: str, now: datetime) -> ApiExchange[list[InboundEvent]]:
    """Return an event for each comment and message about a Workable candidate, of all pages."""
    if (id := safe_segment(candidate.get("id"))) is None:
        return []
    items: list[InboundEvent] = []
    path, query = f"candidates/{id}/activities", {"limit": "100"}
    for _ in range(_MAX_PAGES):
        response = yield ApiRequest(path, query)
        items += [
            _item("activity", {**thing, "candidate": {"id": id}}, now)
            for thing in sequence(value_at(response.document, "activities"))
            if isinstance(thing, Mapping) and folded_word(thing.get("action")) in records.ACTIVITIES
        ]
        further = value_at(response.document, "paging", "next")
        if not path_below(address, further):
            break
        path, query = further, {}
    return items


def _item(kind: str, document: Mapping[str, Any], now: datetime) -> InboundEvent:
    """Return the event of a fetched object, keyed by its content: the same content is stored only once.

    Calendar events and jobs without a time of change are stored once a day. An object that was moved back has the same
    content as before.
    """
    changed = parse_instant(document.get("updated_at"))
    also = {"day": now.date().isoformat()} if kind in ("event", "job") and changed is None else {}
    return fetched_event(kind, document, now, changed, **also)
