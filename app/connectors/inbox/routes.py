"""HTTP: the inbound events of a connection, their replay, and a dry run of a request."""

from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.access.caller import Role
from app.access.request_context import AdminContext, RequestContext, allowed
from app.connectors.inbox import dry_run, queries, replay
from app.connectors.inbox.schemas import DryRunOut, InboundEventOut, ReplayIn, ReplayOut, State
from app.connectors.inbox.webhook_routes import read_request
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = ["8 · CRM connections"]
OfState = Annotated[State | None, Query(description="Only in this state. Default: in any.")]
AnyQueryContext = Annotated[RequestContext, allowed(Role.admin, any_query=True)]
"""The request context of an admin whose request may have any query parameters: they are passed on to the connector."""
ANY_BODY: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {"type": "string"}}},
    }
}


@router.get("/connections/{connection_id}/events", response_model=Page[InboundEventOut], tags=TAGS)
async def list_connection_events(
    connection_id: UUID, context: AdminContext, state: OfState = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the events that arrived from the CRM with their results, the newest first."""
    return await context.read(
        queries.list_inbound_events, connection_id, context.paging(limit, cursor, state=state), state
    )


@router.get("/connections/{connection_id}/events/{event_id}", response_model=InboundEventOut, tags=TAGS)
async def get_connection_event(connection_id: UUID, event_id: UUID, context: AdminContext) -> Response:
    """Return one event that arrived from the CRM."""
    return await context.read(queries.get_inbound_event, connection_id, event_id)


@router.post("/connections/{connection_id}/events/{event_id}/replay", response_model=InboundEventOut, tags=TAGS)
async def replay_connection_event(connection_id: UUID, event_id: UUID, context: AdminContext) -> Response:
    """Apply one event again. Records that are already imported stay as they are."""
    return await context.write(replay.replay_one, connection_id, event_id)


@router.post("/connections/{connection_id}/replay", response_model=ReplayOut, tags=TAGS)
async def replay_connection_events(connection_id: UUID, body: ReplayIn, context: AdminContext) -> Response:
    """Apply all parked or ignored events again, or some of them."""
    return await context.write(replay.replay_many, connection_id, body)


@router.post("/connections/{connection_id}/dry-run", response_model=DryRunOut, tags=TAGS, openapi_extra=ANY_BODY)
async def try_connection(connection_id: UUID, request: Request, context: AnyQueryContext) -> Response:
    """Try any body with the CRM's own headers and query and see what it would do. Nothing is changed."""
    return await context.rehearse(dry_run.dry_run, connection_id, await read_request(request, context.now))
