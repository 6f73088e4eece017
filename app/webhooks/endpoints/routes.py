"""HTTP: webhook endpoints."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.access.request_context import AdminContext
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.webhooks.endpoints import queries, replay, service
from app.webhooks.endpoints.schemas import (
    DeliveryOut,
    DeliveryState,
    EndpointChange,
    EndpointHealth,
    EndpointIn,
    EndpointMade,
    EndpointOut,
    EndpointSecretIn,
    EndpointSecretMade,
    EventReplayIn,
    EventReplayOut,
)

router = feature_router()
TAGS: list[str | Enum] = ["10 · Events out"]
InState = Annotated[DeliveryState | None, Query(description="Only in this state. Default: in any.")]


@router.post("/webhook-endpoints", status_code=201, response_model=EndpointMade, tags=TAGS)
async def make_webhook_endpoint(body: EndpointIn, context: AdminContext) -> Response:
    """Make a webhook endpoint. Events are signed as Standard Webhooks defines it. The secret is shown once."""
    return await context.create(service.make_endpoint, body, private_targets=context.private_targets)


@router.get("/webhook-endpoints", response_model=Page[EndpointOut], tags=TAGS)
async def list_webhook_endpoints(context: AdminContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List webhook endpoints."""
    return await context.read(queries.list_endpoints, context.paging(limit, cursor))


@router.get("/webhook-endpoints/{endpoint_id}", response_model=EndpointOut, tags=TAGS)
async def get_webhook_endpoint(endpoint_id: UUID, context: AdminContext) -> Response:
    """Get a webhook endpoint."""
    return await context.read(queries.get_endpoint, endpoint_id)


@router.patch("/webhook-endpoints/{endpoint_id}", response_model=EndpointOut, tags=TAGS)
async def change_webhook_endpoint(endpoint_id: UUID, body: EndpointChange, context: AdminContext) -> Response:
    """Change, pause or enable a webhook endpoint."""
    return await context.write(service.change_endpoint, endpoint_id, body, private_targets=context.private_targets)


@router.delete("/webhook-endpoints/{endpoint_id}", status_code=204, tags=TAGS)
async def remove_webhook_endpoint(endpoint_id: UUID, context: AdminContext) -> Response:
    """Delete a webhook endpoint."""
    return await context.write(service.remove_endpoint, endpoint_id)


@router.get("/webhook-endpoints/{endpoint_id}/health", response_model=EndpointHealth, tags=TAGS)
async def get_webhook_endpoint_health(endpoint_id: UUID, context: AdminContext) -> Response:
    """Get the health of a webhook endpoint: success rate, last failure, waiting deliveries, state."""
    return await context.read(queries.get_health, endpoint_id)


@router.post("/webhook-endpoints/{endpoint_id}/secrets", status_code=201, response_model=EndpointSecretMade, tags=TAGS)
async def add_webhook_secret(endpoint_id: UUID, body: EndpointSecretIn, context: AdminContext) -> Response:
    """Add a signing secret. It is shown once; the earlier ones keep signing for the overlap."""
    return await context.create(service.add_secret, endpoint_id, body)


@router.delete("/webhook-endpoints/{endpoint_id}/secrets/{endpoint_secret_id}", status_code=204, tags=TAGS)
async def end_webhook_secret(endpoint_id: UUID, endpoint_secret_id: UUID, context: AdminContext) -> Response:
    """End an earlier signing secret at once. The newest secret cannot be ended (409)."""
    return await context.write(service.end_secret, endpoint_id, endpoint_secret_id)


@router.post("/webhook-endpoints/{endpoint_id}/test", status_code=201, response_model=DeliveryOut, tags=TAGS)
async def send_test_event(endpoint_id: UUID, context: AdminContext) -> Response:
    """Send an event of the type `endpoint.test`. Its delivery shows the result.

    A paused endpoint gets it when it is resumed. A disabled endpoint must be enabled first (409).
    """
    return await context.create(replay.send_test, endpoint_id)


@router.get("/webhook-endpoints/{endpoint_id}/deliveries", response_model=Page[DeliveryOut], tags=TAGS)
async def list_deliveries(
    endpoint_id: UUID, context: AdminContext, state: InState = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List deliveries with their attempts, the newest first."""
    return await context.read(queries.list_deliveries, endpoint_id, context.paging(limit, cursor, state=state), state)


@router.get("/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}", response_model=DeliveryOut, tags=TAGS)
async def get_delivery(endpoint_id: UUID, delivery_id: UUID, context: AdminContext) -> Response:
    """Get a delivery with its attempts."""
    return await context.read(queries.get_delivery, endpoint_id, delivery_id)


@router.post("/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/replay", response_model=DeliveryOut, tags=TAGS)
async def replay_delivery(endpoint_id: UUID, delivery_id: UUID, context: AdminContext) -> Response:
    """Send one delivery again, with the same event id."""
    return await context.write(replay.replay_delivery, endpoint_id, delivery_id)


@router.post("/webhook-endpoints/{endpoint_id}/replay", response_model=EventReplayOut, tags=TAGS)
async def replay_events(endpoint_id: UUID, body: EventReplayIn, context: AdminContext) -> Response:
    """Replay the events of a period, the oldest first, about 20,000 a call. Events from before the endpoint was made
    are included."""
    return await context.write(replay.replay_events, endpoint_id, body)
