"""Reading SmartRecruiters page by page: polls and backfills."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Page, Stream
from app.connectors.parsing import at, digest, instant, line, sequence

STREAMS = (Stream("candidates"), Stream("jobs"))


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> Asking[Page]:
    """A hundred candidates by the API's page id, or a hundred jobs by their offset."""
    place = "pageId" if stream == "candidates" else "offset"
    told = line(cursor.get("place"), 500)
    query = {"updatedAfter": since.isoformat(), "limit": "100"}
    reply = yield Ask(stream, {**query, place: told} if told else query)
    things = [thing for thing in sequence(at(reply.document, "content")) if isinstance(thing, Mapping)]
    kind = stream.removesuffix("s")
    items = [
        Event(
            f"{kind}:{digest(json.dumps(thing, sort_keys=True).encode())}",
            f"fetched.{kind}",
            {**thing, "fetched_at": now.isoformat()},
            instant(thing.get("updatedOn")),
        )
        for thing in things
    ]
    if stream == "candidates":
        further = line(at(reply.document, "nextPageId"), 500)
    else:
        further = str(int(told or 0) + len(things)) if len(things) == 100 else None
    more = bool(things) and further is not None
    return Page(items, {"place": further} if more else {}, more)
