"""Use cases of applications: open, change, reassign, revive."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_recruiter
from app.access.reassessment_requests import request_reassessment
from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.access.upsert_by_ref import upsert_by_ref
from app.applications import queries
from app.applications.models import application
from app.applications.reassess import reassess
from app.applications.schemas import ApplicationChange, ApplicationIn, ApplicationOut
from app.candidates.erased import candidate_erased
from app.candidates.models import candidate
from app.jobs.models import job
from app.jobs.service import move_to_organisation
from app.kit import due_rows
from app.kit.db import insert_row, update_row
from app.kit.dialects import lock_against_deletion, lock_for_update
from app.kit.errors import conflict, not_found
from app.kit.external_refs import body_with_path_ref, ref_to_columns
from app.kit.field_types import ExternalRef


def open_application(work: UnitOfWork, body: ApplicationIn) -> ApplicationOut:
    """Create an application of a candidate on a job, and assess it.

    Raises 404 for an unknown candidate, job or recruiter.
    """
    return _opened(work, insert_row(work.conn, application, _new_application(work, ref_to_columns(body.model_dump()))))


def put_application(work: UnitOfWork, ref: ExternalRef, body: ApplicationIn) -> tuple[ApplicationOut, bool]:
    """Create an application by its id in another system, or assign the existing application to a recruiter.

    Candidate, job and opening never change, and the stage changes by transitions. Raises 409 for a body with other
    values. Return the pair of the application and True if the application is new, else False.
    """
    values = ref_to_columns(body_with_path_ref(ref, body))
    return upsert_by_ref(
        work,
        application,
        find=lambda: queries.find_application_by_ref(work, ref),
        new=lambda: _new_application(work, values),
        show=lambda row: _opened(work, row),
        change=lambda known: _change_known(work, known, body),
    )


def _change_known(work: UnitOfWork, known: ApplicationOut, body: ApplicationIn) -> ApplicationOut:
    if (known.candidate_id, known.job_id) != (body.candidate_id, body.job_id):
        raise conflict(
            "another_application",
            "This reference belongs to an application of another candidate or job. Use another reference.",
        )
    stages = {known.stage, known.effective_stage, known.opening_stage}
    if "stage" in body.model_fields_set and body.stage not in stages:
        raise conflict(
            "stage_differs",
            "The stage of a recorded application changes only by a transition: POST /v1/applications/{id}/transitions",
            stage=known.stage,
        )
    if body.opened_at is not None and body.opened_at != known.opened_at:
        raise conflict(
            "opened_at_differs", "`opened_at` cannot be changed after the application was opened; leave it out."
        )
    named = ApplicationChange.model_validate(body.model_dump(include={"recruiter_id"} & body.model_fields_set))
    return change_application(work, known.id, named)


def change_application(work: UnitOfWork, id: UUID, body: ApplicationChange) -> ApplicationOut:
    """Assign an application to another recruiter, or set its external reference. Reassesses the application."""
    current = queries.lock_application(work, id)
    work.expect(current)
    values = ref_to_columns(named_fields(body))
    if not values:
        return current
    _check_recruiter(work, values.get("recruiter_id"))
    update_row(work.conn, application, work.agency_id, id, values)
    reassess(work, [id])
    return queries.get_application(work, id)


def revive_application(work: UnitOfWork, id: UUID) -> ApplicationOut:
    """Make an application due for assessment now, and reset its count of failed attempts."""
    current = queries.lock_application(work, id)
    work.expect(current)
    due_rows.revive(work.conn, application, work.now, [(work.agency_id, id)])
    return current


def reassign_applications(work: UnitOfWork, candidate_id: UUID, to: UUID, only: UUID | None = None) -> None:
    """Move a candidate's applications, or only the application `only`, to `to`, another record of the same person."""
    columns = application.c
    statement = sa.select(columns.id).where(columns.agency_id == work.agency_id, columns.candidate_id == candidate_id)
    if only is not None:
        statement = statement.where(columns.id == only)
    ids = work.conn.scalars(lock_for_update(statement.order_by(columns.id))).all()
    for id in ids:
        update_row(work.conn, application, work.agency_id, id, {"candidate_id": to})
    reassess(work, ids)
    for one in (candidate_id, to):
        request_reassessment(work, "candidate", one)


def move_job(work: UnitOfWork, job_id: UUID, organisation_id: UUID) -> None:
    """Move a job and its applications to another organisation."""
    move_to_organisation(work, job_id, organisation_id)
    columns = application.c
    theirs = (columns.agency_id == work.agency_id, columns.job_id == job_id)
    work.conn.execute(sa.update(application).where(*theirs).values(organisation_id=organisation_id))


def _new_application(work: UnitOfWork, row: dict[str, Any]) -> dict[str, Any]:
    if _must_exist(work, candidate, "candidate", row["candidate_id"])["erased_at"] is not None:
        raise candidate_erased()
    vacancy = _must_exist(work, job, "job", row["job_id"])
    _check_recruiter(work, row["recruiter_id"])
    opened_at = row["opened_at"] or work.now
    work.happened("/opened_at", opened_at)
    stage = row.pop("stage")
    return row | {
        "agency_id": work.agency_id,
        "id": work.new_id("application"),
        "organisation_id": vacancy["organisation_id"],
        "recruiter_id": row["recruiter_id"] or work.caller.recruiter_id,
        "opened_at": opened_at,
        "opening_stage": stage,
        "stage": stage,
        "effective_stage": stage,
        "stage_since": opened_at,
        "in_progress": True,
        "policy_version": 0,
        "rules_version": 0,
        "event_sequence": 0,
        "attempts": 0,
        "created_at": work.now,
    }


def _opened(work: UnitOfWork, row: sa.RowMapping) -> ApplicationOut:
    reassess(work, [row["id"]])
    # A concurrent reassessment request could not see this row, so it is made due once.
    update_row(work.conn, application, work.agency_id, row["id"], {"due_at": work.now})
    return queries.get_application(work, row["id"])


def _must_exist(work: UnitOfWork, table: sa.Table, what: str, id: UUID) -> sa.RowMapping:
    # An erasure and this insert wait for each other: either the erasure ends this application, or it is refused.
    found = lock_against_deletion(sa.select(table).where(table.c.agency_id == work.agency_id, table.c.id == id))
    row = work.conn.execute(found).mappings().one_or_none()
    if row is None:
        raise not_found(what, f"/{what}_id")
    return row


def _check_recruiter(work: UnitOfWork, id: UUID | None) -> None:
    if id is not None:
        get_recruiter(work, id, pointer="/recruiter_id")
