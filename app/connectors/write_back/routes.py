"""HTTP: stage moves proposed for the CRM, and the notes written there."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.access.request_context import AdminContext, RecruiterContext, ViewerContext
from app.connectors.write_back import service
from app.connectors.write_back.schemas import MoveState, StageMoveOut, WrittenOut
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = ["8 · CRM connections"]
OfState = Annotated[MoveState | None, Query(description="Only in this state. Default: in any.")]


@router.get("/stage-moves", response_model=Page[StageMoveOut], tags=TAGS)
async def list_stage_moves(
    context: ViewerContext, state: OfState = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the stage moves that Keepwarm proposes for the CRM, with their results."""
    return await context.read(service.list_moves, context.paging(limit, cursor, state=state), state)


@router.get("/stage-moves/{move_id}", response_model=StageMoveOut, tags=TAGS)
async def get_stage_move(move_id: UUID, context: ViewerContext) -> Response:
    """Return one proposed stage move with its result."""
    return await context.read(service.get_move, move_id)


@router.post("/stage-moves/{move_id}/approve", response_model=StageMoveOut, tags=TAGS)
async def approve_stage_move(move_id: UUID, context: RecruiterContext) -> Response:
    """Approve this stage move: it is made in the CRM, which may send mail to the candidate."""
    return await context.write(service.approve_move, move_id)


@router.post("/stage-moves/{move_id}/decline", response_model=StageMoveOut, tags=TAGS)
async def decline_stage_move(move_id: UUID, context: RecruiterContext) -> Response:
    """Decline this stage move: the CRM is not changed."""
    return await context.write(service.decline_move, move_id)


@router.get("/connections/{connection_id}/written", response_model=Page[WrittenOut], tags=TAGS)
async def list_written(
    connection_id: UUID, context: AdminContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the events that were or will be written into the CRM."""
    return await context.read(service.list_written, connection_id, context.paging(limit, cursor))
