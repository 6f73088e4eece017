"""Reading SmartRecruiters page by page: polls and backfills."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.connector import ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.parsing import at, digest, instant, line, sequence

STREAMS = (Stream("candidates"), Stream("jobs"))


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """A hundred candidates by the API's page id, or a hundred jobs by their offset."""
    parameter = "pageId" if stream == "candidates" else "offset"
    place = line(cursor.get("place"), 500)
    query = {"updatedAfter": since.isoformat(), "limit": "100"}
    response = yield ApiRequest(stream, {**query, parameter: place} if place else query)
    things = [thing for thing in sequence(at(response.document, "content")) if isinstance(thing, Mapping)]
    kind = stream.removesuffix("s")
    items = [
        InboundEvent(
            f"{kind}:{digest(json.dumps(thing, sort_keys=True).encode())}",
            f"fetched.{kind}",
            {**thing, "fetched_at": now.isoformat()},
            instant(thing.get("updatedOn")),
        )
        for thing in things
    ]
    if stream == "candidates":
        further = line(at(response.document, "nextPageId"), 500)
    else:
        further = str(int(place or 0) + len(things)) if len(things) == 100 else None
    more = bool(things) and further is not None
    return SyncPage(items, {"place": further} if more else {}, more)
