"""Routes of keep-warm marks, and of the list of candidates to stay in touch with."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.applications.facts.schemas import VoidIn
from app.applications.keep_warm import listing, marks
from app.applications.keep_warm.schemas import (
    KeepWarmItem,
    KeepWarmMarkChange,
    KeepWarmMarkIn,
    KeepWarmMarkOut,
    KeepWarmMarkPut,
)
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAG = "2 · After the interview"
TODAY = "1 · Today"

JobWanted = Annotated[
    UUID | None,
    Query(description="Only those who came close for a similar job: at the same client, or with a similar title."),
]


@router.get("/keep-warm", response_model=Page[KeepWarmItem], tags=[TODAY])
async def list_keep_warm(
    context: ViewerContext,
    recruiter_id: UUID | None = None,
    organisation_id: UUID | None = None,
    job_id: JobWanted = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List candidates to stay in touch with, those with the longest silence first.

    A mark is listed until the day before its `until`. With `job_id`, only candidates whose ended application was for
    the same client or a similar job title are listed. Each has the reason. Matches by client and title come first, then
    by title, then by client. Two titles are similar if they share at least half the words of the shorter title. One
    shared word must name the field of work; levels and contract forms do not count. Candidates with an active
    application for that job are left out.
    """
    filters = {"recruiter_id": recruiter_id, "organisation_id": organisation_id, "job_id": job_id}
    return await context.read(listing.list_keep_warm, context.paging(limit, cursor, **filters), **filters)


@router.post(
    "/applications/{application_id}/keep-warm-marks", status_code=201, response_model=KeepWarmMarkOut, tags=[TAG]
)
async def mark_keep_warm(application_id: UUID, body: KeepWarmMarkIn, context: RecruiterContext) -> Response:
    """Mark an ended application to stay in touch with its candidate. A candidate has one active mark at most."""
    return await context.create(marks.mark_keep_warm, application_id, body)


@router.get("/applications/{application_id}/keep-warm-marks", response_model=Page[KeepWarmMarkOut], tags=[TAG])
async def list_keep_warm_marks(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the keep-warm marks of an application, ended and voided marks included."""
    return await context.read(marks.list_keep_warm_marks, application_id, context.paging(limit, cursor))


@router.get("/keep-warm-marks/by-ref/{system}/{id:path}", response_model=KeepWarmMarkOut, tags=[TAG])
async def get_keep_warm_mark_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a keep-warm mark by its id in your CRM."""
    return await context.read(marks.get_keep_warm_mark_by_ref, ref(system, id))


@router.put("/keep-warm-marks/by-ref/{system}/{id:path}", response_model=KeepWarmMarkOut, tags=[TAG])
async def put_keep_warm_mark(
    system: RefSystem, id: RefId, body: KeepWarmMarkPut, context: RecruiterContext
) -> Response:
    """Create or update a keep-warm mark by its id in your CRM."""
    return await context.upsert(marks.put_keep_warm_mark, ref(system, id), body)


@router.get("/keep-warm-marks/{keep_warm_mark_id}", response_model=KeepWarmMarkOut, tags=[TAG])
async def get_keep_warm_mark(keep_warm_mark_id: UUID, context: ViewerContext) -> Response:
    """Get a keep-warm mark."""
    return await context.read(marks.get_keep_warm_mark, keep_warm_mark_id)


@router.patch("/keep-warm-marks/{keep_warm_mark_id}", response_model=KeepWarmMarkOut, tags=[TAG])
async def change_keep_warm_mark(
    keep_warm_mark_id: UUID, body: KeepWarmMarkChange, context: RecruiterContext
) -> Response:
    """End a keep-warm mark, or change its `until` or note."""
    return await context.write(marks.change_keep_warm_mark, keep_warm_mark_id, body)


@router.post("/keep-warm-marks/{keep_warm_mark_id}/void", response_model=KeepWarmMarkOut, tags=[TAG])
async def void_keep_warm_mark(keep_warm_mark_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void a keep-warm mark that was recorded wrongly."""
    return await context.write(marks.void_keep_warm_mark, keep_warm_mark_id, body)
