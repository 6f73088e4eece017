"""Writing into Recruitee: notes, and moves that a recruiter approved."""

from app.connectors.connector import ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.recruitee.applications import disqualified, offer_of
from app.connectors.parsing import at, ident, sequence
from app.connectors.paths import segment
from app.kit.errors import Problem


def write(finding: OutgoingNote) -> ApiExchange[str]:
    """A note on the candidate that the hiring team reads; nobody is mentioned in it."""
    candidate = segment(finding.candidate_id)
    if candidate is None:
        raise Problem(409, "cannot_write_back", "This is no candidate of Recruitee.")
    path = f"candidates/{candidate}/notes"
    if finding.again:
        response = yield ApiRequest(path)
        for one in sequence(at(response.document, "notes")):
            if finding.mark in str(at(one, "body")):
                return ident(at(one, "id")) or finding.mark
    # Public is what Recruitee calls a note that every member of the hiring team may read; candidates read none.
    said = {"note": {"body": finding.text, "visibility": {"level": "public"}}}
    response = yield ApiRequest(path, method="POST", json=said, expects=())
    return ident(at(response.document, "note", "id")) or finding.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Put the placement into another stage. Refused for a disqualified candidate, whom a move would requalify."""
    candidate, _, offer = application_id.partition(":")
    stage = segment(status)
    if segment(candidate) is None or stage is None:
        raise Problem(409, "cannot_move", "Candidates of Recruitee can be moved to a stage, by the stage's id.")
    response = yield ApiRequest(f"candidates/{candidate}")
    for placement in sequence(at(response.document, "candidate", "placements")):
        if offer_of(placement) == offer and (id := segment(at(placement, "id"))):
            if disqualified(placement):
                raise Problem(409, "cannot_move", "The candidate is disqualified: requalify them in Recruitee.")
            body = {"stage_id": int(stage) if stage.isdigit() else stage}
            yield ApiRequest(f"placements/{id}/change_stage", method="PATCH", json=body, expects=())
            return
    raise Problem(409, "cannot_move", "Recruitee no longer knows this candidate in this job.")
