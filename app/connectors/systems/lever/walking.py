"""Walking through Lever: postings, opportunities, and the panels and notes that hang on opportunities."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Page, Reply
from app.connectors.paths import segment
from app.connectors.reading import at, digest, ident, instant, line, mapping, sequence

_FEW = "10"
"""Opportunities a step where each is asked for what hangs on it: eleven requests, at ten a second."""


def page(stream: str, since: datetime, cursor: Mapping[str, Any], /) -> Asking[Page]:
    """One step: a page of what changed since, by Lever's offset token."""
    hanging = stream if stream in ("panels", "notes") else None
    listed = "postings" if stream == "postings" else "opportunities"
    query = {"updated_at_start": str(int(since.timestamp() * 1000)), "limit": _FEW if hanging else "100"}
    query |= {"expand": "hiringManager"} if stream == "postings" else {"expand": "applications"}
    if offset := line(cursor.get("offset"), 500):
        query["offset"] = offset
    reply = yield Ask(listed, query)
    things = [thing for thing in sequence(at(reply.document, "data")) if isinstance(thing, Mapping)]
    items: list[Event] = []
    if stream == "opportunities":
        stages, reasons = (yield from _named("stages")), (yield from _named("archive_reasons"))
        things = [_with_names(thing, stages, reasons) for thing in things]
    for thing in things:
        if hanging:
            items += yield from _hanging(hanging, thing)
        else:
            items.append(_item(stream.removesuffix("s") if stream == "postings" else "opportunity", thing, thing))
    offset = line(at(reply.document, "next"), 500)
    more = at(reply.document, "hasNext") is True and offset is not None
    return Page(items, {"offset": offset} if more else {}, more)


def _hanging(collection: str, opportunity: Mapping[str, Any]) -> Asking[list[Event]]:
    """The panels or notes of an opportunity, each with what of the opportunity it is told with."""
    if (id := segment(opportunity.get("id"))) is None:
        return []
    reply = yield Ask(f"opportunities/{id}/{collection}")
    owner: Any = id if collection == "panels" else {"id": id, "contact": opportunity.get("contact")}
    one = collection.removesuffix("s")
    return [
        _item(one, {one: thing, "opportunity": owner}, opportunity)
        for thing in sequence(at(reply.document, "data"))
        if isinstance(thing, Mapping)
    ]


def _item(kind: str, document: Mapping[str, Any], dated_by: Mapping[str, Any]) -> Event:
    """Kept once for what it says: panels and notes carry no time of their last change."""
    said = digest(json.dumps(document, sort_keys=True).encode())
    return Event(f"{kind}:{said}", f"fetched.{kind}", dict(document), instant(dated_by.get("updatedAt")))


def _named(collection: str) -> Asking[dict[str, Any]]:
    """All stages or archive reasons by their ids, so that a walk asks for them once a page and not once a thing."""
    reply: Reply = yield Ask(collection, {"limit": "100"}, expects=(403, 404))
    things = sequence(at(reply.document, "data")) if reply.found else ()
    return {id: thing for thing in things if (id := ident(at(thing, "id")))}


def _with_names(thing: Mapping[str, Any], stages: Mapping[str, Any], reasons: Mapping[str, Any]) -> dict[str, Any]:
    """The opportunity with its stage and archive reason written out, as Lever itself expands them."""
    stage, archived = thing.get("stage"), mapping(thing.get("archived"))
    reason = archived.get("reason")
    told = {**thing, "stage": stages.get(str(stage), stage)}
    return {**told, "archived": {**archived, "reason": reasons.get(str(reason), reason)}} if archived else told
