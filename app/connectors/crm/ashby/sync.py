"""Sync of Ashby: lists of a hundred, and the notes of every candidate with an active application."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import ApiExchange, InboundEvent, Stream, SyncPage
from app.connectors.crm.ashby.client import call, cursor_of, list_all
from app.connectors.parsing import id_text, parse_instant, sequence, value_at
from app.connectors.toolkit import fetched_version, page_of

# Notes can be listed by candidate only: those of the active applications are read once an hour.
STREAMS = (
    Stream("jobs"),
    Stream("applications"),
    Stream("interviews"),
    Stream("notes", every=timedelta(hours=1)),
)
_LISTS = {
    "jobs": ("job.list", "job"),
    "applications": ("application.list", "application"),
    "interviews": ("interviewSchedule.list", "interview"),
}
_PAGE = 100
_CANDIDATES_AT_ONCE = 10


def page(stream: str, since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return one sync page of an Ashby stream. The next cursor is `{cursor}`, Ashby's own; that of notes also has
    `waiting`, the applications whose notes come next.
    """
    if stream == "notes":
        return (yield from _notes(since, cursor))
    method, what = _LISTS[stream]
    expanded = {"expand": ["openings"]} if what == "job" else {}
    answer = yield from list_all(method, {**_limited(cursor.get("cursor")), **expanded})
    # Lists filter by the time of creation, but old records may still be active: all are read, and old ones dropped.
    items = [_event(what, each) for each in sequence(answer.get("results")) if what == "job" or _matters(each, since)]
    return page_of(items, "cursor", cursor_of(answer))


def _limited(cursor: Any) -> dict[str, Any]:
    return {"limit": _PAGE, **({"cursor": cursor} if cursor else {})}


def _matters(record: Any, since: datetime) -> bool:
    """Return True if an Ashby record is active, was changed since `since`, or has an interview that ends later."""
    changed = parse_instant(value_at(record, "updatedAt"))
    ends = (parse_instant(value_at(each, "endTime")) for each in sequence(value_at(record, "interviewEvents")))
    return (
        value_at(record, "status") == "Active"
        or changed is None
        or changed >= since
        or any(e and e >= since for e in ends)
    )


def _event(what: str, record: Any) -> InboundEvent:
    return fetched_version(what, record, record, value_at(record, "updatedAt"))


def _notes(since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return the notes of a few waiting candidates. If none is waiting, read the next page of active applications."""
    waiting = list(cursor.get("waiting", ()))
    following = cursor.get("cursor")
    if not waiting and not cursor.get("last"):
        answer = yield from list_all("application.list", {**_limited(following), "status": "Active"})
        waiting = [
            _outlined(each) for each in sequence(answer.get("results")) if id_text(value_at(each, "candidate", "id"))
        ]
        following = cursor_of(answer)
        return _step((), waiting, following)
    items = []
    for application in waiting[:_CANDIDATES_AT_ONCE]:
        items += yield from _notes_of(application, since)
    return _step(items, waiting[_CANDIDATES_AT_ONCE:], following)


def _step(items: Any, waiting: list[Any], following: str | None) -> SyncPage:
    if not waiting and following is None:
        return SyncPage(items)
    left = {"cursor": following, "waiting": waiting, "last": following is None}
    return SyncPage(items, left, more=True)


def _outlined(application: Any) -> Mapping[str, Any]:
    """Return the fields of an Ashby application that are stored beside the notes of its candidate."""
    kept = ("id", "createdAt", "updatedAt", "candidate", "job", "hiringTeam")
    return {name: value_at(application, name) for name in kept}


def _notes_of(application: Mapping[str, Any], since: datetime) -> ApiExchange[list[InboundEvent]]:
    items: list[InboundEvent] = []
    following: str | None = None
    while True:
        body = {"candidateId": value_at(application, "candidate", "id"), **_limited(following)}
        answer = yield from call("candidate.listNotes", body)
        for note in sequence(answer.get("results")):
            written = parse_instant(value_at(note, "createdAt"))
            if written and written >= since:
                document = {"note": note, "application": application}
                items.append(InboundEvent(f"note:{id_text(value_at(note, 'id'))}", "fetched.note", document, written))
        following = cursor_of(answer)
        if following is None:
            return items
