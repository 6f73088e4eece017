"""Writing into Hirewell: notes on people, and stages of placements."""

from collections.abc import Sequence
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.parsing import id_text, one_line, sequence, value_at
from app.connectors.toolkit import find_note
from app.connectors.url_paths import safe_segment


def write(note: OutgoingNote) -> ApiExchange[str]:
    """Write a note that only the agency sees. Return its id."""
    if (person := safe_segment(note.candidate_id)) is None:
        raise WriteRefused("This is no person of Hirewell.")
    path = f"people/{person}/notes"
    if note.again and (known := (yield from _written(path, note.mark))):
        return known
    response = yield ApiRequest(path, method="POST", json={"text": note.text, "visible": "agency"}, expects=())
    return id_text(value_at(response.document, "id")) or note.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Set the stage of a placement. Raise WriteRefused for a signal: hiring is done in Hirewell."""
    if (placement := safe_segment(application_id)) is None or status.startswith("@"):
        raise WriteRefused("Placements of Hirewell can be moved to a stage only.")
    yield ApiRequest(f"placements/{placement}/stage", method="PUT", json={"stage": status}, expects=())


def _written(path: str, mark: str) -> ApiExchange[str | None]:
    """Return the id of the note that an earlier attempt wrote."""

    def page(after: str | None) -> ApiExchange[tuple[Sequence[Any], str | None]]:
        response = yield ApiRequest(path, {"after": after} if after else {})
        return sequence(value_at(response.document, "items")), one_line(value_at(response.document, "next"), 500)

    return find_note(mark, page, lambda row: [value_at(row, "text")])
