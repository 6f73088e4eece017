"""HTTP: keep-warm marks, and the candidates who are kept warm."""

from uuid import UUID

from fastapi import Response

from app.access.call import RecruiterCall, ViewerCall
from app.applications.facts.schemas import VoidIn
from app.applications.keep_warm import marks
from app.applications.keep_warm.schemas import (
    KeepWarmMarkChange,
    KeepWarmMarkIn,
    KeepWarmMarkOut,
    KeepWarmMarkPut,
)
from app.kit.fields import RefId, RefSystem, ref
from app.kit.pages import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router

router = feature_router()
TAG = "2 · After the interview"


@router.post(
    "/applications/{application_id}/keep-warm-marks", status_code=201, response_model=KeepWarmMarkOut, tags=[TAG]
)
async def mark_keep_warm(application_id: UUID, body: KeepWarmMarkIn, call: RecruiterCall) -> Response:
    """Mark an ended application to stay in touch with its candidate. A candidate has one mark at a time."""
    return await call.create(marks.mark_keep_warm, application_id, body)


@router.get("/applications/{application_id}/keep-warm-marks", response_model=Page[KeepWarmMarkOut], tags=[TAG])
async def list_keep_warm_marks(
    application_id: UUID, call: ViewerCall, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The keep-warm marks of an application, ended and voided ones too."""
    return await call.read(marks.list_keep_warm_marks, application_id, call.paging(limit, cursor))


@router.get("/keep-warm-marks/by-ref/{system}/{id:path}", response_model=KeepWarmMarkOut, tags=[TAG])
async def get_keep_warm_mark_by_ref(system: RefSystem, id: RefId, call: ViewerCall) -> Response:
    """One keep-warm mark by what your CRM calls it."""
    return await call.read(marks.get_keep_warm_mark_by_ref, ref(system, id))


@router.put("/keep-warm-marks/by-ref/{system}/{id:path}", response_model=KeepWarmMarkOut, tags=[TAG])
async def put_keep_warm_mark(system: RefSystem, id: RefId, body: KeepWarmMarkPut, call: RecruiterCall) -> Response:
    """Create or correct a keep-warm mark under your CRM's id."""
    return await call.put(marks.put_keep_warm_mark, ref(system, id), body)


@router.get("/keep-warm-marks/{keep_warm_mark_id}", response_model=KeepWarmMarkOut, tags=[TAG])
async def get_keep_warm_mark(keep_warm_mark_id: UUID, call: ViewerCall) -> Response:
    """One keep-warm mark."""
    return await call.read(marks.get_keep_warm_mark, keep_warm_mark_id)


@router.patch("/keep-warm-marks/{keep_warm_mark_id}", response_model=KeepWarmMarkOut, tags=[TAG])
async def change_keep_warm_mark(keep_warm_mark_id: UUID, body: KeepWarmMarkChange, call: RecruiterCall) -> Response:
    """End a keep-warm mark, or give it another day or note."""
    return await call.write(marks.change_keep_warm_mark, keep_warm_mark_id, body)


@router.post("/keep-warm-marks/{keep_warm_mark_id}/void", response_model=KeepWarmMarkOut, tags=[TAG])
async def void_keep_warm_mark(keep_warm_mark_id: UUID, body: VoidIn, call: RecruiterCall) -> Response:
    """Take back a keep-warm mark that was recorded wrongly."""
    return await call.write(marks.void_keep_warm_mark, keep_warm_mark_id, body)
