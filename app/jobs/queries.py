"""Every SELECT over jobs and timeline revisions, scoped by the caller's agency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.jobs.models import job, timeline_revision
from app.jobs.schemas import JobOut, JobStatus, TimelineOut, TimelineRevisionOut
from app.jobs.timeline import timeline
from app.kit.dialects import locked
from app.kit.errors import not_found
from app.kit.fields import ExternalRef
from app.kit.pages import Page, Paging
from app.kit.refs import by_ref, check_filters, shaped
from app.kit.search import page_of
from app.organisations.models import organisation
from app.organisations.queries import get_client_calendar


def get_job(work: Work, job_id: UUID, *, lock: bool = False, pointer: str | None = None) -> JobOut:
    """One job; `pointer` names the field of a body that referred to it."""
    row = _one(work, sa.select(job).where(job.c.agency_id == work.agency_id, job.c.id == job_id), lock=lock)
    if row is None:
        raise not_found("job", pointer)
    return show_job(row)


def find_job_by_ref(work: Work, ref: ExternalRef, *, lock: bool = False) -> JobOut | None:
    """The job that another system calls `ref`, if there is one."""
    row = _one(work, by_ref(job, work.agency_id, ref), lock=lock)
    return None if row is None else show_job(row)


def get_job_by_ref(work: Work, ref: ExternalRef) -> JobOut:
    """The same, or 404."""
    found = find_job_by_ref(work, ref)
    if found is None:
        raise not_found("job")
    return found


def list_jobs(
    work: Work, paging: Paging, organisation_id: UUID | None, status: JobStatus | None, q: str | None = None
) -> Page[JobOut]:
    """Jobs in the order of their making, or those found by title; of one organisation or in one status where given."""
    statement = sa.select(job).where(job.c.agency_id == work.agency_id)
    if organisation_id is not None:
        statement = statement.where(job.c.organisation_id == organisation_id)
    if status is not None:
        statement = statement.where(job.c.status == status)
    page = page_of(work.conn, paging, statement, job, q, lambda row: show_job(row._asdict()))
    check_filters(work.conn, work.agency_id, page, organisation_id=(organisation, organisation_id))
    return page


def show_job(row: Mapping[Any, Any]) -> JobOut:
    """A row as callers see it."""
    return shaped(JobOut, row)


def get_revision(work: Work, revision_id: UUID, *, lock: bool = False) -> TimelineRevisionOut:
    """One timeline revision."""
    columns = timeline_revision.c
    which = sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.id == revision_id)
    row = _one(work, which, lock=lock)
    if row is None:
        raise not_found("timeline revision")
    return show_revision(row)


def find_revision_by_ref(work: Work, ref: ExternalRef, *, lock: bool = False) -> TimelineRevisionOut | None:
    """The timeline revision that another system calls `ref`, if there is one."""
    row = _one(work, by_ref(timeline_revision, work.agency_id, ref), lock=lock)
    return None if row is None else show_revision(row)


def get_revision_by_ref(work: Work, ref: ExternalRef) -> TimelineRevisionOut:
    """The same, or 404."""
    found = find_revision_by_ref(work, ref)
    if found is None:
        raise not_found("timeline revision")
    return found


def list_revisions(work: Work, job_id: UUID, paging: Paging) -> Page[TimelineRevisionOut]:
    """What was told about a job's timeline, in the order in which it was said, voided revisions too."""
    get_job(work, job_id)
    order = [timeline_revision.c.stated_at, timeline_revision.c.id]
    return paging.page(
        work.conn,
        _of_job(work, job_id),
        order,
        [datetime.fromisoformat, UUID],
        lambda row: show_revision(row._asdict()),
    )


def get_timeline(work: Work, job_id: UUID) -> TimelineOut:
    """A job's hiring timeline: the revision that stands, the history and the slips."""
    client = get_client_calendar(work, get_job(work, job_id).organisation_id)
    rows = work.conn.execute(_of_job(work, job_id)).mappings()
    return timeline(job_id, [show_revision(row) for row in rows], client, work.now)


def show_revision(row: Mapping[Any, Any]) -> TimelineRevisionOut:
    """A row as callers see it."""
    return shaped(TimelineRevisionOut, row)


def _of_job(work: Work, job_id: UUID) -> sa.Select[Any]:
    columns = timeline_revision.c
    return sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.job_id == job_id)


def _one(work: Work, statement: sa.Select[Any], *, lock: bool) -> sa.RowMapping | None:
    return work.conn.execute(locked(statement) if lock else statement).mappings().one_or_none()
