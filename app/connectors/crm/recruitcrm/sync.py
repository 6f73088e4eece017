"""Sync of Recruit CRM: lists and searches page by page, and the candidates of one job after another."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from app.connectors.contract import ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.crm.recruitcrm.client import has_next, rows_of
from app.connectors.parsing import id_text, parse_instant, value_at
from app.connectors.toolkit import page_of

# An operator reports missed deliveries: what can be searched by its date is polled.
_AGAIN = timedelta(hours=1)
STREAMS = (
    Stream("companies"),
    Stream("contacts"),
    Stream("candidates", every=_AGAIN),
    Stream("jobs"),
    Stream("applications"),
    Stream("meetings", every=_AGAIN),
    Stream("notes", every=_AGAIN),
    Stream("calls", every=_AGAIN),
    # A meeting is sent as it is planned, and counts as a contact once it was held, which has no event.
    Stream("held", backfill=False, every=_AGAIN),
)

# Lists have everything, so that every referenced company, contact and job is known; searches go by date.
_LISTS = {"companies": ("companies", "company"), "contacts": ("contacts", "contact"), "jobs": ("jobs", "job")}
_SEARCHES = {
    "candidates": ("candidates", "candidate"),
    "meetings": ("meetings", "meeting"),
    "notes": ("notes", "note"),
    "calls": ("call-logs", "calllog"),
}
_NEWEST_FIRST = {"sort_by": "updatedon", "sort_order": "desc"}
_CLOSED = ("0", "3")


def page(stream: str, since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return the next sync page. The cursor is `{page}`; for applications, which are read job by job, `{page, jobs,
    part}`.
    """
    if stream == "applications":
        return (yield from _applications(since, cursor, now))
    number = cursor.get("page", 1)
    if stream == "held":
        return (yield from _held(since, number, now))
    if stream in _LISTS:
        folder, what = _LISTS[stream]
        response = yield ApiRequest(f"/v1/{folder}", {"limit": "100", "page": str(number)}, expects=())
    else:
        folder, what = _SEARCHES[stream]
        query = {"updated_from": since.date().isoformat(), "page": str(number)}
        response = yield ApiRequest(f"/v1/{folder}/search", query, expects=())
    items = [_event(what, record) for record in rows_of(response, folder)]
    return page_of(items, "page", number + 1 if has_next(response) else None)


def _held(since: datetime, number: int, now: datetime) -> ApiExchange[SyncPage]:
    days = {"starting_from": since.date().isoformat(), "starting_to": now.date().isoformat()}
    response = yield ApiRequest("/v1/meetings/search", {**days, "page": str(number)}, expects=())
    meetings = [record for record in rows_of(response, "meetings") if _is_over(record, now)]
    items = [replace(event, key=f"{event.key}:held") for event in (_event("meeting", each) for each in meetings)]
    return page_of(items, "page", number + 1 if has_next(response) else None)


def _is_over(meeting: Any, now: datetime) -> bool:
    ends = parse_instant(value_at(meeting, "end_date")) or parse_instant(value_at(meeting, "start_date"))
    return ends is not None and ends <= now


def _event(what: str, record: Any) -> InboundEvent:
    id = id_text(value_at(record, "slug")) or id_text(value_at(record, "id")) or "unknown"
    changed = parse_instant(value_at(record, "updated_on")) or parse_instant(value_at(record, "created_on"))
    return InboundEvent(f"{what}:{id}:{value_at(record, 'updated_on')}", f"fetched.{what}", record, changed)


def _applications(since: datetime, cursor: Mapping[str, Any], now: datetime) -> ApiExchange[SyncPage]:
    """Return the candidates of the next job with their stages, a hundred a request. Recruit CRM has no list of
    applications.
    """
    waiting, number = list(cursor.get("jobs", ())), cursor.get("page", 1)
    if not waiting:
        query = {"limit": "100", "page": str(number), **_NEWEST_FIRST}
        response = yield ApiRequest("/v1/jobs", query, expects=())
        waiting = [slug for job in rows_of(response, "jobs") if (slug := _worth_a_look(job, since))]
        number = number + 1 if has_next(response) else None
        return _step((), waiting, number)
    part = cursor.get("part", 1)
    path = f"/v1/jobs/{quote(waiting[0], safe='')}/assigned-candidates"
    response = yield ApiRequest(path, {"limit": "100", "page": str(part)})
    rows = rows_of(response, "assigned candidates") if response.ok else []
    items = [_assigned(waiting[0], each, now) for each in rows]
    if response.ok and has_next(response):
        return _step(items, waiting, number, part + 1)
    return _step(items, waiting[1:], number)


def _step(items: Any, waiting: list[str], number: int | None, part: int = 1) -> SyncPage:
    if not waiting and number is None:
        return SyncPage(items)
    return SyncPage(items, {"page": number, "jobs": waiting, "part": part}, more=True)


def _worth_a_look(job: Any, since: datetime) -> str | None:
    """Return the slug of a job to read. Return None if the job was closed before the sync's first day."""
    changed = parse_instant(value_at(job, "updated_on"))
    if id_text(value_at(job, "job_status", "id")) in _CLOSED and changed and changed < since:
        return None
    return id_text(value_at(job, "slug"))


def _assigned(job: str, record: Any, now: datetime) -> InboundEvent:
    """Return the event for a candidate's status on a job as of now. Recruit CRM does not say when a stage was set or
    corrected.
    """
    person, dated = id_text(value_at(record, "candidate", "slug")) or "unknown", value_at(record, "stage_date")
    status = id_text(value_at(record, "status", "status_id"))
    document = {
        "candidate": value_at(record, "candidate"),
        "job_slug": job,
        "status": value_at(record, "status"),
        "stage_date": dated,
    }
    return InboundEvent(
        f"application:{person}:{job}:{status}:{dated}:{now:%Y%m%d%H%M}", "fetched.application", document, now
    )
