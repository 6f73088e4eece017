"""Writing into Greenhouse: notes in somebody's name, and moves that a recruiter approved."""

from collections.abc import Mapping
from typing import Any

from app.connectors.connector import ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.greenhouse.client import by_ids, cursor_of
from app.connectors.labels import fold_label
from app.connectors.parsing import at, ident, line, sequence
from app.kit.errors import Problem

_MOST_PAGES = 20
_VISIBILITIES = ("private", "admin_only")


def write(finding: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """A note of the kind that is never mailed (EMAIL only logs, NOTE is neither)."""
    author = settings.get("user_id", "")
    if not (_is_number(author) and _is_number(finding.candidate_id)):
        raise Problem(409, "cannot_write_back", "A note in Greenhouse has an author: set user_id to a user's id.")
    if finding.again and (found := (yield from _written(finding))):
        return found
    visibility = settings.get("note_visibility", "private")
    body = {
        "candidate_id": int(finding.candidate_id),
        "user_id": int(author),
        "body": finding.text,
        "visibility": visibility if visibility in _VISIBILITIES else "private",
        "note_type": "NOTE",
    }
    response = yield ApiRequest("/notes", method="POST", json=body, expects=())
    return ident(at(response.document, "id")) or finding.mark


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Greenhouse wants to hear where the application stands now: it refuses the move when that has changed.

    `status` is a stage's id, or its name, which is another id in the plan of every job.
    """
    known = yield from by_ids("applications", [application_id])
    application = known.get(application_id)
    standing = ident(at(application, "job_interview_stage_id"))
    if standing is None or not _is_number(standing):
        raise Problem(409, "cannot_move", "The application stands in no stage of its job, so it cannot be moved.")
    wanted = status if _is_number(status) else (yield from _stage_called(status, at(application, "job_id")))
    if standing == wanted:
        return
    body = {"from_stage_id": int(standing), "to_stage_id": int(wanted)}
    yield ApiRequest(f"/applications/{application_id}/move", method="POST", json=body, expects=())


def _stage_called(name: str, job: Any) -> ApiExchange[str]:
    """The id of the stage that is called so in the job's interview plan."""
    query = {"job_ids": ident(job) or "", "active": "true", "per_page": "500"}
    found: list[Any] = []
    for _ in range(_MOST_PAGES):
        response = yield ApiRequest("/job_interview_stages", query, expects=(403, 404))
        stages = sequence(response.document) if response.ok else ()
        found += [at(each, "id") for each in stages if fold_label(line(at(each, "name")) or "") == fold_label(name)]
        if not (following := cursor_of(response)):
            break
        query = {"cursor": following}
    stage = ident(found[0]) if len(found) == 1 else None
    if stage is None or not _is_number(stage):
        raise Problem(409, "cannot_move", f"The job's interview plan in Greenhouse has no one stage called {name!r}.")
    return stage


def _written(finding: OutgoingNote) -> ApiExchange[str | None]:
    """The id of what an earlier attempt wrote, found by its mark."""
    query = {"candidate_ids": finding.candidate_id, "per_page": "500"}
    for _ in range(_MOST_PAGES):
        response = yield ApiRequest("/notes", query, expects=())
        for record in sequence(response.document):
            told = at(record, "body")
            if isinstance(told, str) and f"[keepwarm {finding.mark}]" in told:
                return ident(at(record, "id"))
        if not (following := cursor_of(response)):
            break
        query = {"cursor": following}
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
