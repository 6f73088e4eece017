"""Writing into Ashby: notes that notify nobody, and moves that a recruiter approved."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors.contract import ApiError, ApiExchange, OutgoingNote, WriteRefused
from app.connectors.crm.ashby.client import call, cursor_of
from app.connectors.crm_labels import fold_label
from app.connectors.parsing import id_text, one_line, sequence, value_at
from app.connectors.toolkit import find_note


def write(note: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """Write a note on the candidate in Ashby and return its id. The note is private unless the connection's settings
    say otherwise.
    """
    if note.again and (known := (yield from _written(note))):
        return known
    body = {
        "candidateId": note.candidate_id,
        "note": note.text,
        "sendNotifications": False,
        "isPrivate": settings.get("note_visibility") != "public",
    }
    answer = yield from _changed("candidate.createNote", body)
    if not (id := id_text(value_at(answer.get("results"), "id"))):
        raise WriteRefused("The candidate is not, or no longer, in Ashby.")
    return id


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Move an Ashby application to another stage, given by its id or title. Raise WriteRefused if its interview plan
    has no such stage.

    Archiving needs a reason and may send mail, so it is done in Ashby. The same title has another id in every interview
    plan.
    """
    known = yield from _changed("application.info", {"applicationId": application_id})
    present = value_at(known.get("results"), "currentInterviewStage")
    plan = id_text(value_at(present, "interviewPlanId"))
    answer = (yield from _changed("interviewStage.list", {"interviewPlanId": plan})) if plan else {}
    meant = [
        id
        for stage in sequence(answer.get("results"))
        if (id := id_text(value_at(stage, "id"))) == status
        or fold_label(one_line(value_at(stage, "title")) or "") == fold_label(status)
    ]
    if len(meant) != 1 or meant[0] is None:
        raise WriteRefused(f"The application has no one stage {status!r} in its interview plan in Ashby.")
    if id_text(value_at(present, "id")) == meant[0]:
        return
    body = {"applicationId": application_id, "interviewStageId": meant[0]}
    if not (yield from _changed("application.changeStage", body)):
        raise WriteRefused("The application or the stage is not, or no longer, in Ashby.")


def _changed(method: str, body: Mapping[str, Any]) -> ApiExchange[Mapping[str, Any]]:
    """Send a request that changes something in Ashby and return the answer. Raise WriteRefused with Ashby's own reason
    if Ashby reports an error.
    """
    try:
        return (yield from call(method, body))
    except ApiError as error:
        raise WriteRefused(str(error)) from None


def _written(note: OutgoingNote) -> ApiExchange[str | None]:
    """Search an Ashby candidate's notes for that of an earlier attempt. Return its id, or None if none is found."""

    def page(cursor: str | None) -> ApiExchange[tuple[Sequence[Any], str | None]]:
        body = {"candidateId": note.candidate_id, "limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = yield from call("candidate.listNotes", body)
        return sequence(answer.get("results")), cursor_of(answer)

    return find_note(note.mark, page, lambda row: [value_at(row, "content")])
