"""Writing into SmartRecruiters: notes, and moves that a recruiter approved."""

from app.connectors.connector import ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.smartrecruiters import records
from app.connectors.parsing import at, ident, line, sequence
from app.connectors.paths import segment
from app.kit.errors import Problem

_MOST_PAGES = 20


def write(finding: OutgoingNote) -> ApiExchange[str]:
    """An open note on the candidate's profile: shared with nobody by name, so that nobody is sent an email."""
    candidate = segment(finding.candidate_id)
    if candidate is None:
        raise Problem(409, "cannot_write_back", "This is no candidate of SmartRecruiters.")
    if finding.again and (known := (yield from _written(candidate, finding.mark))):
        return known
    # @[USER:…] would send an email, and #[CANDIDATE:…] would tag somebody else.
    text = finding.text.replace("@[", "@ [").replace("#[", "# [")
    shared = {"users": [], "hiringTeamOf": [], "everyone": False, "openNote": True}
    message = {"content": f"#[CANDIDATE:{candidate}] {text}", "shareWith": shared}
    response = yield ApiRequest("messages/shares", method="POST", json=message, expects=())
    return ident(at(response.document, "id")) or finding.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Give the assignment another status, `STATUS` or `STATUS/sub-status`."""
    candidate, _, job = application_id.partition(":")
    # Nobody is transferred by a status: that takes another job.
    signals = {signal: word for word, signal in records.SIGNALS.items() if word != "TRANSFERRED"}
    main, _, sub = signals.get(status, status).partition("/")
    if segment(candidate) is None or segment(job) is None or main.startswith("@"):
        raise Problem(409, "cannot_move", "This is no application, or no status, of SmartRecruiters.")
    body = {"status": main, **({"subStatus": sub} if sub else {})}
    yield ApiRequest(f"candidates/{candidate}/jobs/{job}/status", method="PUT", json=body, expects=())


def _written(candidate: str, mark: str) -> ApiExchange[str | None]:
    """The message that carries the mark already. Listing them takes an administrator's key: without, none is found."""
    query = {"candidateId": candidate, "limit": "100"}
    for _ in range(_MOST_PAGES):
        response = yield ApiRequest("messages", query, expects=(403, 404))
        for one in sequence(at(response.document, "content")):
            if mark in str(at(one, "content")):
                return ident(at(one, "id"))
        if not (further := line(at(response.document, "nextPageId"), 500)):
            return None
        query = {**query, "pageId": further}
    return None
