"""Writing into SmartRecruiters: open notes, and moves that a recruiter approved."""

from collections.abc import Sequence
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.crm.smartrecruiters.records import SIGNALS
from app.connectors.parsing import id_text, one_line, sequence, value_at
from app.connectors.toolkit import find_note
from app.connectors.url_paths import safe_segment


def write(note: OutgoingNote) -> ApiExchange[str]:
    """Write an open note on the candidate's profile and return its id. The note is shared with nobody by name, so no
    email is sent.
    """
    candidate = safe_segment(note.candidate_id)
    if candidate is None:
        raise WriteRefused("This is no candidate of SmartRecruiters.")
    if note.again and (known := (yield from _written(candidate, note.mark))):
        return known
    # @[USER:…] would send an email, and #[CANDIDATE:…] would tag another candidate.
    text = note.text.replace("@[", "@ [").replace("#[", "# [")
    shared = {"users": [], "hiringTeamOf": [], "everyone": False, "openNote": True}
    message = {"content": f"#[CANDIDATE:{candidate}] {text}", "shareWith": shared}
    response = yield ApiRequest("messages/shares", method="POST", json=message, expects=())
    return id_text(value_at(response.document, "id")) or note.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Set the status of a candidate's assignment to a job. `status` is `STATUS` or `STATUS/sub-status`."""
    candidate, _, job = application_id.partition(":")
    # A status transfers nobody: that needs another job.
    signals = {signal: word for word, signal in SIGNALS.items() if word != "TRANSFERRED"}
    main, _, sub = signals.get(status, status).partition("/")
    if safe_segment(candidate) is None or safe_segment(job) is None or main.startswith("@"):
        raise WriteRefused("This is no application, or no status, of SmartRecruiters.")
    body = {"status": main, **({"subStatus": sub} if sub else {})}
    yield ApiRequest(f"candidates/{candidate}/jobs/{job}/status", method="PUT", json=body, expects=())


def _written(candidate: str, mark: str) -> ApiExchange[str | None]:
    """Search a SmartRecruiters candidate's messages for that of an earlier attempt. Return its id, or None.

    If the key may not list messages, the result is None.
    """

    def page(cursor: str | None) -> ApiExchange[tuple[Sequence[Any], str | None]]:
        query = {"candidateId": candidate, "limit": "100", **({"pageId": cursor} if cursor else {})}
        response = yield ApiRequest("messages", query, expects=(403, 404))
        return sequence(value_at(response.document, "content")), one_line(
            value_at(response.document, "nextPageId"), 500
        )

    return find_note(mark, page, lambda row: [value_at(row, "content")])
