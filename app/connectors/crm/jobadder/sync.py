"""Sync of JobAdder: records that changed since a date, deleted records, and the check for suspended webhooks."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.connectors.contract import Account, ApiError, ApiExchange, ApiRequest, InboundEvent, Stream, SyncPage
from app.connectors.crm.jobadder.client import RESOURCES, after, listing, rows_of
from app.connectors.crm.jobadder.records import DELETED
from app.connectors.parsing import content_digest, id_text, one_line, parse_instant, value_at

_OFTEN, _NOW_AND_THEN, _HOURLY = timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)

# There are no events of creation, of notes and of interviews that move, and those of a suspended webhook are lost. The
# polls make it complete; the webhooks make it quick.
STREAMS = (
    Stream("webhooks", backfill=False, every=_OFTEN, watches=True),
    Stream("companies", every=_HOURLY),
    Stream("contacts", every=_HOURLY),
    Stream("candidates", every=_HOURLY),
    Stream("jobs", every=_HOURLY),
    Stream("applications", every=_NOW_AND_THEN),
    Stream("interviews", every=_NOW_AND_THEN),
    Stream("notes", every=_OFTEN),
    Stream("placements", every=_NOW_AND_THEN),
    Stream("deleted", backfill=False, every=_HOURLY),
)
_PASSES = ("CreatedAt", "UpdatedAt")
"""The two filters by time, used one after the other. Whether a record that was never updated has an updatedAt is not
published.
"""


def changed(stream: str, since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return a page of JobAdder records that were created or changed."""
    nth, offset, before = (_count(cursor.get(part)) for part in ("pass", "offset", "total"))
    started = parse_instant(cursor.get("since")) or since
    by = _PASSES[min(nth, len(_PASSES) - 1)]
    response = yield listing(stream, {by: after(started)}, offset)
    rows, total = rows_of(response, stream), _count(value_at(response.document, "totalCount"))
    if total and not rows and not offset:
        raise ApiError(f"JobAdder has {total} {stream} and shows none: check what the connected user may read.")
    items = [_fetched(stream, row) for row in rows]
    next_cursor = {"since": started.isoformat(), "pass": nth, "total": total}
    if total < before and offset:
        # A record left the list, and the rest moved up: read from the start; known versions are not stored twice.
        return SyncPage(items, {**next_cursor, "offset": 0}, more=True)
    if rows and offset + len(rows) < total:
        return SyncPage(items, {**next_cursor, "offset": offset + len(rows)}, more=True)
    if nth + 1 < len(_PASSES):
        return SyncPage(items, {**next_cursor, "pass": nth + 1, "offset": 0, "total": 0}, more=True)
    return SyncPage(items)


def deleted(since: datetime, cursor: Mapping[str, Any]) -> ApiExchange[SyncPage]:
    """Return one list of JobAdder records that were deleted in the last 14 days."""
    nth, resources = _count(cursor.get("list")), list(DELETED)
    resource = resources[min(nth, len(resources) - 1)]
    response = yield ApiRequest(f"{resource}/deleted")
    items = []
    for row in rows_of(response, f"{resource}/deleted") if response.ok else ():
        id, deleted_at = id_text(value_at(row, DELETED[resource][1])), parse_instant(value_at(row, "deletedAt"))
        if id and deleted_at and deleted_at >= since:
            items.append(InboundEvent(f"deleted:{resource}:{id}", f"deleted.{resource}", row, deleted_at))
    more = nth + 1 < len(resources)
    return SyncPage(items, {"list": nth + 1} if more else {}, more=more)


def watch_webhooks(account: Account) -> ApiExchange[SyncPage]:
    """Enable our webhooks that JobAdder suspended after ten failures in an hour. Their events of that time are lost."""
    response = yield ApiRequest("webhooks", {"Status": "Suspended"}, expects=())
    suspended = False
    for webhook in rows_of(response, "webhooks"):
        id = id_text(value_at(webhook, "webhookId"))
        if not (id and id.replace("-", "").isalnum() and _ours(webhook, account)):
            continue
        body = {
            part: value_at(webhook, part)
            for part in ("name", "events", "url", "eventFilters")
            if value_at(webhook, part)
        }
        if account.hook_secret:
            body["authorization"] = f"Bearer {account.hook_secret}"
        yield ApiRequest(f"webhooks/{id}", method="PUT", json={**body, "status": "Enabled"}, expects=())
        suspended = True
    return SyncPage(suspended=suspended)


def _ours(webhook: Any, account: Account) -> bool:
    """Return True if a JobAdder webhook sends to us. Webhooks of other programs stay suspended: the agency may have
    suspended them on purpose.
    """
    return account.hook_path is not None and (one_line(value_at(webhook, "url"), 2000) or "").endswith(
        account.hook_path
    )


def _fetched(resource: str, row: Mapping[str, Any]) -> InboundEvent:
    version = parse_instant(value_at(row, "updatedAt")) or parse_instant(value_at(row, "createdAt"))
    id = id_text(row.get(RESOURCES[resource].field)) or content_digest(repr(row).encode("utf-8", "replace"))
    if resource == "interviews":
        id = f"{id}-{id_text(value_at(row, 'interviewee', 'applicationId')) or ''}"
    return InboundEvent(
        f"{resource}:{id}:{version.isoformat() if version else ''}", f"fetched.{resource}", row, version
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else 0
