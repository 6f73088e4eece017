"""Use cases of jobs, and of timeline revisions (statements about when a job will be decided)."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from app.access.reassessment_requests import request_reassessment
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.access.upsert_by_ref import upsert_by_ref
from app.jobs import queries
from app.jobs.models import job, timeline_revision
from app.jobs.schemas import (
    JobChange,
    JobIn,
    JobOut,
    JobStatus,
    TimelineRevisionIn,
    TimelineRevisionOut,
    TimelineRevisionPut,
    TimelineRevisionVoid,
)
from app.kit.db import insert_row, update_row
from app.kit.errors import conflict, invalid
from app.kit.external_refs import body_with_path_ref, ref_to_columns
from app.kit.field_types import ExternalRef
from app.kit.search import index_name
from app.organisations.queries import get_client_contact, get_organisation
from app.webhooks.events import TimelineRevised
from app.webhooks.outbox import emit


def open_job(work: UnitOfWork, body: JobIn) -> JobOut:
    """Create a job (a vacancy at an organisation), and index its title for search."""
    return _recorded(work, insert_row(work.conn, job, _new_job(work, body.model_dump())))


def change_job(work: UnitOfWork, job_id: UUID, body: JobChange) -> JobOut:
    """Change a job's title, status or hiring manager. A new status requests a reassessment of its applications."""
    return _change_job(work, queries.get_job(work, job_id, lock=True), named_fields(body))


def put_job(work: UnitOfWork, ref: ExternalRef, body: JobIn) -> tuple[JobOut, bool]:
    """Create or update a job by its id in another system.

    Return the pair of the job and True if the job is new, else False.
    """
    values = body_with_path_ref(ref, body)
    return upsert_by_ref(
        work,
        job,
        find=lambda: queries.find_job_by_ref(work, ref, lock=True),
        new=lambda: _new_job(work, values),
        show=lambda row: _recorded(work, row),
        change=lambda current: _change_job(work, current, named_fields(body) | {"external_ref": ref.model_dump()}),
    )


def move_to_organisation(work: UnitOfWork, job_id: UUID, organisation_id: UUID) -> None:
    """Move a job to another organisation, as after a merge in a CRM, and remove its hiring manager.

    The job's applications are not moved: the caller has to do so.
    """
    values = {"organisation_id": organisation_id, "hiring_manager_id": None}
    update_row(work.conn, job, work.agency_id, job_id, values)
    request_reassessment(work, "job", job_id)


def state_timeline(work: UnitOfWork, job_id: UUID, body: TimelineRevisionIn) -> TimelineRevisionOut:
    """Record a statement about when a job will be decided. Requests a reassessment of the job's applications."""
    queries.get_job(work, job_id)
    row = _new_revision(work, body.model_dump() | {"job_id": job_id})
    revision = queries.show_revision(insert_row(work.conn, timeline_revision, row))
    _announce_revision(work, revision, "recorded")
    return revision


def put_revision(work: UnitOfWork, ref: ExternalRef, body: TimelineRevisionPut) -> tuple[TimelineRevisionOut, bool]:
    """Create or update a statement about when a job will be decided, by its id in another system.

    Return the pair of the revision and True if the revision is new, else False.
    """
    queries.get_job(work, body.job_id, pointer="/job_id")
    values = body_with_path_ref(ref, body)
    revision, created = upsert_by_ref(
        work,
        timeline_revision,
        find=lambda: queries.find_revision_by_ref(work, ref, lock=True),
        new=lambda: _new_revision(work, values),
        show=queries.show_revision,
        change=lambda current: _change_revision(work, current, named_fields(body) | {"external_ref": ref.model_dump()}),
    )
    if created:
        _announce_revision(work, revision, "recorded")
    return revision, created


def void_revision(work: UnitOfWork, revision_id: UUID, body: TimelineRevisionVoid) -> TimelineRevisionOut:
    """Void a timeline revision that was recorded wrongly. The revision stays visible and has no effect.

    Raises 409 if the revision was voided before.
    """
    current = queries.get_revision(work, revision_id, lock=True)
    work.expect(current)
    if current.voided_at is not None:
        raise conflict("already_voided", "This timeline revision was voided before; nothing is left to do.")
    values = {"voided_at": work.now, "void_reason": body.reason}
    voided = queries.show_revision(update_row(work.conn, timeline_revision, work.agency_id, revision_id, values))
    _announce_revision(work, voided, "voided")
    return voided


def ends_differently(before: JobStatus, after: JobStatus) -> bool:
    """Return True if a change of status opens, holds or closes a job. From `filled` to `closed` is no such change."""
    closed = ("filled", "closed")
    return before != after and not (before in closed and after in closed)


def _new_job(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    get_organisation(work, values["organisation_id"], pointer="/organisation_id")
    work.happened("/status_at", values["status_at"])
    _check_hiring_manager(work, values["hiring_manager_id"], values["organisation_id"])
    return ref_to_columns(values) | {
        "agency_id": work.agency_id,
        "id": work.new_id("job"),
        "status_at": values["status_at"] or work.now,
        "policy": {},
        "created_at": work.now,
    }


def _recorded(work: UnitOfWork, row: sa.RowMapping) -> JobOut:
    index_name(work.conn, job, work.agency_id, row["id"], row["title"])
    return queries.show_job(row)


def _change_job(work: UnitOfWork, current: JobOut, changes: Mapping[str, Any]) -> JobOut:
    work.expect(current)
    before = current.model_dump()
    changed = dict(changes)
    if changed.get("status_at") is None:
        renewed = ends_differently(current.status, changed.get("status", current.status))
        changed["status_at"] = work.now if renewed else current.status_at
    values = {name: value for name, value in changed.items() if value != before[name]}
    if not values:
        return current
    work.happened("/status_at", values.get("status_at"))
    if "organisation_id" in values:
        get_organisation(work, values["organisation_id"], pointer="/organisation_id")
        raise conflict(
            "other_organisation",
            "This job belongs to another organisation and cannot be moved. Record a new job there.",
        )
    _check_hiring_manager(work, values.get("hiring_manager_id"), current.organisation_id)
    row = update_row(work.conn, job, work.agency_id, current.id, ref_to_columns(values))
    if "title" in values:
        index_name(work.conn, job, work.agency_id, current.id, row["title"])
    if "status" in values or "status_at" in values:
        request_reassessment(work, "job", current.id)
    return queries.show_job(row)


def _check_hiring_manager(work: UnitOfWork, contact_id: UUID | None, organisation_id: UUID) -> None:
    if contact_id is None:
        return
    contact = get_client_contact(work, contact_id, pointer="/hiring_manager_id")
    if contact.organisation_id != organisation_id:
        raise invalid(
            "/hiring_manager_id",
            "This client contact is at another organisation than the job. Name one of the job's organisation.",
            "other_organisation",
        )


def _new_revision(work: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    work.happened("/stated_at", values["stated_at"])
    return ref_to_columns(values) | {
        "agency_id": work.agency_id,
        "id": work.new_id("timeline_revision"),
        "stated_at": values["stated_at"] or work.now,
        "recorded_at": work.now,
    }


def _change_revision(work: UnitOfWork, current: TimelineRevisionOut, changes: Mapping[str, Any]) -> TimelineRevisionOut:
    work.expect(current)
    before = current.model_dump()
    values = {name: value for name, value in changes.items() if value != before[name]}
    if values.get("stated_at", current.stated_at) is None:
        del values["stated_at"]  # null keeps the instant of an existing revision
    if not values:
        return current
    if "job_id" in values:
        raise conflict(
            "other_job",
            "This timeline revision belongs to another job and cannot be moved. Void it and record a new one.",
        )
    if current.voided_at is not None:
        raise conflict("already_voided", "This timeline revision was voided and cannot be changed. Record a new one.")
    work.happened("/stated_at", values.get("stated_at"))
    row = update_row(work.conn, timeline_revision, work.agency_id, current.id, values)
    changed = queries.show_revision(row)
    _announce_revision(work, changed, "changed")
    return changed


def _announce_revision(
    work: UnitOfWork, revision: TimelineRevisionOut, action: Literal["recorded", "changed", "voided"]
) -> None:
    """Request a reassessment of the applications of the revision's job, and emit the event `timeline.revised`."""
    request_reassessment(work, "job", revision.job_id)
    payload = TimelineRevised(
        timeline_revision_id=revision.id, job_id=revision.job_id, stated_at=revision.stated_at, change=action
    )
    emit(work, payload)
