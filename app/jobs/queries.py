"""Queries of jobs, and of timeline revisions (statements about when a job will be decided), of the caller's agency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.jobs.hiring_timeline import timeline
from app.jobs.models import job, timeline_revision
from app.jobs.schemas import JobOut, JobStatus, TimelineOut, TimelineRevisionOut
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found
from app.kit.external_refs import by_ref, check_filters, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging
from app.kit.search import search_page
from app.organisations.models import organisation
from app.organisations.queries import get_client_calendar


def get_job(work: UnitOfWork, job_id: UUID, *, lock: bool = False, pointer: str | None = None) -> JobOut:
    """Return one job of the caller's agency, locked if `lock` is true.

    Raises 404 if there is none; `pointer` is the field of the request body that named the job.
    """
    row = _one(work, sa.select(job).where(job.c.agency_id == work.agency_id, job.c.id == job_id), lock=lock)
    if row is None:
        raise not_found("job", pointer)
    return show_job(row)


def find_job_by_ref(work: UnitOfWork, ref: ExternalRef, *, lock: bool = False) -> JobOut | None:
    """Return the job that has the id `ref` in another system, or None. Lock the row if `lock` is true."""
    row = _one(work, by_ref(job, work.agency_id, ref), lock=lock)
    return None if row is None else show_job(row)


def get_job_by_ref(work: UnitOfWork, ref: ExternalRef) -> JobOut:
    """Return the job that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_job_by_ref(work, ref)
    if found is None:
        raise not_found("job")
    return found


def list_jobs(
    work: UnitOfWork, paging: Paging, organisation_id: UUID | None, status: JobStatus | None, q: str | None = None
) -> Page[JobOut]:
    """Return a page of jobs in the order of creation, or of those whose titles match `q`.

    The page can be limited to an organisation and to a status.
    """
    statement = sa.select(job).where(job.c.agency_id == work.agency_id)
    if organisation_id is not None:
        statement = statement.where(job.c.organisation_id == organisation_id)
    if status is not None:
        statement = statement.where(job.c.status == status)
    page = search_page(work.conn, paging, statement, job, q, lambda row: show_job(row._asdict()))
    check_filters(work.conn, work.agency_id, page, organisation_id=(organisation, organisation_id))
    return page


def show_job(row: Mapping[Any, Any]) -> JobOut:
    """Convert a row of the job table to its API schema."""
    return row_to_model(JobOut, row)


def get_revision(work: UnitOfWork, revision_id: UUID, *, lock: bool = False) -> TimelineRevisionOut:
    """Return one timeline revision of the caller's agency, locked if `lock` is true. Raises 404 if there is none."""
    columns = timeline_revision.c
    which = sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.id == revision_id)
    row = _one(work, which, lock=lock)
    if row is None:
        raise not_found("timeline revision")
    return show_revision(row)


def find_revision_by_ref(work: UnitOfWork, ref: ExternalRef, *, lock: bool = False) -> TimelineRevisionOut | None:
    """Return the timeline revision that has the id `ref` in another system, or None. Lock the row if `lock` is true."""
    row = _one(work, by_ref(timeline_revision, work.agency_id, ref), lock=lock)
    return None if row is None else show_revision(row)


def get_revision_by_ref(work: UnitOfWork, ref: ExternalRef) -> TimelineRevisionOut:
    """Return the timeline revision that has the id `ref` in another system. Raises 404 if there is none."""
    found = find_revision_by_ref(work, ref)
    if found is None:
        raise not_found("timeline revision")
    return found


def list_revisions(work: UnitOfWork, job_id: UUID, paging: Paging) -> Page[TimelineRevisionOut]:
    """Return a page of the timeline revisions of a job, ordered by `stated_at`, voided revisions included."""
    get_job(work, job_id)
    order = [timeline_revision.c.stated_at, timeline_revision.c.id]
    return paging.page(
        work.conn,
        _of_job(work, job_id),
        order,
        [datetime.fromisoformat, UUID],
        lambda row: show_revision(row._asdict()),
    )


def get_timeline(work: UnitOfWork, job_id: UUID) -> TimelineOut:
    """Return a job's hiring timeline: the current revision, all revisions, and how far each postponed the decision."""
    client = get_client_calendar(work, get_job(work, job_id).organisation_id)
    rows = work.conn.execute(_of_job(work, job_id)).mappings()
    return timeline(job_id, [show_revision(row) for row in rows], client, work.now)


def show_revision(row: Mapping[Any, Any]) -> TimelineRevisionOut:
    """Convert a row of the timeline revision table to its API schema."""
    return row_to_model(TimelineRevisionOut, row)


def _of_job(work: UnitOfWork, job_id: UUID) -> sa.Select[Any]:
    columns = timeline_revision.c
    return sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.job_id == job_id)


def _one(work: UnitOfWork, statement: sa.Select[Any], *, lock: bool) -> sa.RowMapping | None:
    return work.conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
