"""Writing into Ashby: notes that notify nobody, and stages that a recruiter approved."""

from collections.abc import Mapping
from typing import Any

from app.connectors.connector import ApiError, ApiExchange, OutgoingNote
from app.connectors.crm.ashby.client import asked
from app.connectors.labels import fold_label
from app.connectors.parsing import at, ident, line, sequence
from app.kit.errors import Problem

_MOST_PAGES = 20


def write(finding: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """A note on the candidate, private unless the settings say otherwise."""
    if finding.again and (found := (yield from _written(finding))):
        return found
    body = {
        "candidateId": finding.candidate_id,
        "note": finding.text,
        "sendNotifications": False,
        "isPrivate": settings.get("note_visibility") != "public",
    }
    answer = yield from _done("candidate.createNote", body)
    if not (id := ident(at(answer.get("results"), "id"))):
        raise Problem(409, "cannot_write_back", "The candidate is not, or no longer, in Ashby.")
    return id


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Change the stage. Nothing is archived from here: that wants a reason, and may send mail.

    `status` is a stage's id, or its title, which is another id in every interview plan.
    """
    known = yield from _done("application.info", {"applicationId": application_id})
    present = at(known.get("results"), "currentInterviewStage")
    plan = ident(at(present, "interviewPlanId"))
    answer = (yield from _done("interviewStage.list", {"interviewPlanId": plan})) if plan else {}
    meant = [
        id
        for stage in sequence(answer.get("results"))
        if (id := ident(at(stage, "id"))) == status or fold_label(line(at(stage, "title")) or "") == fold_label(status)
    ]
    if len(meant) != 1 or meant[0] is None:
        raise Problem(
            409, "cannot_move", f"The application has no one stage {status!r} in its interview plan in Ashby."
        )
    if ident(at(present, "id")) == meant[0]:
        return
    body = {"applicationId": application_id, "interviewStageId": meant[0]}
    if not (yield from _done("application.changeStage", body)):
        raise Problem(409, "cannot_move", "The application or the stage is not, or no longer, in Ashby.")


def _done(method: str, body: Mapping[str, Any]) -> ApiExchange[Mapping[str, Any]]:
    """The answer to a request that changes something; what Ashby refuses is told to the admin in its own words."""
    try:
        return (yield from asked(method, body))
    except ApiError as refused:
        raise Problem(409, "crm_refused", str(refused)) from None


def _written(finding: OutgoingNote) -> ApiExchange[str | None]:
    """The id of what an earlier attempt wrote, found by its mark."""
    following: str | None = None
    for _ in range(_MOST_PAGES):
        body = {"candidateId": finding.candidate_id, "limit": 100, **({"cursor": following} if following else {})}
        answer = yield from asked("candidate.listNotes", body)
        for record in sequence(answer.get("results")):
            told = at(record, "content")
            if isinstance(told, str) and f"[keepwarm {finding.mark}]" in told:
                return ident(at(record, "id"))
        following = line(answer.get("nextCursor"), 10_000) if answer.get("moreDataAvailable") is True else None
        if following is None:
            break
    return None
