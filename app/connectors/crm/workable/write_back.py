"""Writing into Workable: comments in the name of a member, and moves that a recruiter approved."""

from collections.abc import Sequence
from typing import Any

from app.connectors.contract import Account, ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.parsing import id_text, one_line, sequence, value_at
from app.connectors.toolkit import find_note, setting
from app.connectors.url_paths import safe_segment


def write(note: OutgoingNote, account: Account) -> ApiExchange[str]:
    """Write a comment on a Workable candidate, which the hiring team can read. Return its id."""
    member, candidate = setting(account, "member_id"), safe_segment(note.application_id or note.candidate_id)
    if candidate is None:
        raise WriteRefused("This is no candidate of Workable.")
    if note.again and (known := (yield from _written(candidate, note.mark))):
        return known
    body = {"member_id": member, "comment": {"body": note.text}}
    response = yield ApiRequest(f"candidates/{candidate}/comments", method="POST", json=body, expects=())
    return (
        id_text(value_at(response.document, "id")) or id_text(value_at(response.document, "comment", "id")) or note.mark
    )


def move(application_id: str, status: str, account: Account) -> ApiExchange[None]:
    """Move a Workable candidate to the stage with this name or slug. Raise WriteRefused if there is no such stage."""
    member, candidate = setting(account, "member_id"), safe_segment(application_id)
    if candidate is None or status.startswith("@"):
        raise WriteRefused("Candidates of Workable can be moved to a stage only.")
    response = yield ApiRequest("stages")
    slugs = [
        slug
        for stage in sequence(value_at(response.document, "stages"))
        if (slug := one_line(value_at(stage, "slug"))) and status in (slug, value_at(stage, "name"))
    ]
    if not slugs:
        raise WriteRefused("Workable has no stage of this name any more.")
    body = {"member_id": member, "target_stage": slugs[0]}
    yield ApiRequest(f"candidates/{candidate}/move", method="POST", json=body, expects=())


def _written(candidate: str, mark: str) -> ApiExchange[str | None]:
    """Search a Workable candidate's activities for the comment of an earlier attempt. Return its id, or None.

    Only the first hundred activities that Workable returns are searched.
    """

    def page(_: None) -> ApiExchange[tuple[Sequence[Any], None]]:
        response = yield ApiRequest(f"candidates/{candidate}/activities", {"limit": "100"})
        return sequence(value_at(response.document, "activities")), None

    return find_note(mark, page, lambda row: [value_at(row, "body")])
