"""Routes of candidates."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import RecruiterContext, ViewerContext
from app.candidates import queries, service
from app.candidates.schemas import CandidateChange, CandidateIn, CandidateOut
from app.kit.field_types import RefId, RefSystem, ref
from app.kit.pagination import Cursor, Limit, Page
from app.kit.search import Search
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = ["4 · Candidates"]


@router.post("/candidates", status_code=201, response_model=CandidateOut, tags=TAGS)
async def add_candidate(body: CandidateIn, context: RecruiterContext) -> Response:
    """Create a candidate: a person who is looking for work, where they live and when they are away."""
    return await context.create(service.add_candidate, body)


@router.get("/candidates", response_model=Page[CandidateOut], tags=TAGS)
async def list_candidates(
    context: ViewerContext, q: Search = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List the agency's candidates, or those whom `q` finds by name."""
    return await context.read(queries.list_candidates, context.paging(limit, cursor, q=q), q)


@router.get("/candidates/{candidate_id}", response_model=CandidateOut, tags=TAGS)
async def get_candidate(candidate_id: UUID, context: ViewerContext) -> Response:
    """Get a candidate."""
    return await context.read(queries.get_candidate, candidate_id)


@router.patch("/candidates/{candidate_id}", response_model=CandidateOut, tags=TAGS)
async def change_candidate(candidate_id: UUID, body: CandidateChange, context: RecruiterContext) -> Response:
    """Change a candidate. A new time zone, holiday region or absence reassesses the candidate's open applications."""
    return await context.write(service.change_candidate, candidate_id, body)


@router.put("/candidates/by-ref/{system}/{id:path}", response_model=CandidateOut, tags=TAGS)
async def put_candidate(system: RefSystem, id: RefId, body: CandidateIn, context: RecruiterContext) -> Response:
    """Create or update a candidate by the candidate's id in your CRM."""
    return await context.upsert(service.put_candidate, ref(system, id), body)


@router.get("/candidates/by-ref/{system}/{id:path}", response_model=CandidateOut, tags=TAGS)
async def get_candidate_by_ref(system: RefSystem, id: RefId, context: ViewerContext) -> Response:
    """Get a candidate by the candidate's id in your CRM."""
    return await context.read(queries.get_candidate_by_ref, ref(system, id))
