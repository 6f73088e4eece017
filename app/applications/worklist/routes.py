"""Routes of the worklist and the pipeline."""

from uuid import UUID

from fastapi import Response

from app.access.request_context import ViewerContext
from app.applications.facts.schemas import Stage
from app.applications.worklist import pipeline, worklist
from app.applications.worklist.schemas import Pipeline, Worklist
from app.kit.field_types import Day
from app.kit.pagination import Cursor, Limit
from app.kit.strict_json import router as feature_router

router = feature_router()
TAG = "1 · Today"


@router.get("/worklist", response_model=Worklist, tags=[TAG])
async def get_worklist(
    context: ViewerContext,
    recruiter_id: UUID | None = None,
    everybody: bool = False,
    on: Day | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """List today's actions over all applications, the most urgent first, each with its reason and prompts.

    A key that belongs to a recruiter sees that recruiter's actions. With `everybody=true` it sees the actions of all
    recruiters.
    """
    paging = context.paging(limit, cursor, recruiter_id=recruiter_id, everybody=everybody, on=on)
    return await context.read(worklist.get_worklist, paging, recruiter_id=recruiter_id, everybody=everybody, on=on)


@router.get("/pipeline", response_model=Pipeline, tags=[TAG])
async def get_pipeline(
    context: ViewerContext,
    stage: Stage | None = None,
    recruiter_id: UUID | None = None,
    organisation_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Get the pipeline: the number of applications and the oldest one of each stage, and applications as cards."""
    paging = context.paging(limit, cursor, stage=stage, recruiter_id=recruiter_id, organisation_id=organisation_id)
    return await context.read(
        pipeline.get_pipeline, paging, stage=stage, recruiter_id=recruiter_id, organisation_id=organisation_id
    )
