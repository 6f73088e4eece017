"""Sync of SmartRecruiters: polls and backfills."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, Stream, SyncPage
from app.connectors.parsing import mappings, one_line, parse_instant, value_at
from app.connectors.toolkit import fetched_event, page_of

STREAMS = (Stream("candidates"), Stream("jobs"))


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return one sync page of SmartRecruiters: a hundred candidates by the API's page id, or a hundred jobs by
    offset.
    """
    parameter = "pageId" if stream == "candidates" else "offset"
    place = one_line(cursor.get("place"), 500)
    query = {"updatedAfter": since.isoformat(), "limit": "100"}
    response = yield ApiRequest(stream, {**query, parameter: place} if place else query)
    things = mappings(value_at(response.document, "content"))
    kind = stream.removesuffix("s")
    items = [fetched_event(kind, thing, now, parse_instant(thing.get("updatedOn"))) for thing in things]
    if stream == "candidates":
        further = one_line(value_at(response.document, "nextPageId"), 500)
    else:
        further = str(int(place or 0) + len(things)) if len(things) == 100 else None
    return page_of(items, "place", further if things else None)
