"""Transfers: an application that keeps its id in the CRM and changes its job."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.applications.facts.stages import end_application, follow_crm_stage
from app.applications.models import application
from app.applications.queries import get_application
from app.connectors.canonical_records import Application
from app.connectors.ingest.application_state import status_of
from app.connectors.ingest.import_context import ImportContext
from app.connectors.loaded_connection import move_ref
from app.kit.db import update_row
from app.rules.stages import ENDED


def is_transfer(context: ImportContext, state: Mapping[str, Any] | None, id: UUID, record: Application) -> bool:
    """Return True if a record of a known application names another job than before.

    Raise MissingEntity if that job is not known yet: the event waits for it.
    """
    if state is not None and state["job_id"] == record.job_id:
        return False
    if state is None and context.states.find_id("job", record.job_id) is None:
        return False
    return context.states.require_id("job", record.job_id) != get_application(context.work, id).job_id


def transfer(
    context: ImportContext, state: Mapping[str, Any] | None, id: UUID, record: Application
) -> tuple[Mapping[str, Any], Application]:
    """End the application on the former job and release its external reference for the one on the new job.

    Return the state and the record to continue with, as of an application that is not opened yet.
    """
    former = get_application(context.work, id)
    at = min(record.version, context.work.now) if record.version > former.opened_at else context.work.now
    reason = f"Transferred to another job in {context.loaded.name}"[:200]
    ref = move_ref(context.loaded, "transferred", str(id), at.isoformat())
    if former.stage not in ENDED and follow_crm_stage(context.work, id, ref, "cancelled", at, reason) is not None:
        end_application(context.work, id, "cancelled", reason)
    freed = move_ref(context.loaded, record.id, "until", at.isoformat())
    update_row(context.work.conn, application, context.work.agency_id, id, {"external_id": freed.id})
    kept = (state or {}).get("status")
    last = None if kept is None else status_of(kept)
    if record.status is None:
        record = replace(record, status=last and replace(last, at=at))
    elif last is not None and record.status.at <= last.at:
        record = replace(record, status=replace(record.status, at=at))
    return {"former": [*(state or {}).get("former", []), str(id)]}, record
