"""Writing into Workable: notes, and moves that a recruiter approved."""

from app.connectors.connector import Account, ApiExchange, ApiRequest, NotConnected, OutgoingNote
from app.connectors.parsing import at, ident, line, sequence
from app.connectors.paths import segment
from app.kit.errors import Problem


def write(finding: OutgoingNote, account: Account) -> ApiExchange[str]:
    """A comment on the candidate, for the hiring team to read."""
    member, candidate = _member(account), segment(finding.application_id or finding.candidate_id)
    if candidate is None:
        raise Problem(409, "cannot_write_back", "This is no candidate of Workable.")
    if finding.again:
        response = yield ApiRequest(f"candidates/{candidate}/activities", {"limit": "100"})
        for one in sequence(at(response.document, "activities")):
            if finding.mark in str(at(one, "body")):
                return ident(at(one, "id")) or finding.mark
    said = {"member_id": member, "comment": {"body": finding.text}}
    response = yield ApiRequest(f"candidates/{candidate}/comments", method="POST", json=said, expects=())
    return ident(at(response.document, "id")) or ident(at(response.document, "comment", "id")) or finding.mark


def move(application_id: str, status: str, account: Account) -> ApiExchange[None]:
    """To another stage, by its slug. What a candidate tells is the stage's name, so that the slug is looked up."""
    member, candidate = _member(account), segment(application_id)
    if candidate is None or status.startswith("@"):
        raise Problem(409, "cannot_move", "Candidates of Workable can be moved to a stage only.")
    response = yield ApiRequest("stages")
    slugs = [
        slug
        for stage in sequence(at(response.document, "stages"))
        if (slug := line(at(stage, "slug"))) and status in (slug, at(stage, "name"))
    ]
    if not slugs:
        raise Problem(409, "cannot_move", "Workable has no stage of this name any more.")
    body = {"member_id": member, "target_stage": slugs[0]}
    yield ApiRequest(f"candidates/{candidate}/move", method="POST", json=body, expects=())


def _member(account: Account) -> str:
    if not (member := account.settings.get("member_id")):
        raise NotConnected("member_id")
    return member
