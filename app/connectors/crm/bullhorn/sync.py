"""Sync of Bullhorn: its event queue, which is emptied by reading, and all records that changed since a date."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import Account, ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.crm.bullhorn.client import FIELDS, REFERENCE, add_attendees, add_history, refuse_errors, rows_of
from app.connectors.crm.bullhorn.reference_checks import rows_without_names
from app.connectors.parsing import content_digest, id_text, mapping, one_line, parse_instant, sequence, value_at
from app.connectors.toolkit import whole_id

KEPT = timedelta(days=7)
"""How long Bullhorn stores unread events (rest-api-docs, event subscription)."""
MAX_QUEUED_EVENTS = 100
"""The largest number of events that one read of the queue returns."""
_MAX_REPEATED_READS = 5
"""The most batches that are read again in a row. One at a time can be lost, as each is stored before the next is read.
"""
_PAGE = 100
STREAMS = (
    Stream("events", backfill=False, every=timedelta(minutes=1), watches=True),
    Stream("organisations"),
    Stream("contacts"),
    Stream("candidates"),
    Stream("jobs"),
    Stream("applications"),
    Stream("interviews"),
    Stream("notes"),
    Stream("placements"),
    # An older subscription does not name references: they are polled.
    Stream("references", every=timedelta(minutes=15)),
)
_ENTITIES = {
    "organisations": "ClientCorporation",
    "contacts": "ClientContact",
    "candidates": "Candidate",
    "jobs": "JobOrder",
    "applications": "JobSubmission",
    "interviews": "Appointment",
    "notes": "Note",
    "placements": "Placement",
    "references": "CandidateReference",
}
_BY_QUERY = ("JobSubmission", "Appointment", "Placement", "ClientCorporation", "CandidateReference")
"""The entities that are queried by their fields [V: sdk-rest, QueryEntity]; all others are searched for."""
_INDEXED: Mapping[str, tuple[str, tuple[str, ...]]] = {"Note": ("noteID", ("dateAdded",))}
"""The fields of id and dates of an index that differ from the entity's.

The index of notes has noteID in place of id and no dateLastModified [V: sdk-rest, note-searchfields.txt; dataloader,
FindUtil]: an event reports changes of old notes. If an index of another entity has no dateLastModified [T: clients
search by it], it has dateAdded [V: the other searchfields files]. A field that an index does not have matches nothing.
"""


def queued(cursor: Mapping[str, Any], account: Account, now: datetime) -> ApiExchange[SyncPage]:
    """Read the event queue, or a batch that was read before and never stored.

    Reading empties the queue. The cursor names the last request whose batch was stored. If Bullhorn has answered a
    later one, that batch was lost and is read again first.
    """
    mine = account.settings.get("subscription_id") or "keepwarm"
    path, kept = f"event/subscription/{mine}", _whole(cursor.get("request"))
    polled_at = parse_instant(cursor.get("polled_at"))
    missed = polled_at is not None and now - polled_at > KEPT
    # The answer for a missing subscription is not published.
    absent = (400, 404) if polled_at else (400, 404, 500)
    response = yield ApiRequest(f"{path}/lastRequestId", expects=absent)
    last = _whole(value_at(response.document, "result")) if response.ok else None
    next_cursor: dict[str, Any] = {"polled_at": now.isoformat()}
    if last is None:
        query = {"type": "entity", "names": ",".join(FIELDS), "eventTypes": "INSERTED,UPDATED,DELETED"}
        made = yield ApiRequest(path, query, method="PUT", expects=())
        next_cursor["request"] = _whole(value_at(made.document, "lastRequestId")) or 0
        return SyncPage(cursor=next_cursor, suspended=polled_at is not None)
    if kept is None:
        kept = max(last - 1, 0)  # the reader of the latest batch may have failed before it stored it
    elif last < kept:
        missed, kept = True, last  # the subscription was created again, and its queue with it
    # Whether a second read counts as a request of its own is not published, so it must not go on for ever.
    tries = _whole(cursor.get("again")) or 0
    lost = last > kept and tries < _MAX_REPEATED_READS
    again = {"requestId": str(kept + 1)} if lost else {}
    response = yield ApiRequest(
        path, {"maxEvents": str(MAX_QUEUED_EVENTS), **again}, expects=(400, 404) if lost else ()
    )
    if response.ok:
        refuse_errors(response, "the events of its subscription")
    events = [event for event in sequence(value_at(response.document, "events")) if mapping(event)]
    items = sorted((_item(mine, event) for event in events), key=_occurred_at)
    if lost:
        next_cursor |= {"request": kept + 1, "again": tries + 1 if events else _MAX_REPEATED_READS}
        return SyncPage(items, next_cursor, more=True, suspended=missed or not response.ok)
    next_cursor["request"] = max(kept, last, _whole(value_at(response.document, "requestId")) or 0)
    return SyncPage(items, next_cursor, more=len(events) >= MAX_QUEUED_EVENTS, suspended=missed)


def changed(stream: str, since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return a page of Bullhorn records that changed since a date, ordered by id: then a change moves no row to another
    page."""
    entity, after = _ENTITIES[stream], _whole(cursor.get("after")) or 0
    ask = _ask(entity, since, after)
    rows = (yield from rows_without_names(ask)) if stream == "references" else rows_of((yield ask), ask.path)
    reached = max([number for row in rows if (number := _whole(value_at(row, "id"))) is not None], default=after)
    if entity == "JobSubmission":
        rows = yield from add_history(rows)
    elif entity == "Appointment":
        rows = yield from add_attendees(rows)
    # An empty page ends the stream, and not a short one: a server may return fewer rows than requested.
    more = reached > after
    return SyncPage([_fetched(entity, row) for row in rows], {"after": reached} if more else {}, more=more)


def _ask(entity: str, since: datetime, after: int) -> ApiRequest:
    fields = {"fields": FIELDS.get(entity, REFERENCE), "count": str(_PAGE // 2 if entity == "JobSubmission" else _PAGE)}
    if entity in _BY_QUERY:
        where = f"dateLastModified>={int(since.timestamp() * 1000)} AND id>{after}"
        return ApiRequest(f"query/{entity}", {"where": where, "orderBy": "id", **fields}, expects=())
    # The zone of the index's times is not published: a day earlier holds in every zone.
    id, dates = _INDEXED.get(entity, ("id", ("dateLastModified", "dateAdded")))
    stamp = f"{since - timedelta(days=1):%Y%m%d%H%M%S}"
    span = " OR ".join(f"{date}:[{stamp} TO *]" for date in dates)
    query = f"({span}) AND {id}:[{after + 1} TO *]"
    return ApiRequest(f"search/{entity}", {"query": query, "sort": id, **fields}, expects=())


def _item(subscription: str, event: Mapping[str, Any]) -> InboundEvent:
    """Return an event of Bullhorn's queue, keyed by all its fields. Its eventId alone is no key: the official test data
    repeats an eventId within one batch.
    """
    parts = [event.get(part) for part in ("eventId", "entityName", "entityId", "entityEventType", "eventTimestamp")]
    values = [id_text(part) or "" for part in parts]
    key = (
        ":".join([subscription, *values])
        if values[0]
        else content_digest(repr(sorted(event.items())).encode("utf-8", "replace"))
    )
    return InboundEvent(key, f"event.{values[1]}.{values[3]}"[:80], event, parse_instant(event.get("eventTimestamp")))


def _occurred_at(item: InboundEvent) -> float:
    return item.occurred_at.timestamp() if item.occurred_at else 0


def _fetched(entity: str, row: Mapping[str, Any]) -> InboundEvent:
    version = parse_instant(value_at(row, "dateLastModified"))
    key = f"{entity}:{id_text(value_at(row, 'id'))}:{one_line(version.isoformat()) if version else ''}"
    return InboundEvent(key, f"fetched.{entity}", row, version)


def _whole(value: Any) -> int | None:
    id = whole_id(value)
    return int(id) if id else None
