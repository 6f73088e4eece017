"""HTTP: the catalogue of connectors."""

from fastapi import Response

from app.access.request_context import ViewerContext
from app.connectors.catalog import queries
from app.connectors.catalog.schemas import ConnectorsOut
from app.connectors.connections.routes import TAGS
from app.kit.strict_json import router as feature_router

router = feature_router()


@router.get("/connectors", response_model=ConnectorsOut, tags=TAGS)
async def list_connectors(context: ViewerContext) -> Response:
    """List the CRMs that can be connected: fields to enter, steps to take, abilities and limits."""
    return await context.read(queries.list_connectors)
