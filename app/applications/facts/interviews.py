"""Use cases of interviews: book, change, read, and waive the recruiter's follow-up after an interview."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.schemas import named_fields
from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import (
    add_fact,
    existing_or_new,
    find_by_ref,
    find_fact,
    lock_fact,
    refuse_removal,
    upsert_fact,
    void_fact,
)
from app.applications.facts.schemas import (
    InterviewChange,
    InterviewIn,
    InterviewOut,
    InterviewPut,
    VoidIn,
    WaiverIn,
    WaiverOut,
)
from app.applications.facts.stages import stage_at
from app.applications.models import interview, waiver
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.applications.schemas import ApplicationOut
from app.kit.db import update_row
from app.kit.errors import conflict, invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.organisations.models import client_contact
from app.rules.stages import ENDED


def book_interview(work: UnitOfWork, application_id: UUID, body: InterviewIn) -> InterviewOut:
    """Book an interview and reassess the application.

    An application that waits for a decision returns to `interview_scheduled` (rule book, "Stages"). Raises 409 if the
    application had ended.
    """
    at = lock_application(work, application_id)
    row = add_fact(work, interview, "interview", at.id, _checked(work, at, ref_to_columns(body.model_dump())))
    return _reassessed(work, row)


def put_interview(work: UnitOfWork, ref: ExternalRef, body: InterviewPut) -> tuple[InterviewOut, bool]:
    """Create or update an interview by its id in another system, and reassess its application.

    Return the pair of the interview and True if the interview is new, else False.
    """
    at = lock_application(work, body.application_id)
    known, values = existing_or_new(work, interview, "interview", ref, body, InterviewOut)
    if known is not None and values["status"] != known["status"] and "status_at" not in body.model_fields_set:
        values["status_at"] = None
    row, created = upsert_fact(
        work, interview, "interview", at.id, known, _checked(work, at, values, is_new=known is None)
    )
    return _reassessed(work, row), created


def change_interview(work: UnitOfWork, id: UUID, body: InterviewChange) -> InterviewOut:
    """Change an interview's times, status, round, kind or interviewers, and reassess its application."""
    row = lock_fact(work, interview, "interview", id)
    work.expect(row_to_model(InterviewOut, row))
    values = ref_to_columns(named_fields(body))
    refuse_removal(values, "starts_at", "ends_at", "round", "kind", "status", "interviewer_ids")
    if "status" in values and values["status"] != row["status"] and "status_at" not in values:
        values["status_at"] = None
    at = get_application(work, row["application_id"])
    checked = _checked(work, at, {**row, **values}, is_new=False)
    kept = {name: checked[name] for name in (*values, "status_at")}
    return _reassessed(work, update_row(work.conn, interview, work.agency_id, id, kept))


def get_interview(work: UnitOfWork, id: UUID) -> InterviewOut:
    """Return one interview of the caller's agency. Raises 404 if there is none."""
    return row_to_model(InterviewOut, find_fact(work, interview, "interview", id))


def get_interview_by_ref(work: UnitOfWork, ref: ExternalRef) -> InterviewOut:
    """Return the interview that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, interview, ref)
    if row is None:
        raise not_found("interview")
    return row_to_model(InterviewOut, row)


def list_interviews(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[InterviewOut]:
    """Return a page of the interviews of an application, ordered by `starts_at`."""
    get_application(work, application_id)
    columns = interview.c
    statement = sa.select(interview).where(
        columns.agency_id == work.agency_id, columns.application_id == application_id
    )
    return paging.page(
        work.conn,
        statement,
        [columns.starts_at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(InterviewOut, row._mapping),
    )


def waive_follow_up(work: UnitOfWork, interview_id: UUID, body: WaiverIn) -> WaiverOut:
    """Record, with the reason, that an interview needs no follow-up call. Reassess the interview's application."""
    row = lock_fact(work, interview, "interview", interview_id)
    waived_at = body.waived_at or work.now
    work.happened("/waived_at", waived_at)
    values = {"interview_id": interview_id, "waived_at": waived_at, "reason": body.reason}
    made = add_fact(work, waiver, "waiver", row["application_id"], values)
    reassess(work, [row["application_id"]])
    return row_to_model(WaiverOut, made)


def void_waiver(work: UnitOfWork, id: UUID, body: VoidIn) -> WaiverOut:
    """Void a waiver of a follow-up call that was recorded wrongly, and reassess its application."""
    return row_to_model(WaiverOut, void_fact(work, waiver, "waiver", id, body.reason, WaiverOut))


def get_waiver(work: UnitOfWork, id: UUID) -> WaiverOut:
    """Return one waiver of a follow-up call. Raises 404 if there is none."""
    return row_to_model(WaiverOut, find_fact(work, waiver, "waiver", id))


def _checked(work: UnitOfWork, at: ApplicationOut, row: Mapping[str, Any], *, is_new: bool = True) -> dict[str, Any]:
    """Validate the row of an interview and return it with defaults for `booked_at`, `status_at` and `round`.

    Raises 422 for impossible times, and 404 for interviewers of another organisation. Raises 409 if a new interview was
    booked after the application had ended.
    """
    starts_at, ends_at, status = row["starts_at"], row["ends_at"], row["status"]
    if ends_at < starts_at:
        raise invalid("/ends_at", "`ends_at` must not be before `starts_at`.")
    booked_at = row["booked_at"] or min(work.now, starts_at)
    work.happened("/booked_at", booked_at)
    status_at = row["status_at"] if status != "scheduled" else None
    if status != "scheduled" and status_at is None:
        status_at = min(work.now, ends_at)
    work.happened("/status_at", status_at)
    if is_new and stage_at(work, at.id, booked_at) in ENDED:
        raise conflict(
            "application_ended", "This application has ended. Reopen it with a transition before you book an interview."
        )
    return dict(row) | {
        "booked_at": booked_at,
        "status_at": status_at,
        "round": row["round"] or _next_round(work, at.id),
        "interviewer_ids": _people(work, at, row["interviewer_ids"]),
    }


def _next_round(work: UnitOfWork, application_id: UUID) -> int:
    columns = interview.c
    last = work.conn.scalar(
        sa.select(sa.func.max(columns.round)).where(
            columns.agency_id == work.agency_id,
            columns.application_id == application_id,
            columns.status != "cancelled",
        )
    )
    return (last or 0) + 1


def _people(work: UnitOfWork, at: ApplicationOut, ids: list[Any]) -> list[str]:
    wanted = {UUID(str(id)) for id in ids}
    if wanted:
        found = work.conn.scalars(
            sa.select(client_contact.c.id).where(
                client_contact.c.agency_id == work.agency_id,
                client_contact.c.id.in_(wanted),
                client_contact.c.organisation_id == at.organisation_id,
            )
        )
        if wanted - set(found):
            raise not_found("client contact at the application's organisation", "/interviewer_ids")
    return [str(id) for id in ids]


def _reassessed(work: UnitOfWork, row: sa.RowMapping) -> InterviewOut:
    reassess(work, [row["application_id"]])
    return row_to_model(InterviewOut, row)
