"""Writing into Greenhouse: notes in the name of a user, and moves that a recruiter approved."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.crm.greenhouse.client import by_ids, cursor_of
from app.connectors.parsing import id_text, sequence, value_at
from app.connectors.toolkit import find_note, ids_by_label, is_whole

_MAX_STAGE_PAGES = 20
_VISIBILITIES = ("private", "admin_only")


def write(note: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """Write a note of the type NOTE in Greenhouse, which is never mailed, and return its id."""
    author = settings.get("user_id", "")
    if not (is_whole(author) and is_whole(note.candidate_id)):
        raise WriteRefused("A note in Greenhouse has an author: set user_id to a user's id.")
    if note.again and (known := (yield from _written(note))):
        return known
    visibility = settings.get("note_visibility", "private")
    body = {
        "candidate_id": int(note.candidate_id),
        "user_id": int(author),
        "body": note.text,
        "visibility": visibility if visibility in _VISIBILITIES else "private",
        "note_type": "NOTE",
    }
    response = yield ApiRequest("/notes", method="POST", json=body, expects=())
    return id_text(value_at(response.document, "id")) or note.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Move an application from its present stage. Greenhouse rejects the move if that stage has changed.

    `status` is a stage's id, or its name, which has another id in the plan of every job.
    """
    known = yield from by_ids("applications", [application_id])
    application = known.get(application_id)
    present = id_text(value_at(application, "job_interview_stage_id"))
    if present is None or not is_whole(present):
        raise WriteRefused("The application stands in no stage of its job, so it cannot be moved.")
    wanted = status if is_whole(status) else (yield from _stage_called(status, value_at(application, "job_id")))
    if present == wanted:
        return
    body = {"from_stage_id": int(present), "to_stage_id": int(wanted)}
    yield ApiRequest(f"/applications/{application_id}/move", method="POST", json=body, expects=())


def _stage_called(name: str, job: Any) -> ApiExchange[str]:
    """Return the id of the stage with this name in a job's interview plan. Raise WriteRefused unless exactly one stage
    has the name.
    """
    query = {"job_ids": id_text(job) or "", "active": "true", "per_page": "500"}
    found: list[str] = []
    for _ in range(_MAX_STAGE_PAGES):
        response = yield ApiRequest("/job_interview_stages", query, expects=(403, 404))
        found += ids_by_label(sequence(response.document) if response.ok else (), name, "name", "id")
        if not (following := cursor_of(response)):
            break
        query = {"cursor": following}
    if len(found) != 1 or not is_whole(found[0]):
        raise WriteRefused(f"The job's interview plan in Greenhouse has no one stage called {name!r}.")
    return found[0]


def _written(note: OutgoingNote) -> ApiExchange[str | None]:
    """Search a Greenhouse candidate's notes for that of an earlier attempt. Return its id, or None if none is found."""

    def page(cursor: str | None) -> ApiExchange[tuple[Sequence[Any], str | None]]:
        query = {"cursor": cursor} if cursor else {"candidate_ids": note.candidate_id, "per_page": "500"}
        response = yield ApiRequest("/notes", query, expects=())
        return sequence(response.document), cursor_of(response)

    return find_note(note.mark, page, lambda row: [value_at(row, "body")])
