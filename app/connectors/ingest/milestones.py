"""Import of milestones: the dated steps between the offer and the first day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import MAX_AHEAD
from app.applications.facts.fact_operations import find_by_ref
from app.applications.facts.milestone_schemas import MilestonePut
from app.applications.facts.milestones import put_milestone, void_milestone
from app.applications.facts.schemas import VoidIn
from app.applications.models import milestone
from app.connectors.canonical_records import Milestone
from app.connectors.ingest.application_lookup import NotOpened, application_of
from app.connectors.ingest.application_state import former_applications
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.parsing import content_digest
from app.kit.errors import Problem


def ingest_milestone(context: ImportContext, record: Milestone) -> Outcome:
    """Record a milestone, correct it, or record a moved first day."""
    with context.importing("milestone", record) as result:
        if result and result.entity.was_deleted(record.version):
            result.skip("ignored", "it was withdrawn there since")
        elif result and record.at is not None and record.at > context.work.now + MAX_AHEAD and not record.at_is_day:
            result.skip("ignored", "it is in the future and will be applied then", until=record.at)
        elif result:
            at = application_of(context, record)
            if isinstance(at, NotOpened):
                result.skip("ignored", at.reason, waits_for=at.waits_for)
            else:
                _import_milestone(context, result, record, at)
    return result.outcome


def withdraw_milestone(context: ImportContext, external_id: str, detail: Mapping[str, Any] | None) -> UUID | None:
    """Void all milestones of one CRM id that the CRM has withdrawn. Return the id of the last one, or None if there is
    none.

    A first day that was moved has several milestones: the former days are voided too.
    """
    found: UUID | None = None
    for name in (detail or {}).get("refs", [external_id]):
        row = find_by_ref(context.work, milestone, context.loaded.ref(name))
        if row is not None:
            _void(context, row, _withdrawn(context))
            found = row["id"]
    return found


def _import_milestone(context: ImportContext, result: RecordResult, record: Milestone, application_id: UUID) -> None:
    """Import the changes of a new version of a milestone. A milestone that a person voided here stays voided until the
    CRM changes it."""
    before = result.entity.detail or {}
    refs = [*before.get("refs", ())]
    row = find_by_ref(context.work, milestone, context.loaded.ref(refs[-1] if refs else record.id))
    if row is None:
        _record(context, result, record, application_id, record.id, record.at or record.version)
        return
    is_known = _same(before, record)
    restored = row["void_reason"] == _withdrawn(context) and result.entity.was_restored(record.version)
    if str(row["application_id"]) in former_applications(context, record.application_id) and is_known:
        # It was recorded before the application was transferred to another job.
        result.imported(row["id"], created=False)
    elif restored or row["application_id"] != application_id or (row["voided_at"] is not None and not is_known):
        if row["application_id"] != application_id:
            _void(context, row, f"Moved in {context.loaded.name}")
        _record(context, result, record, application_id, _next_id(record), record.at or record.version)
    elif is_known:
        voided = "it was voided here" if row["voided_at"] is not None else None
        result.imported(row["id"], created=False, reason=voided)
    elif before.get("on") != _text(record.on) and (moved_at := _moved_at(before, record)) >= row["at"]:
        # The first day was moved: the former agreement stays in the history.
        _record(context, result, record, application_id, _next_id(record), moved_at)
    else:
        _record(context, result, record, application_id, refs[-1], record.at or row["at"])


def _moved_at(before: Mapping[str, Any], record: Milestone) -> datetime:
    """Return when a first day was moved: the time that the CRM states, else the version of the record."""
    return record.at if record.at and _text(record.at) != before.get("at") else record.version


def _record(
    context: ImportContext,
    result: RecordResult,
    record: Milestone,
    application_id: UUID,
    external_id: str,
    happened_at: datetime,
) -> None:
    body = {
        "application_id": application_id,
        "kind": record.kind,
        "at": min(happened_at, context.work.now),
        "on": record.on,
    }
    made, is_new = put_milestone(context.work, context.loaded.ref(external_id), MilestonePut.model_validate(body))
    refs = [*dict.fromkeys([*(result.entity.detail or {}).get("refs", ()), external_id])]
    detail = {"refs": refs, "kind": record.kind, "at": _text(record.at), "on": _text(record.on)}
    context.states.update("milestone", record.id, detail=detail)
    result.imported(made.id, is_new)


def _same(before: Mapping[str, Any], record: Milestone) -> bool:
    """Return True if a new version of a milestone equals the stored one. A version without a time keeps the stored
    time.
    """
    at = _text(record.at) if record.at is not None else before.get("at")
    return (before.get("kind"), before.get("at"), before.get("on")) == (record.kind, at, _text(record.on))


def _next_id(record: Milestone) -> str:
    """Return the external id for a further milestone of the same CRM id, made of that id and the record's version."""
    name = f"{record.id}@{record.version.isoformat()}"
    return name if len(name) <= 200 else f"hash:{content_digest(name.encode())}"


def _withdrawn(context: ImportContext) -> str:
    return f"Withdrawn in {context.loaded.name}"[:200]


def _void(context: ImportContext, row: sa.RowMapping, reason: str) -> None:
    try:
        void_milestone(context.work, row["id"], VoidIn(reason=reason[:200]))
    except Problem as problem:
        if problem.code != "already_voided":
            raise


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat()
