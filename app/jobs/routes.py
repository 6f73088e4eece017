"""Routes of jobs and of their hiring timelines."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.jobs import queries, service
from app.jobs.schemas import (
    JobChange,
    JobIn,
    JobOut,
    JobStatus,
    TimelineOut,
    TimelineRevisionIn,
    TimelineRevisionOut,
    TimelineRevisionPut,
    TimelineRevisionVoid,
)
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.search import Search
from app.kit.strict_json import router as feature_router

router = feature_router()
JOBS: list[str | Enum] = ["5 · Organisations and jobs"]
TIMELINES: list[str | Enum] = ["2 · After the interview"]

# The by-ref routes come first, because system names and ids may look like other paths.


@router.put("/jobs/by-ref/{system}/{id:path}", response_model=JobOut, tags=JOBS)
async def put_job(system: RefSystem, id: RefId, body: JobIn, context: RecruiterContext) -> Response:
    """Create or update a job by its id in your CRM."""
    return await context.upsert(service.put_job, ref(system, id), body)


@router.get("/jobs/by-ref/{system}/{id:path}", response_model=JobOut, tags=JOBS)
async def get_job_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a job by its id in your CRM."""
    return await context.read(queries.get_job_by_ref, ref(system, id))


@router.post("/jobs", status_code=201, response_model=JobOut, tags=JOBS)
async def open_job(body: JobIn, context: RecruiterContext) -> Response:
    """Create a job: a vacancy at an organisation."""
    return await context.create(service.open_job, body)


@router.get("/jobs", response_model=Page[JobOut], tags=JOBS)
async def list_jobs(
    context: ViewerContext,
    q: Search = None,
    organisation_id: UUID | None = None,
    status: JobStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List the agency's jobs, or those that `q` finds by title. Jobs can be filtered by organisation and status."""
    paging = context.paging(limit, cursor, q=q, organisation_id=organisation_id, status=status)
    return await context.read(queries.list_jobs, paging, organisation_id, status, q)


@router.get("/jobs/{job_id}", response_model=JobOut, tags=JOBS)
async def get_job(job_id: UUID, context: ViewerContext) -> Response:
    """Get a job."""
    return await context.read(queries.get_job, job_id)


@router.patch("/jobs/{job_id}", response_model=JobOut, tags=JOBS)
async def change_job(job_id: UUID, body: JobChange, context: RecruiterContext) -> Response:
    """Change a job's title, status or hiring manager."""
    return await context.write(service.change_job, job_id, body)


@router.get("/jobs/{job_id}/timeline", response_model=TimelineOut, tags=TIMELINES)
async def get_timeline(job_id: UUID, context: ViewerContext) -> Response:
    """Get a job's hiring timeline: the current decision date, all statements, and postponements in business days."""
    return await context.read(queries.get_timeline, job_id)


@router.post("/jobs/{job_id}/timeline-revisions", status_code=201, response_model=TimelineRevisionOut, tags=TIMELINES)
async def state_timeline(job_id: UUID, body: TimelineRevisionIn, context: RecruiterContext) -> Response:
    """Record a statement about when a job will be decided. The job's open applications are reassessed."""
    return await context.create(service.state_timeline, job_id, body)


@router.get("/jobs/{job_id}/timeline-revisions", response_model=Page[TimelineRevisionOut], tags=TIMELINES)
async def list_revisions(job_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the statements about when a job will be decided, in the order in which they were made.

    Voided statements are included.
    """
    return await context.read(queries.list_revisions, job_id, context.paging(limit, cursor))


@router.put("/timeline-revisions/by-ref/{system}/{id:path}", response_model=TimelineRevisionOut, tags=TIMELINES)
async def put_revision(system: RefSystem, id: RefId, body: TimelineRevisionPut, context: RecruiterContext) -> Response:
    """Create or update a statement about when a job will be decided, by its id in your CRM."""
    return await context.upsert(service.put_revision, ref(system, id), body)


@router.get("/timeline-revisions/by-ref/{system}/{id:path}", response_model=TimelineRevisionOut, tags=TIMELINES)
async def get_revision_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a statement about when a job will be decided, by its id in your CRM."""
    return await context.read(queries.get_revision_by_ref, ref(system, id))


@router.get("/timeline-revisions/{revision_id}", response_model=TimelineRevisionOut, tags=TIMELINES)
async def get_revision(revision_id: UUID, context: ViewerContext) -> Response:
    """Get a statement about when a job will be decided."""
    return await context.read(queries.get_revision, revision_id)


@router.post("/timeline-revisions/{revision_id}/void", response_model=TimelineRevisionOut, tags=TIMELINES)
async def void_revision(revision_id: UUID, body: TimelineRevisionVoid, context: RecruiterContext) -> Response:
    """Void a wrongly recorded statement about when a job will be decided.

    The statement stays visible and has no effect.
    """
    return await context.write(service.void_revision, revision_id, body)
