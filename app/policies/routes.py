"""HTTP: policies."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.call import AdminCall, ViewerCall
from app.kit.pages import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.policies import queries, service
from app.policies.schemas import PolicyChange, PolicyChangeOut, PolicyOut

router = feature_router()
TAGS: list[str | Enum] = ["6 · Policy"]


@router.get("/policy", response_model=PolicyOut, tags=TAGS)
async def get_agency_policy(call: ViewerCall) -> Response:
    """Every number and switch of the rules as your agency has them, and which of them it set itself."""
    return await call.read(queries.get_policy)


@router.patch("/policy", response_model=PolicyOut, tags=TAGS)
async def change_agency_policy(body: PolicyChange, call: AdminCall) -> Response:
    """Set numbers and switches for the whole agency; they hold for every open application at once."""
    return await call.write(service.change_policy, "agency", None, body)


@router.get("/policy/changes", response_model=Page[PolicyChangeOut], tags=TAGS)
async def list_policy_changes(call: ViewerCall, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """What was changed of the policy at any level, when and by which key, in the order of versions."""
    return await call.read(queries.list_changes, call.paging(limit, cursor))


@router.get("/organisations/{organisation_id}/policy", response_model=PolicyOut, tags=TAGS)
async def get_organisation_policy(organisation_id: UUID, call: ViewerCall) -> Response:
    """The policy at one organisation: what was set for it, and what it inherits from the agency."""
    return await call.read(queries.get_policy, "organisation", organisation_id)


@router.patch("/organisations/{organisation_id}/policy", response_model=PolicyOut, tags=TAGS)
async def change_organisation_policy(organisation_id: UUID, body: PolicyChange, call: AdminCall) -> Response:
    """Set what differs at one organisation; it holds for its open applications at once."""
    return await call.write(service.change_policy, "organisation", organisation_id, body)


@router.get("/jobs/{job_id}/policy", response_model=PolicyOut, tags=TAGS)
async def get_job_policy(job_id: UUID, call: ViewerCall) -> Response:
    """The policy for one job: what was set for it, and what it inherits from its organisation and the agency."""
    return await call.read(queries.get_policy, "job", job_id)


@router.patch("/jobs/{job_id}/policy", response_model=PolicyOut, tags=TAGS)
async def change_job_policy(job_id: UUID, body: PolicyChange, call: AdminCall) -> Response:
    """Set what differs for one job; it holds for its open applications at once."""
    return await call.write(service.change_policy, "job", job_id, body)
