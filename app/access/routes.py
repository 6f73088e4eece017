"""HTTP routes: agencies, recruiters, API keys."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.access import queries, service
from app.access.request_context import AdminContext, OperatorContext, ViewerContext
from app.access.schemas import (
    AgencyChange,
    AgencyIn,
    AgencyMade,
    AgencyOut,
    ApiKeyIn,
    ApiKeyMade,
    ApiKeyOut,
    RecruiterChange,
    RecruiterIn,
    RecruiterOut,
    RotationIn,
)
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
OPERATOR = "11 · Operator"
SETUP = "7 · Agency and keys"


@router.post("/agencies", status_code=201, response_model=AgencyMade, tags=[OPERATOR])
async def make_agency(body: AgencyIn, context: OperatorContext) -> Response:
    """Make an agency and its first admin key. The key is shown this once."""
    return await context.create(service.make_agency, body)


@router.get("/agencies", response_model=Page[AgencyOut], tags=[OPERATOR])
async def list_agencies(context: OperatorContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List all agencies of this service, in the order of their creation."""
    return await context.read(queries.list_agencies, context.paging(limit, cursor))


@router.post("/agencies/{agency_id}/admin-keys", status_code=201, response_model=ApiKeyMade, tags=[OPERATOR])
async def make_admin_key(agency_id: UUID, context: OperatorContext) -> Response:
    """Make a new admin key for an agency that has lost its own. The key is shown this once."""
    return await context.create(service.make_admin_key, agency_id)


@router.delete("/agencies/{agency_id}", status_code=204, tags=[OPERATOR])
async def delete_agency(
    agency_id: UUID,
    context: OperatorContext,
    name: Annotated[str, Query(max_length=200, description="The agency's exact name, to confirm which one is meant.")],
) -> Response:
    """Delete an agency with all its records, keys, connections and events, for good."""
    return await context.erase(service.delete_agency, agency_id, name)


@router.get("/agency", response_model=AgencyOut, tags=[SETUP])
async def get_agency(context: ViewerContext) -> Response:
    """Return your own agency, with its calendar."""
    return await context.read(queries.get_agency)


@router.patch("/agency", response_model=AgencyOut, tags=[SETUP])
async def change_agency(body: AgencyChange, context: AdminContext) -> Response:
    """Change your agency. A new calendar (zone, region, exceptions) makes every open application be assessed again."""
    return await context.write(service.change_agency, body)


@router.post("/recruiters", status_code=201, response_model=RecruiterOut, tags=[SETUP])
async def add_recruiter(body: RecruiterIn, context: AdminContext) -> Response:
    """Add a consultant or account manager."""
    return await context.create(service.add_recruiter, body)


@router.get("/recruiters", response_model=Page[RecruiterOut], tags=[SETUP])
async def list_recruiters(context: ViewerContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the agency's recruiters."""
    return await context.read(queries.list_recruiters, context.paging(limit, cursor))


@router.get("/recruiters/{recruiter_id}", response_model=RecruiterOut, tags=[SETUP])
async def get_recruiter(recruiter_id: UUID, context: ViewerContext) -> Response:
    """Return one recruiter."""
    return await context.read(queries.get_recruiter, recruiter_id)


@router.patch("/recruiters/{recruiter_id}", response_model=RecruiterOut, tags=[SETUP])
async def change_recruiter(recruiter_id: UUID, body: RecruiterChange, context: AdminContext) -> Response:
    """Change a recruiter; `active: false` for one who has left."""
    return await context.write(service.change_recruiter, recruiter_id, body)


@router.post("/api-keys", status_code=201, response_model=ApiKeyMade, tags=[SETUP])
async def make_api_key(body: ApiKeyIn, context: AdminContext) -> Response:
    """Make an API key. The secret is shown this once; only its hash is kept."""
    return await context.create(service.make_api_key, body)


@router.get("/api-keys", response_model=Page[ApiKeyOut], tags=[SETUP])
async def list_api_keys(context: AdminContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the agency's API keys, without their secrets."""
    return await context.read(queries.list_api_keys, context.paging(limit, cursor))


@router.get("/api-keys/{api_key_id}", response_model=ApiKeyOut, tags=[SETUP])
async def get_api_key(api_key_id: UUID, context: AdminContext) -> Response:
    """Return one API key, without its secret."""
    return await context.read(queries.get_api_key, api_key_id)


@router.post("/api-keys/{api_key_id}/rotate", status_code=201, response_model=ApiKeyMade, tags=[SETUP])
async def rotate_api_key(api_key_id: UUID, body: RotationIn, context: AdminContext) -> Response:
    """Make a new API key that replaces this one. The old key stays valid for the overlap."""
    return await context.create(service.rotate_api_key, api_key_id, body)


@router.delete("/api-keys/{api_key_id}", status_code=204, tags=[SETUP])
async def revoke_api_key(api_key_id: UUID, context: AdminContext) -> Response:
    """Revoke an API key at once."""
    return await context.write(service.revoke_api_key, api_key_id)
