"""Import of interviews. An interview opens its application if that is not open yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications.facts.interviews import change_interview, get_interview, put_interview
from app.applications.facts.schemas import InterviewChange, InterviewPut
from app.applications.models import interview
from app.applications.queries import get_application
from app.connectors.canonical_records import Interview
from app.connectors.ingest.application_state import former_applications
from app.connectors.ingest.applications import (
    application_key,
    find_application,
    find_external_application,
    has_ended,
    open_for_interview,
    opening_key,
    reopening_key,
)
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.ingest.sync_state import MissingEntity
from app.kit.db import update_row
from app.kit.errors import Problem


def ingest_interview(context: ImportContext, record: Interview) -> Outcome:
    """Book, move, cancel or complete an interview."""
    with context.importing("interview", record) as result:
        if result and _is_outdated(context, record):
            result.skip("older", "a newer version of the whole round is known")
        elif result:
            at = _application(context, record)
            if isinstance(at, _NotWatched):
                result.skip("ignored", at.reason, waits_for=at.waits_for)
            elif at is None:
                waits_for = record.candidate_id and application_key(context, record.candidate_id)
                result.skip("ignored", "no application of this candidate is in progress", waits_for=waits_for)
            else:
                at = _resolve_application(context, record, at)
                body = _body(context, result, record, at)
                if result.entity.was_deleted(record.version):
                    body |= {"status": "cancelled", "status_at": result.entity.deleted_at}
                _book(context, result, at, InterviewPut.model_validate(body))
    return result.outcome


def _is_outdated(context: ImportContext, record: Interview) -> bool:
    """Return True if a newer version or deletion of the interview round is stored. This day may then no longer
    exist.
    """
    if record.part_of is None:
        return False
    whole = context.states.lock("interview", record.part_of)
    return whole.is_newer_than(record.version) or whole.was_deleted(record.version)


def _resolve_application(context: ImportContext, record: Interview, at: UUID) -> UUID:
    """Return the application of an interview. Cancel it on the former application if the CRM has moved it.

    An interview that was held before a transfer to another job stays with the former application.
    """
    known = context.states.find_id("interview", record.id)
    before = None if known is None else get_interview(context.work, known)
    if before is None or before.application_id == at:
        return at
    former = get_application(context.work, before.application_id)
    if str(former.id) in former_applications(context, record.application_id) and before.ends_at <= former.stage_since:
        return former.id
    if before.status == "scheduled":
        past = min(record.version, context.work.now)
        change_interview(context.work, before.id, InterviewChange(status="cancelled", status_at=past))
    update_row(
        context.work.conn, interview, context.work.agency_id, before.id, {"external_system": None, "external_id": None}
    )
    return at


@dataclass(frozen=True, slots=True)
class _NotWatched:
    """The reason why an interview opens no application, with the wait key for it."""

    reason: str
    waits_for: str


def _book(context: ImportContext, result: RecordResult, at: UUID, body: InterviewPut) -> None:
    try:
        made, is_new = put_interview(context.work, context.loaded.ref(result.record.id), body)
    except Problem as problem:
        if problem.code != "application_ended":
            raise
        result.skip("ignored", "the application had ended by then", waits_for=reopening_key(at))
    else:
        result.imported(made.id, is_new)


def _open_application(context: ImportContext, record: Interview, external_id: str) -> UUID | _NotWatched:
    """Open the application of an interview, unless the interview is cancelled or the application had ended."""
    booked_at = min(_booked_at(context, record), record.starts_at)
    if record.status == "cancelled":
        return _NotWatched("an interview that is called off opens nothing", opening_key("application", external_id))
    if has_ended(context, external_id, booked_at):
        return _NotWatched("the application had ended by then", opening_key("application", external_id))
    found = open_for_interview(context, external_id, booked_at)
    if found is None:
        raise MissingEntity("application", external_id)
    return found


def _application(context: ImportContext, record: Interview) -> UUID | _NotWatched | None:
    """Return the application of an interview, opened if it is known. Raise MissingEntity if it is unknown."""
    if record.application_id is not None:
        return context.states.find_id("application", record.application_id) or _open_application(
            context, record, record.application_id
        )
    if record.candidate_id is None:
        return None
    candidate_id = context.states.require_id("candidate", record.candidate_id)
    job_id = None if record.job_id is None else context.states.require_id("job", record.job_id)
    found = find_application(context, candidate_id, job_id)
    if found is None and record.job_id is not None:
        external_id = find_external_application(context, record.candidate_id, record.job_id)
        return None if external_id is None else _open_application(context, record, external_id)
    return found


def _body(context: ImportContext, result: RecordResult, record: Interview, application_id: UUID) -> dict[str, Any]:
    known = context.states.find_id("interview", record.id) is not None
    body: dict[str, Any] = {
        "application_id": application_id,
        "starts_at": record.starts_at,
        "ends_at": max(record.starts_at, record.ends_at),
    }
    if record.kind is not None:
        body["kind"] = record.kind
    if (status := context.changed_status(result, record.status)) is not None or not known:
        body["status"] = status or record.status or "scheduled"
        if record.status_at is not None:
            body["status_at"] = _past(context, record.status_at)
    elif result.entity.was_restored(record.version):
        body["status"] = "scheduled"
    if record.booked_at is not None or not known:
        body["booked_at"] = _booked_at(context, record)
    return body


def _booked_at(context: ImportContext, record: Interview) -> datetime:
    """Return when an interview was booked; if the CRM does not say, the time of its version."""
    return min(record.booked_at or min(record.version, record.starts_at), context.work.now)


def _past(context: ImportContext, at: datetime | None) -> datetime | None:
    """Return the instant, or now if it lies in the future: the clock of a CRM may be ahead."""
    return None if at is None else min(at, context.work.now)
