"""HTTP: erasing a candidate."""

from enum import Enum
from uuid import UUID

from fastapi import Response

from app.access.call import AdminCall
from app.candidates.routes import TAGS as CANDIDATES
from app.candidates.schemas import CandidateOut
from app.erasure.arrivals import look_through
from app.erasure.service import erase_candidate as erase
from app.kit.strict_json import router as feature_router

router = feature_router()
TAGS: list[str | Enum] = CANDIDATES


@router.post("/candidates/{candidate_id}/erasure", response_model=CandidateOut, tags=TAGS)
async def erase_candidate(candidate_id: UUID, call: AdminCall) -> Response:
    """Erase a person at their wish, for good (GDPR, Article 17).

    Name, addresses, absences and every word that was written of them go: notes, debriefs, promises, reasons, what CRMs
    sent of them. Their applications in progress end as cancelled. What happened and when stays without them, so that
    your numbers still hold; so does what your CRM calls them, so that nobody brings them back: nothing can be told of
    them any more (409 `candidate_erased`), and what a CRM tells is left out. Answers kept for an `Idempotency-Key` of
    your agency go as well: a request repeated under one is refused (409 `answer_erased`) and not done again. Erasing
    twice changes nothing. Backups, and what PostgreSQL keeps until its vacuum, are your operator's to clean.
    """
    found = [piece for piece in await call.collect(look_through, candidate_id) if piece is not None]
    return await call.erase(erase, candidate_id, found)
