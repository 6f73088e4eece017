"""Writing into Recruitee: notes, and moves that a recruiter approved."""

from collections.abc import Sequence
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.crm.recruitee.applications import disqualified, offer_of
from app.connectors.parsing import id_text, sequence, value_at
from app.connectors.toolkit import find_note
from app.connectors.url_paths import safe_segment


def write(note: OutgoingNote) -> ApiExchange[str]:
    """Write a note on a Recruitee candidate and return its id. The hiring team can read the note, and nobody is
    mentioned in it.
    """
    candidate = safe_segment(note.candidate_id)
    if candidate is None:
        raise WriteRefused("This is no candidate of Recruitee.")
    path = f"candidates/{candidate}/notes"
    if note.again and (known := (yield from _written(path, note.mark))):
        return known
    # Recruitee calls a note public that every member of the hiring team may read; candidates read none.
    body = {"note": {"body": note.text, "visibility": {"level": "public"}}}
    response = yield ApiRequest(path, method="POST", json=body, expects=())
    return id_text(value_at(response.document, "note", "id")) or note.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Move a Recruitee placement to another stage. Raise WriteRefused for a disqualified candidate, whom a move would
    requalify.
    """
    candidate, _, offer = application_id.partition(":")
    stage = safe_segment(status)
    if safe_segment(candidate) is None or stage is None:
        raise WriteRefused("Candidates of Recruitee can be moved to a stage, by the stage's id.")
    response = yield ApiRequest(f"candidates/{candidate}")
    for placement in sequence(value_at(response.document, "candidate", "placements")):
        if offer_of(placement) == offer and (id := safe_segment(value_at(placement, "id"))):
            if disqualified(placement):
                raise WriteRefused("The candidate is disqualified: requalify them in Recruitee.")
            body = {"stage_id": int(stage) if stage.isdigit() else stage}
            yield ApiRequest(f"placements/{id}/change_stage", method="PATCH", json=body, expects=())
            return
    raise WriteRefused("Recruitee no longer has this candidate in this job.")


def _written(path: str, mark: str) -> ApiExchange[str | None]:
    """Search a Recruitee candidate's notes for that of an earlier attempt. Return its id, or None if none is found."""

    def page(_: None) -> ApiExchange[tuple[Sequence[Any], None]]:
        response = yield ApiRequest(path)
        return sequence(value_at(response.document, "notes")), None

    return find_note(mark, page, lambda row: [value_at(row, "body")])
