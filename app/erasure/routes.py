"""HTTP route for erasing a candidate."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.request_context import AdminContext
from app.candidates.routes import TAGS as CANDIDATES
from app.candidates.schemas import CandidateOut
from app.erasure.inbound_events import scan_step
from app.erasure.service import erase_candidate as erase
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = CANDIDATES


@router.post("/candidates/{candidate_id}/erasure", response_model=CandidateOut, tags=TAGS)
async def erase_candidate(candidate_id: UUID, context: AdminContext) -> Response:
    """Erase a candidate for good (GDPR, Article 17).

    Name, email address, telephone number, absences and all texts about the person are deleted. Texts are notes,
    debriefs, promises, reasons, and the data that CRMs sent. Applications in progress end as cancelled. Facts and their
    dates stay without the person, so that statistics remain correct.

    The external id stays, so that the person cannot be created again. New data is refused with 409 `candidate_erased`,
    and data of a CRM is ignored. Responses stored for an `Idempotency-Key` of your agency are deleted as well: a
    repeated request with such a key is refused (409 `answer_erased`). Erasing again changes nothing. Your operator is
    responsible for backups, and for deleted rows until PostgreSQL's vacuum removes them.
    """
    found = [piece for piece in await context.collect(scan_step, candidate_id) if piece is not None]
    return await context.erase(erase, candidate_id, found)
