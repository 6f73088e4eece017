"""Sync of Harvest v3: each page of fifty is fetched with its applications, candidates and jobs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.crm.greenhouse.client import (
    MAX_IDS_PER_REQUEST,
    bundles,
    by_ids,
    cursor_of,
    listed,
    openings,
    states,
)
from app.connectors.parsing import id_text, value_at
from app.connectors.toolkit import fetched_version, page_of

# There is no webhook of interviews and notes.
_OFTEN = timedelta(minutes=5)
STREAMS = (
    Stream("jobs"),
    Stream("applications"),
    Stream("interviews", every=_OFTEN),
    Stream("notes", every=_OFTEN),
)


def page(stream: str, since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return the next sync page of a Harvest stream. The cursor is `{cursor}`, Greenhouse's own; a request with a
    cursor has no other parameter.
    """
    if cursor.get("cursor"):
        query = {"cursor": str(cursor["cursor"])}
    else:
        start = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"updated_at": f"gte|{start}", "per_page": str(MAX_IDS_PER_REQUEST)}
    response = yield ApiRequest(f"/{stream}", query, expects=())
    found = listed(response)
    match stream:
        case "jobs":
            closed = yield from openings(found)
            items = [
                _event("job", each, {"job": each, "openings": closed.get(id_text(value_at(each, "id")) or "", [])})
                for each in found
            ]
        case "applications":
            items = yield from _applications(found)
        case _:
            items = yield from _with_application(stream.removesuffix("s"), found)
    return page_of(items, "cursor", cursor_of(response))


def _event(what: str, record: Any, document: Mapping[str, Any]) -> InboundEvent:
    return fetched_version(what, record, document, value_at(record, "updated_at"))


def _applications(found: Any) -> ApiExchange[list[InboundEvent]]:
    """Return an event for each Harvest application, with its present stage, its offer and its rejection reason."""
    known = yield from states((yield from bundles(value_at(each, "id") for each in found)))
    return [
        _event("application", each, known.get(id_text(value_at(each, "id")) or "", {"application": each}))
        for each in found
    ]


def _with_application(what: str, found: Any) -> ApiExchange[list[InboundEvent]]:
    known = yield from bundles(value_at(each, "application_id") for each in found)
    alone = [value_at(each, "candidate_id") for each in found if not id_text(value_at(each, "application_id"))]
    people = yield from by_ids("candidates", alone)
    items = []
    for each in found:
        around = known.get(id_text(value_at(each, "application_id")) or "")
        around = around or {"candidate": people.get(id_text(value_at(each, "candidate_id")) or "")}
        items.append(_event(what, each, {what: each, **around}))
    return items
