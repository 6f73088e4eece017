"""Sync of SmartRecruiters: polls and backfills."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, Stream, SyncPage
from app.connectors.parsing import at, instant, line, mappings
from app.connectors.toolkit import fetched_event, page_of

STREAMS = (Stream("candidates"), Stream("jobs"))


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return a hundred candidates by the API's page id, or a hundred jobs by their offset."""
    parameter = "pageId" if stream == "candidates" else "offset"
    place = line(cursor.get("place"), 500)
    query = {"updatedAfter": since.isoformat(), "limit": "100"}
    response = yield ApiRequest(stream, {**query, parameter: place} if place else query)
    things = mappings(at(response.document, "content"))
    kind = stream.removesuffix("s")
    items = [fetched_event(kind, thing, now, instant(thing.get("updatedOn"))) for thing in things]
    if stream == "candidates":
        further = line(at(response.document, "nextPageId"), 500)
    else:
        further = str(int(place or 0) + len(things)) if len(things) == 100 else None
    return page_of(items, "place", further if things else None)
