"""Import of checks, such as references: their dates and steps, and never a result."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications.facts.check_schemas import CheckOut, CheckPut
from app.applications.facts.checks import get_check, put_check, void_check
from app.applications.facts.fact_operations import find_by_ref
from app.applications.facts.schemas import VoidIn
from app.applications.models import check
from app.connectors.canonical_records import Check
from app.connectors.ingest.application_lookup import NotOpened, application_of
from app.connectors.ingest.application_state import former_applications
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.ingest.organisations import body_of
from app.kit.db import update_row
from app.kit.errors import Problem

_STEPS = ("prepared_at", "ready_at", "done_at", "cancelled_at")
_NO_REF = {"external_system": None, "external_id": None}


def ingest_check(context: ImportContext, record: Check) -> Outcome:
    """Record a check of a candidate, such as a reference, or new steps of a known check."""
    with context.importing("check", record) as result:
        if result and result.entity.was_deleted(record.version):
            result.skip("ignored", "it was deleted there since")
        elif result:
            at = application_of(context, record)
            if isinstance(at, NotOpened):
                result.skip("ignored", at.reason, waits_for=at.waits_for)
            else:
                _import_check(context, result, record, at)
    return result.outcome


def void_known_check(context: ImportContext, id: UUID) -> None:
    """Void a check that was deleted in the CRM."""
    try:
        void_check(context.work, id, VoidIn(reason=_deleted(context)))
    except Problem as problem:
        if problem.code != "already_voided":
            raise


def _import_check(context: ImportContext, result: RecordResult, record: Check, application_id: UUID) -> None:
    current = _current(context, result, record, application_id)
    if current is not None and current.voided_at is not None:
        result.imported(current.id, created=False, reason="it was voided here")
        return
    known_steps = _steps(current)
    new_steps = {
        name: at for name, at in _steps(record).items() if not (name in record.undated and name in known_steps)
    }
    now = context.work.now
    asked_at = current.asked_at if current and not record.asked_at else min(record.asked_at or record.version, now)
    # A check is dated before its known steps, and a new step after that.
    asked_at = min([asked_at, *(at for name, at in known_steps.items() if name not in new_steps)])
    body: dict[str, Any] = {
        "application_id": current.application_id if current else application_id,
        "kind": record.kind,
        "label": record.label,
        "result_from": record.result_from,
        "asked_at": asked_at,
        "booked_for": record.booked_for,
        "result_by": record.result_by,
    }
    body |= {name: max(min(at, now), asked_at) for name, at in new_steps.items()}
    made, is_new = put_check(context.work, context.loaded.ref(record.id), body_of(CheckPut, **body))
    result.imported(made.id, is_new)


def _steps(source: Check | CheckOut | None) -> dict[str, datetime]:
    """Return the steps that a check has taken, as a mapping of field name to instant."""
    found = {name: getattr(source, name, None) for name in _STEPS}
    return {name: at for name, at in found.items() if at is not None}


def _current(context: ImportContext, result: RecordResult, record: Check, application_id: UUID) -> CheckOut | None:
    """Return the check with the record's external id. Return None if the record has to become a new check.

    The result is None if no check has that id. A check that the CRM restored, or moved to another application, becomes
    a new check too. The old check then loses its external reference, and a moved one is voided. A transfer of the
    application to another job leaves the check on the former application.
    """
    row = find_by_ref(context.work, check, context.loaded.ref(record.id))
    if row is None:
        return None
    is_former = str(row["application_id"]) in former_applications(context, record.application_id)
    moved = row["application_id"] != application_id and not is_former and record.application_id is not None
    restored = row["void_reason"] == _deleted(context) and result.entity.was_restored(record.version)
    if not (moved or restored):
        return get_check(context.work, row["id"])
    if row["voided_at"] is None:
        void_check(context.work, row["id"], VoidIn(reason=f"Moved in {context.loaded.name}"[:200]))
    update_row(context.work.conn, check, context.work.agency_id, row["id"], _NO_REF)
    return None


def _deleted(context: ImportContext) -> str:
    return f"Deleted in {context.loaded.name}"[:200]
