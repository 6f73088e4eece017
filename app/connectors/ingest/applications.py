"""Import of applications: opened once there is something to follow, then moved by the CRM's status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.applications.facts.fact_operations import find_by_ref
from app.applications.facts.schemas import VoidIn
from app.applications.facts.stages import follow_crm_stage, void_transition
from app.applications.models import application, transition
from app.applications.queries import get_application
from app.applications.schemas import ApplicationChange, ApplicationIn
from app.applications.service import change_application, put_application, reassign_applications
from app.connectors.canonical_records import Application, Status
from app.connectors.ingest.application_state import merged_state, ordered_by_as_of, status_of
from app.connectors.ingest.application_transfers import is_transfer, transfer
from app.connectors.ingest.import_context import ImportContext, Outcome, RecordResult
from app.connectors.loaded_connection import IGNORE, move_ref
from app.connectors.models import external_entity
from app.kit.db import update_row
from app.kit.errors import Problem
from app.kit.field_types import ExternalRef
from app.rules.stages import ENDED

_NO_REF = {"external_system": None, "external_id": None}
_NOT_OPENED = "not opened yet: it needs an interview or a status that the stage map maps to an active stage"


def ingest_application(context: ImportContext, record: Application) -> Outcome:
    """Store the owner and the status of an application, and open or move it.

    An application that cannot be opened yet is stored with its status. An earlier stage or an interview can open it
    later, and the stored status is then applied. The order of arrival therefore makes no difference.
    """
    entity = context.states.lock("application", record.id)
    record = ordered_by_as_of(entity, record)
    result = RecordResult("application", record, entity)
    id = context.states.find_id("application", record.id)
    if id is not None and not result.is_new:
        return result.outcome
    before = entity.detail
    if id is not None and is_transfer(context, before, id, record):
        before, record = transfer(context, before, id, record)
        id = None
    detail = merged_state(before, record, is_newest=result.is_new)
    context.states.update("application", record.id, detail=detail)
    if not entity.is_known:
        context.states.wake(f"application {record.id}")
        context.states.wake(application_key(context, record.candidate_id))
    if id is None:
        _open_if_watched(context, result, detail)
    else:
        if entity.was_restored(record.version):
            void_deletion(context, id, "application")
        _update_application(context, result, id, record, detail)
    if result.is_new and result.outcome.type != "unmapped":
        context.states.set_version("application", record.id, entity, record.version)
    if result.outcome.id is not None and entity.was_deleted(record.version) and entity.deleted_at is not None:
        end_deleted(context, result.outcome.id, "application", entity.deleted_at)
    return result.outcome


def opening_key(kind: Literal["application", "candidate", "job"], id: str) -> str:
    """Return the wait key of an event that needs an opened application of this kind and id."""
    return f"opening {kind} {id}"


def application_key(context: ImportContext, candidate_id: str) -> str:
    """Return the wait key of an interview whose candidate has no known application yet."""
    return f"telling candidate {context.states.resolve_merge(candidate_id)}"


def open_for_interview(context: ImportContext, external_id: str, at: datetime) -> UUID | None:
    """Open the application of an interview and apply its stored CRM status. Return its id, or None if the CRM's
    application is unknown here.
    """
    detail = context.states.lock("application", external_id).detail
    return None if detail is None else _open(context, external_id, detail, "interview_scheduled", at)


def reopening_key(id: UUID) -> str:
    """Return the wait key of an interview that was booked on an ended application."""
    return f"reopening {id}"


def has_ended(context: ImportContext, external_id: str, by: datetime) -> bool:
    """Return True if the CRM had ended an application by the time `by`. An interview of that time then does not open
    it.
    """
    detail = context.states.lock("application", external_id).detail
    status = None if not detail or detail["status"] is None else status_of(detail["status"])
    return status is not None and status.at <= by and context.loaded.stage(status) in ENDED


def end_deleted(context: ImportContext, id: UUID, what: str, at: datetime) -> None:
    """End an application because the application itself, or its candidate, was deleted in the CRM."""
    follow_crm_stage(
        context.work, id, deletion_ref(context, id, what), "cancelled", at, f"Deleted in {context.loaded.name}"[:200]
    )


CANDIDATE = "candidate"
"""The word for a candidate's deletion, in the external references of the ends that it caused."""


def restore_candidate(context: ImportContext, id: UUID) -> None:
    """Void the ends of a candidate's applications that the candidate's deletion caused: the CRM has the candidate
    again.
    """
    for application_id in applications_of(context, id):
        void_deletion(context, application_id, CANDIDATE)


def applications_of(context: ImportContext, candidate_id: UUID, *wanted: sa.ColumnElement[bool]) -> Sequence[UUID]:
    """Return the candidate's applications that meet the conditions, in the order of their creation."""
    columns = application.c
    theirs = (columns.agency_id == context.work.agency_id, columns.candidate_id == candidate_id, *wanted)
    return context.work.conn.scalars(sa.select(columns.id).where(*theirs).order_by(columns.id)).all()


def deletion_ref(context: ImportContext, id: UUID, what: str) -> ExternalRef:
    """Return the external reference of the move that ended an application because of a deletion."""
    return move_ref(context.loaded, "deleted", what, str(id))


def void_deletion(context: ImportContext, id: UUID, what: str) -> None:
    """Void the end of an application that a deletion caused. The CRM has the deleted record again, or its candidate was
    merged.
    """
    made = find_by_ref(context.work, transition, deletion_ref(context, id, what))
    if made is not None and made["voided_at"] is None:
        try:
            void_transition(
                context.work, made["id"], VoidIn(reason=f"No longer deleted in {context.loaded.name}"[:200])
            )
        except Problem as problem:
            if problem.code != "not_the_latest":
                raise
        else:  # the next deletion is another move
            update_row(context.work.conn, transition, context.work.agency_id, made["id"], _NO_REF)


def _open_if_watched(context: ImportContext, result: RecordResult, detail: Mapping[str, Any]) -> None:
    status = None if detail["status"] is None else status_of(detail["status"])
    present = result.record.status if isinstance(result.record, Application) else None
    for one in sorted((one for one in (present, status) if one is not None), key=lambda one: one.at):
        stage = context.loaded.stage(one)
        if stage not in (None, IGNORE, *ENDED):
            result.imported(_open(context, result.record.id, detail, str(stage), one.at), created=True)
            return
    if present is not None and context.loaded.stage(present) is None:
        _unmapped(result, present)
    else:
        result.skip("ignored", _NOT_OPENED)


def _open(context: ImportContext, external_id: str, detail: Mapping[str, Any], stage: str, at: datetime) -> UUID:
    body = {
        "candidate_id": context.states.require_id("candidate", detail["candidate_id"]),
        "job_id": context.states.require_id("job", detail["job_id"]),
        "recruiter_id": _recruiter(context, detail["recruiter_email"]) or context.loaded.default_recruiter_id,
        "stage": stage,
        "opened_at": min(at, context.work.now),
    }
    made, _ = put_application(context.work, context.loaded.ref(external_id), ApplicationIn.model_validate(body))
    _follow_status(context, made.id, external_id, detail)
    context.states.wake(opening_key("application", external_id))
    context.states.wake(opening_key("candidate", context.states.resolve_merge(detail["candidate_id"])))
    context.states.wake(opening_key("job", detail["job_id"]))
    return made.id


def _update_application(
    context: ImportContext, result: RecordResult, id: UUID, record: Application, detail: Mapping[str, Any]
) -> None:
    if (owner := _recruiter(context, record.recruiter_email)) is not None:
        change_application(context.work, id, ApplicationChange(recruiter_id=owner))
    whose, before = (
        context.states.find_id("candidate", record.candidate_id),
        get_application(context.work, id).candidate_id,
    )
    if whose is not None and whose != before:  # a CRM that merges two people gives what was one's to the other
        reassign_applications(context.work, before, whose, only=id)
    result.imported(id, created=False, reason=_follow_status(context, id, record.id, detail))
    if record.status is not None and context.loaded.stage(record.status) is None:
        _unmapped(result, record.status)


def _follow_status(context: ImportContext, id: UUID, external_id: str, detail: Mapping[str, Any]) -> str | None:
    """Move an application to the stage that the stage map gives for its latest CRM status. Return why that move was
    refused, else None.
    """
    status = None if detail["status"] is None else status_of(detail["status"])
    stage = None if status is None else context.loaded.stage(status)
    if status is None or stage in (None, IGNORE):
        return None
    ref = move_ref(context.loaded, external_id, str(stage), status.at.isoformat())
    reason = status.reason or f"{context.loaded.name}: {status.label or status.value}"
    current = get_application(context.work, id)
    # An interview may have opened it after it reached this status: then the status holds from the opening on.
    at = max(min(status.at, context.work.now), current.opened_at)
    not_moved = follow_crm_stage(context.work, id, ref, str(stage), at, reason[:200].strip())
    if current.stage in ENDED and stage not in ENDED:
        context.states.wake(reopening_key(id))
    return not_moved


def _unmapped(result: RecordResult, status: Status) -> None:
    word = (status.label or status.value)[:200]
    result.skip("unmapped", f"the stage map has no entry for {word!r}", ("stage", word))


def find_external_application(context: ImportContext, candidate_id: str, job_id: str) -> str | None:
    """Return the CRM's id of the known application for this candidate on this job, opened or not."""
    columns = external_entity.c
    mine = (columns.agency_id == context.work.agency_id, columns.connection_id == context.loaded.id)
    both = (columns.detail["candidate_id"].as_string() == candidate_id, columns.detail["job_id"].as_string() == job_id)
    wanted = sa.select(columns.external_id).where(*mine, columns.kind == "application", *both)
    found: str | None = context.work.conn.scalar(wanted.order_by(columns.version.desc(), columns.external_id).limit(1))
    return found


def _recruiter(context: ImportContext, email: str | None) -> UUID | None:
    """Return the id of the agency's recruiter with this email address. Return None unless exactly one has it."""
    if email is None:
        return None
    columns = recruiter.c
    found = context.work.conn.scalars(
        sa.select(columns.id).where(
            columns.agency_id == context.work.agency_id, sa.func.lower(columns.email) == email.lower(), columns.active
        )
    ).all()
    return found[0] if len(found) == 1 else None


def find_application(context: ImportContext, candidate_id: UUID, job_id: UUID | None) -> UUID | None:
    """Return the candidate's application on the job; without a job, the one in progress that was opened last."""
    columns = application.c
    wanted = [columns.agency_id == context.work.agency_id, columns.candidate_id == candidate_id]
    wanted.append(columns.in_progress if job_id is None else columns.job_id == job_id)
    found: UUID | None = context.work.conn.scalar(
        sa.select(columns.id)
        .where(*wanted)
        .order_by(columns.in_progress.desc(), columns.opened_at.desc(), columns.id.desc())
        .limit(1)
    )
    return found
