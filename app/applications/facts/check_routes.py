"""Routes of checks and milestones."""

from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.applications.facts import checks, milestones
from app.applications.facts.check_schemas import CheckChange, CheckIn, CheckOut, CheckPut
from app.applications.facts.milestone_schemas import MilestoneIn, MilestoneOut, MilestonePut
from app.applications.facts.routes import AFTER
from app.applications.facts.schemas import VoidIn
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()


@router.post("/applications/{application_id}/checks", status_code=201, response_model=CheckOut, tags=[AFTER])
async def ask_for_check(application_id: UUID, body: CheckIn, context: RecruiterContext) -> Response:
    """Record a check that the candidate was asked for. The check holds dates: send no result.

    Checks can be recorded in any stage, also after the application has ended.
    """
    return await context.create(checks.ask_for_check, application_id, body)


@router.get("/applications/{application_id}/checks", response_model=Page[CheckOut], tags=[AFTER])
async def list_checks(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the checks of an application, in the order of `asked_at`, voided checks included."""
    return await context.read(checks.list_checks, application_id, context.paging(limit, cursor))


@router.get("/checks/by-ref/{system}/{id:path}", response_model=CheckOut, tags=[AFTER])
async def get_check_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a check by its id in your CRM."""
    return await context.read(checks.get_check_by_ref, ref(system, id))


@router.put("/checks/by-ref/{system}/{id:path}", response_model=CheckOut, tags=[AFTER])
async def put_check(system: RefSystem, id: RefId, body: CheckPut, context: RecruiterContext) -> Response:
    """Create or update a check by its id in your CRM."""
    return await context.upsert(checks.put_check, ref(system, id), body)


@router.get("/checks/{check_id}", response_model=CheckOut, tags=[AFTER])
async def get_check(check_id: UUID, context: ViewerContext) -> Response:
    """Get a check of an application, such as a reference or a medical."""
    return await context.read(checks.get_check, check_id)


@router.patch("/checks/{check_id}", response_model=CheckOut, tags=[AFTER])
async def change_check(check_id: UUID, body: CheckChange, context: RecruiterContext) -> Response:
    """Record a step of a check: booked, prepared, ready, done or cancelled. Null removes a recorded step."""
    return await context.write(checks.change_check, check_id, body)


@router.post("/checks/{check_id}/void", response_model=CheckOut, tags=[AFTER])
async def void_check(check_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void a check that was recorded wrongly. The check stays visible and has no effect."""
    return await context.write(checks.void_check, check_id, body)


@router.post("/applications/{application_id}/milestones", status_code=201, response_model=MilestoneOut, tags=[AFTER])
async def record_milestone(application_id: UUID, body: MilestoneIn, context: RecruiterContext) -> Response:
    """Record a milestone: the written offer, the resignation, the start.

    Milestones can be recorded in any stage, also after the application has ended. Milestones cannot be edited: void the
    milestone and record it again.
    """
    return await context.create(milestones.record_milestone, application_id, body)


@router.get("/applications/{application_id}/milestones", response_model=Page[MilestoneOut], tags=[AFTER])
async def list_milestones(
    application_id: UUID, context: ViewerContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the milestones of an application, in the order of their times, voided milestones included."""
    return await context.read(milestones.list_milestones, application_id, context.paging(limit, cursor))


@router.get("/milestones/by-ref/{system}/{id:path}", response_model=MilestoneOut, tags=[AFTER])
async def get_milestone_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a milestone by its id in your CRM."""
    return await context.read(milestones.get_milestone_by_ref, ref(system, id))


@router.put("/milestones/by-ref/{system}/{id:path}", response_model=MilestoneOut, tags=[AFTER])
async def put_milestone(system: RefSystem, id: RefId, body: MilestonePut, context: RecruiterContext) -> Response:
    """Create or update a milestone by its id in your CRM."""
    return await context.upsert(milestones.put_milestone, ref(system, id), body)


@router.get("/milestones/{milestone_id}", response_model=MilestoneOut, tags=[AFTER])
async def get_milestone(milestone_id: UUID, context: ViewerContext) -> Response:
    """Get a milestone of an application, such as the written offer."""
    return await context.read(milestones.get_milestone, milestone_id)


@router.post("/milestones/{milestone_id}/void", response_model=MilestoneOut, tags=[AFTER])
async def void_milestone(milestone_id: UUID, body: VoidIn, context: RecruiterContext) -> Response:
    """Void a milestone that was recorded wrongly. The milestone stays visible and has no effect."""
    return await context.write(milestones.void_milestone, milestone_id, body)
