"""Sync of Lever: postings, opportunities, and the panels, notes and offers of opportunities."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, InboundEvent, SyncPage
from app.connectors.crm.lever.client import listed
from app.connectors.parsing import id_text, mapping, mappings, one_line, parse_instant, value_at
from app.connectors.toolkit import fetched_event, page_of
from app.connectors.url_paths import safe_segment

_FEW = "10"
"""The number of opportunities on a page whose panels, notes or offers are read.

Each of them takes a request of its own, so a page takes eleven requests or more.
"""

_EXPECTED: Mapping[str, tuple[int, ...]] = {"offers": (403, 404)}
"""The error statuses that are accepted for a list: an older API key may read everything except offers."""


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime, /) -> ApiExchange[SyncPage]:
    """Return one sync page of Lever records that changed since a date. The cursor holds Lever's offset."""
    hanging = stream if stream in ("panels", "notes", "offers") else None
    path = "postings" if stream == "postings" else "opportunities"
    query = {"updated_at_start": str(int(since.timestamp() * 1000)), "limit": _FEW if hanging else "100"}
    query |= {"expand": "hiringManager"} if stream == "postings" else {"expand": "applications"}
    if offset := one_line(cursor.get("offset"), 500):
        query["offset"] = offset
    response = yield ApiRequest(path, query)
    things = mappings(value_at(response.document, "data"))
    items: list[InboundEvent] = []
    if stream == "opportunities":
        stages, reasons = (yield from _named("stages")), (yield from _named("archive_reasons"))
        things = [_with_names(thing, stages, reasons) for thing in things]
    for thing in things:
        if hanging:
            items += yield from _hanging(hanging, thing, now)
        else:
            items.append(_item("posting" if stream == "postings" else "opportunity", thing, thing, now))
    offset = one_line(value_at(response.document, "next"), 500)
    return page_of(items, "offset", offset if value_at(response.document, "hasNext") is True else None)


def _hanging(collection: str, opportunity: Mapping[str, Any], now: datetime) -> ApiExchange[list[InboundEvent]]:
    """Return an event for each panel, note or offer of an opportunity, with the opportunity's fields that its
    translation needs.
    """
    if (id := safe_segment(opportunity.get("id"))) is None:
        return []
    things = yield from listed(f"opportunities/{id}/{collection}", expects=_EXPECTED.get(collection, (404,)))
    if collection == "offers":
        # Only the newest offer counts, so all of them are one event.
        return [_item("offers", {"offers": list(things), "opportunity": id}, opportunity, now)] if things else []
    owner: Any = id if collection == "panels" else {"id": id, "contact": opportunity.get("contact")}
    one = collection.removesuffix("s")
    return [
        _item(one, {one: thing, "opportunity": owner}, opportunity, now)
        for thing in things or ()
        if isinstance(thing, Mapping)
    ]


def _item(kind: str, document: Mapping[str, Any], dated_by: Mapping[str, Any], now: datetime) -> InboundEvent:
    """Return the event of a fetched object, keyed by its content: the same content is stored only once.

    A panel has no time of change, and a panel that was moved back has the same content as before. A panel is therefore
    stored once for each change of its opportunity.
    """
    also = {"changed": dated_by.get("updatedAt")} if kind == "panel" else {}
    return fetched_event(kind, document, now, parse_instant(dated_by.get("updatedAt")), **also)


def _named(collection: str) -> ApiExchange[dict[str, Any]]:
    """Fetch all stages or all archive reasons of Lever. Return a mapping of id to object."""
    things = yield from listed(collection, expects=(403, 404))
    return {id: thing for thing in things or () if (id := id_text(value_at(thing, "id")))}


def _with_names(thing: Mapping[str, Any], stages: Mapping[str, Any], reasons: Mapping[str, Any]) -> dict[str, Any]:
    """Return an opportunity whose stage and archive reason are objects in place of ids, as Lever itself expands
    them.
    """
    stage, archived = thing.get("stage"), mapping(thing.get("archived"))
    reason = archived.get("reason")
    named = {**thing, "stage": stages.get(str(stage), stage)}
    return {**named, "archived": {**archived, "reason": reasons.get(str(reason), reason)}} if archived else named
