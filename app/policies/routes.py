"""HTTP routes of policies."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import AdminContext, ViewerContext
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.policies import queries, service
from app.policies.schemas import PolicyChange, PolicyChangeOut, PolicyOut

router = feature_router()
TAGS: list[str | Enum] = ["6 · Policy"]


@router.get("/policy", response_model=PolicyOut, tags=TAGS)
async def get_agency_policy(context: ViewerContext) -> Response:
    """Get the agency's policy: every number and switch of the rules, and which of them are set."""
    return await context.read(queries.get_policy)


@router.patch("/policy", response_model=PolicyOut, tags=TAGS)
async def change_agency_policy(body: PolicyChange, context: AdminContext) -> Response:
    """Set numbers and switches for the agency. They apply to every open application at once."""
    return await context.write(service.change_policy, "agency", None, body)


@router.get("/policy/changes", response_model=Page[PolicyChangeOut], tags=TAGS)
async def list_policy_changes(context: ViewerContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List the changes of policy at all levels, with time and key, in the order of versions."""
    return await context.read(queries.list_changes, context.paging(limit, cursor))


@router.get("/organisations/{organisation_id}/policy", response_model=PolicyOut, tags=TAGS)
async def get_organisation_policy(organisation_id: UUID, context: ViewerContext) -> Response:
    """Get the policy of an organisation: what is set for it, and what it inherits from the agency."""
    return await context.read(queries.get_policy, "organisation", organisation_id)


@router.patch("/organisations/{organisation_id}/policy", response_model=PolicyOut, tags=TAGS)
async def change_organisation_policy(organisation_id: UUID, body: PolicyChange, context: AdminContext) -> Response:
    """Set numbers and switches for an organisation. They apply to its open applications at once."""
    return await context.write(service.change_policy, "organisation", organisation_id, body)


@router.get("/jobs/{job_id}/policy", response_model=PolicyOut, tags=TAGS)
async def get_job_policy(job_id: UUID, context: ViewerContext) -> Response:
    """Get the policy of a job: what is set for it, and what it inherits."""
    return await context.read(queries.get_policy, "job", job_id)


@router.patch("/jobs/{job_id}/policy", response_model=PolicyOut, tags=TAGS)
async def change_job_policy(job_id: UUID, body: PolicyChange, context: AdminContext) -> Response:
    """Set numbers and switches for a job. They apply to its open applications at once."""
    return await context.write(service.change_policy, "job", job_id, body)
