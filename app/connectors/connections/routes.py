"""HTTP: connections."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import AdminContext
from app.connectors.connections import queries, service
from app.connectors.connections.schemas import (
    ConnectionChange,
    ConnectionHealth,
    ConnectionIn,
    ConnectionMade,
    ConnectionOut,
    SecretIn,
    SecretMade,
)
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = ["8 · CRM connections"]


@router.post("/connections", status_code=201, response_model=ConnectionMade, tags=TAGS)
async def connect(body: ConnectionIn, context: AdminContext) -> Response:
    """Connect your CRM. The response has the webhook address and the steps to take in the CRM. It shows the signing
    secret this once."""
    return await context.create(service.connect, body, context.public_url, most=context.crm_connections)


@router.get("/connections", response_model=Page[ConnectionOut], tags=TAGS)
async def list_connections(context: AdminContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the connected CRMs."""
    return await context.read(queries.list_connections, context.paging(limit, cursor), context.public_url)


@router.get("/connections/{connection_id}", response_model=ConnectionOut, tags=TAGS)
async def get_connection(connection_id: UUID, context: AdminContext) -> Response:
    """Return one connection, with its maps and the steps to take in the CRM."""
    return await context.read(queries.get_connection, connection_id, context.public_url)


@router.patch("/connections/{connection_id}", response_model=ConnectionOut, tags=TAGS)
async def change_connection(connection_id: UUID, body: ConnectionChange, context: AdminContext) -> Response:
    """Change a connection. Events that waited for a label which the maps now have are applied."""
    return await context.write(service.change_connection, connection_id, body, context.public_url)


@router.delete("/connections/{connection_id}", status_code=204, tags=TAGS)
async def disconnect(connection_id: UUID, context: AdminContext) -> Response:
    """Delete a connection with its secrets and stored events. The records imported from the CRM stay."""
    return await context.write(service.disconnect, connection_id, context.public_url)


@router.get("/connections/{connection_id}/health", response_model=ConnectionHealth, tags=TAGS)
async def get_connection_health(connection_id: UUID, context: AdminContext) -> Response:
    """Return the health of a connection: the last event, waiting and failed work, and unmapped labels."""
    return await context.read(queries.get_health, connection_id)


@router.post("/connections/{connection_id}/signing-secrets", status_code=201, response_model=SecretMade, tags=TAGS)
async def add_signing_secret(connection_id: UUID, body: SecretIn, context: AdminContext) -> Response:
    """Add a signing secret for the CRM's webhooks. The earlier secrets stay valid for `overlap_hours`."""
    return await context.create(service.add_secret, connection_id, body)


@router.delete("/connections/{connection_id}/signing-secrets/{secret_id}", status_code=204, tags=TAGS)
async def end_signing_secret(connection_id: UUID, secret_id: UUID, context: AdminContext) -> Response:
    """End a signing secret at once: webhooks signed with it are rejected from now on."""
    return await context.write(service.end_secret, connection_id, secret_id, context.public_url)
