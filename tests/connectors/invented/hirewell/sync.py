"""Sync of Hirewell: people and placements, a hundred at a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import ApiError, ApiExchange, ApiRequest, Stream, SyncPage
from app.connectors.parsing import mappings, one_line, parse_instant, value_at
from app.connectors.toolkit import fetched_event, page_of

STREAMS = (Stream("people"), Stream("placements", every=timedelta(minutes=15)))
_KINDS = {"people": "person", "placements": "placement"}


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return the page at Hirewell's own cursor."""
    query = {"changed_since": since.isoformat(), "limit": "100"}
    if after := one_line(cursor.get("after"), 500):
        query["after"] = after
    response = yield ApiRequest(stream, query, expects=())
    if not isinstance(value_at(response.document, "items"), list):
        raise ApiError(f"Hirewell answered {stream} without a list.")
    items = [
        fetched_event(_KINDS[stream], item, now, parse_instant(item.get("changed_at")))
        for item in mappings(value_at(response.document, "items"))
    ]
    return page_of(items, "after", one_line(value_at(response.document, "next"), 500))
