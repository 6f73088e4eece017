"""Writing into Lever: a note on an opportunity, and a move to another stage."""

import re
from collections.abc import Mapping

from app.connectors.connector import Account, ApiExchange, ApiRequest, OutgoingNote
from app.connectors.parsing import at, ident, line, note, sequence
from app.connectors.paths import segment
from app.kit.errors import Problem

# "Users who are @-mentioned will receive notifications": a word joiner keeps what looks like a mention from being one.
_MENTION = re.compile(r"(?<![^\s(])@(?=\w)")
_MOST_PAGES = 20


def write(finding: OutgoingNote, account: Account) -> ApiExchange[str]:
    """The note's id. Without an application, it goes to the newest opportunity of the candidate."""
    opportunity = segment(finding.application_id) or (yield from _newest(finding.candidate_id))
    if opportunity is None:
        raise Problem(409, "cannot_write_back", "Lever has no opportunity of this candidate to write a note on.")
    path = f"opportunities/{opportunity}/notes"
    if finding.again and (known := (yield from _written(path, finding.mark))):
        return known
    said = {"value": _MENTION.sub("@\u2060", finding.text), "notifyFollowers": False}
    response = yield ApiRequest(path, _as(account), "POST", said, expects=())
    return ident(at(response.document, "data", "noteId")) or ident(at(response.document, "data", "id")) or finding.mark


def move(application_id: str, status: str, account: Account) -> ApiExchange[None]:
    """Put the opportunity into the stage. Raises Problem for a signal: archiving and hiring are done in Lever."""
    opportunity, stage = segment(application_id), segment(status)
    if opportunity is None or stage is None:
        raise Problem(409, "cannot_move", "Lever's opportunities can be moved to a stage, by the stage's id.")
    yield ApiRequest(f"opportunities/{opportunity}/stage", _as(account), "PUT", {"stage": stage}, expects=())


def _newest(contact: str) -> ApiExchange[str | None]:
    response = yield ApiRequest("opportunities", {"contact_id": contact, "limit": "100"})
    made = [
        (at(one, "createdAt") if isinstance(at(one, "createdAt"), int) else 0, id)
        for one in sequence(at(response.document, "data"))
        if (id := segment(at(one, "id")))
    ]
    return max(made)[1] if made else None


def _written(path: str, mark: str) -> ApiExchange[str | None]:
    """The note that carries the mark already."""
    query = {"limit": "100"}
    for _ in range(_MOST_PAGES):
        response = yield ApiRequest(path, query)
        for one in sequence(at(response.document, "data")):
            if any(mark in (note(at(field, "value")) or "") for field in sequence(at(one, "fields"))):
                return ident(at(one, "id"))
        if at(response.document, "hasNext") is not True or not (offset := line(at(response.document, "next"), 500)):
            return None
        query = {"limit": "100", "offset": offset}
    return None


def _as(account: Account) -> Mapping[str, str]:
    user = segment(account.settings.get("perform_as"))
    return {"perform_as": user} if user else {}
