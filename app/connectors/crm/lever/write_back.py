"""Writing into Lever: a note on an opportunity, and a move to another stage."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors.contract import Account, ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.parsing import id_text, one_line, sequence, value_at
from app.connectors.toolkit import find_note
from app.connectors.url_paths import safe_segment

# "Users who are @-mentioned will receive notifications" [V]: a word joiner keeps a text from being read as a mention.
_MENTION = re.compile(r"(?<![^\s(])@(?=\w)")


def write(note: OutgoingNote, account: Account) -> ApiExchange[str]:
    """Write a note on an opportunity, else on the candidate's newest opportunity. Return the note's id."""
    opportunity = safe_segment(note.application_id) or (yield from _newest(note.candidate_id))
    if opportunity is None:
        raise WriteRefused("Lever has no opportunity of this candidate to write a note on.")
    path = f"opportunities/{opportunity}/notes"
    if note.again and (known := (yield from _written(path, note.mark))):
        return known
    body = {"value": _MENTION.sub("@\u2060", note.text), "notifyFollowers": False}
    response = yield ApiRequest(path, _as_user(account), "POST", body, expects=())
    return (
        id_text(value_at(response.document, "data", "noteId"))
        or id_text(value_at(response.document, "data", "id"))
        or note.mark
    )


def move(application_id: str, status: str, account: Account) -> ApiExchange[None]:
    """Move a Lever opportunity to another stage. Raise WriteRefused for a status such as `@hired`: archiving and hiring
    can only be done in Lever.
    """
    opportunity, stage = safe_segment(application_id), safe_segment(status)
    if opportunity is None or stage is None:
        raise WriteRefused("Lever's opportunities can be moved to a stage, by the stage's id.")
    yield ApiRequest(f"opportunities/{opportunity}/stage", _as_user(account), "PUT", {"stage": stage}, expects=())


def _newest(contact: str) -> ApiExchange[str | None]:
    """Return the id of the contact's newest Lever opportunity. Return None if the contact has none."""
    response = yield ApiRequest("opportunities", {"contact_id": contact, "limit": "100"})
    created = [
        (value_at(row, "createdAt") if isinstance(value_at(row, "createdAt"), int) else 0, id)
        for row in sequence(value_at(response.document, "data"))
        if (id := safe_segment(value_at(row, "id")))
    ]
    return max(created)[1] if created else None


def _written(path: str, mark: str) -> ApiExchange[str | None]:
    """Search a Lever opportunity's notes for that of an earlier attempt. Return its id, or None if none is found."""

    def page(offset: str | None) -> ApiExchange[tuple[Sequence[Any], str | None]]:
        response = yield ApiRequest(path, {"limit": "100", **({"offset": offset} if offset else {})})
        more = value_at(response.document, "hasNext") is True
        return sequence(value_at(response.document, "data")), one_line(
            value_at(response.document, "next"), 500
        ) if more else None

    return find_note(mark, page, lambda row: (value_at(field, "value") for field in sequence(value_at(row, "fields"))))


def _as_user(account: Account) -> Mapping[str, str]:
    user = safe_segment(account.settings.get("perform_as"))
    return {"perform_as": user} if user else {}
