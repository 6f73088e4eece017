"""Writing into Recruit CRM: notes and tasks, and hiring stages that a recruiter approved."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import quote

from app.connectors.contract import ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.crm.recruitcrm.client import has_next, rows_of
from app.connectors.parsing import id_text, sequence, value_at
from app.connectors.toolkit import find_note, ids_by_label, is_whole

_MAX_NOTE_PAGES = 40


def write(note: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """Write a note or a task on the candidate, in the name of `user_id` if that is set. Return `note:<id>` or
    `task:<id>`. Nobody gets mail.
    """
    what = "task" if note.as_task else "note"
    if note.again and (known := (yield from _written(what, note))):
        return f"{what}:{known}"
    body: dict[str, Any] = {
        "description": note.text,
        "related_to": note.candidate_id,
        "related_to_type": "candidate",
    }
    job = note.job_id or (note.application_id or "").partition(":")[2]
    if job:
        body["associated_jobs"] = job
    if author := settings.get("user_id"):
        body["created_by"] = _number(author)
    if note.as_task:
        # Source: creates-a-new-task. -1 is no reminder: Keepwarm reminds by itself.
        starts = note.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        body |= {"title": note.title, "reminder": -1, "start_date": starts}
        if author:
            body["owner_id"] = _number(author)
    response = yield ApiRequest(f"/v1/{what}s", method="POST", json=body, expects=())
    return f"{what}:{id_text(value_at(response.document, 'id')) or note.mark}"


def move(application_id: str, status: str, settings: Mapping[str, str]) -> ApiExchange[None]:
    """Set the hiring stage of a candidate on a job, by the stage's id or label. No placement is created and nobody gets
    mail.
    """
    person, _, job = application_id.partition(":")
    if not (person and job):
        raise WriteRefused("Recruit CRM moves a candidate on a job, and this names only one of them.")
    body: dict[str, Any] = {"status_id": int(status if is_whole(status) else (yield from _stage_called(status)))}
    if author := settings.get("user_id"):
        body["updated_by"] = _number(author)
    path = f"/v1/candidates/{quote(person, safe='')}/hiring-stages/{quote(job, safe='')}"
    yield ApiRequest(path, method="POST", json=body, expects=())


def _stage_called(label: str) -> ApiExchange[str]:
    """Return the id of the stage with this label in the master pipeline, which has the stages of all pipelines. Raise
    WriteRefused unless exactly one has the label.
    """
    response = yield ApiRequest("/v1/hiring-pipelines/0")
    found = ids_by_label(sequence(response.document) if response.ok else (), label, "label", "stage_id")
    if len(found) != 1 or not is_whole(found[0]):
        raise WriteRefused(f"The hiring pipeline in Recruit CRM has no one stage called {label!r}.")
    return found[0]


def _written(what: str, note: OutgoingNote) -> ApiExchange[str | None]:
    """Search a Recruit CRM candidate's notes or tasks for that of an earlier attempt.

    Return its id, or None if none is found on the first `_MAX_NOTE_PAGES` pages.
    """

    def page(number: int | None) -> ApiExchange[tuple[Sequence[Any], int | None]]:
        number = number or 1
        query = {"related_to": note.candidate_id, "related_to_type": "candidate", "page": str(number)}
        response = yield ApiRequest(f"/v1/{what}s/search", query, expects=())
        return rows_of(response, f"{what}s"), number + 1 if has_next(response) else None

    return find_note(note.mark, page, lambda row: [value_at(row, "description")], _MAX_NOTE_PAGES)


def _number(text: str) -> int | str:
    return int(text) if is_whole(text) else text
