"""HTTP: backfills."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import AdminContext
from app.connectors.sync import service
from app.connectors.sync.schemas import BackfillIn, BackfillOut
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = ["8 · CRM connections"]


@router.post("/connections/{connection_id}/backfills", status_code=201, response_model=BackfillOut, tags=TAGS)
async def start_backfill(connection_id: UUID, body: BackfillIn, context: AdminContext) -> Response:
    """Start a backfill: fetch everything that changed in the CRM since a date. It continues after a restart."""
    return await context.create(service.backfill_since, connection_id, body)


@router.get("/connections/{connection_id}/backfills", response_model=Page[BackfillOut], tags=TAGS)
async def list_backfills(
    connection_id: UUID, context: AdminContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the backfills of a connection, with their progress."""
    return await context.read(service.list_backfills, connection_id, context.paging(limit, cursor))


@router.get("/connections/{connection_id}/backfills/{backfill_id}", response_model=BackfillOut, tags=TAGS)
async def get_backfill(connection_id: UUID, backfill_id: UUID, context: AdminContext) -> Response:
    """Return one backfill with its progress."""
    return await context.read(service.get_backfill, connection_id, backfill_id)
