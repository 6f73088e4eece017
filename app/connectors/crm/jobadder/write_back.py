"""Writing into JobAdder: a note or a task on the candidate, and an approved move of an application."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.connectors.contract import Account, ApiError, ApiExchange, ApiRequest, OutgoingNote, WriteRefused
from app.connectors.crm.jobadder.client import PAGE, after, rows_of
from app.connectors.parsing import id_text, one_line, value_at
from app.connectors.toolkit import as_number, find_note, ids_by_label, is_whole

_A_WHILE = timedelta(days=2)
"""How far back the note or task of an earlier attempt is searched for."""


def write(note: OutgoingNote, account: Account) -> ApiExchange[str]:
    """Write a note or a task on a JobAdder candidate and return its id."""
    if note.again and (known := (yield from (_known_task if note.as_task else _known_note)(note))):
        return known
    what, field, body = "notes", "noteId", _note(note, account)
    if note.as_task:
        what, field, body = "usertasks", "taskId", _task(note, (yield from _assignee(account)))
    path = f"candidates/{_number(note.candidate_id)}/{what}"
    response = yield ApiRequest(path, method="POST", json=body, expects=())
    made = id_text(value_at(response.document, field))
    if made is None:
        raise ApiError("JobAdder did not name what it made.")
    return made


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Set the status of a JobAdder application, by the status's id or name. The answer 202 means that the application
    had this status already.
    """
    path = f"applications/{_number(application_id)}/status"
    wanted = int(status) if is_whole(status) else (yield from _status_called(status))
    yield ApiRequest(path, method="PUT", json={"statusId": wanted}, expects=())


def _status_called(name: str) -> ApiExchange[int]:
    response = yield ApiRequest("applications/lists/status", {"Active": "true"}, expects=())
    found = ids_by_label(rows_of(response, "applications/lists/status"), name, "name", "statusId")
    if len(found) != 1:
        raise WriteRefused(f"JobAdder has no one status of applications called {name[:50]!r}.")
    return _number(found[0])


def _note(note: OutgoingNote, account: Account) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": f"{note.title}\n\n{note.text}",
        "reference": note.mark,
        "createdByIntegration": True,
    }
    if note.application_id:
        body["applicationId"] = [_number(note.application_id)]
    if kind := account.settings.get("note_type"):
        body["type"] = kind[:50]
    return body


def _task(note: OutgoingNote, assignee: int) -> dict[str, Any]:
    # A task is a title and nothing else, so the marker has to be in it.
    body: dict[str, Any] = {
        "title": f"{one_line(note.title, 150)} [keepwarm {note.mark}]",
        "assignees": [assignee],
        "startAt": note.at.isoformat(),
        "endAt": (note.at + timedelta(minutes=15)).isoformat(),
        "allDay": False,
        "priority": 2,
    }
    if note.application_id:
        body["applications"] = [_number(note.application_id)]
    if note.job_id:
        body["jobs"] = [_number(note.job_id)]
    return body


def _assignee(account: Account) -> ApiExchange[int]:
    """Return the id of the JobAdder user who gets a task: the user in the settings, else the user who connected
    JobAdder.
    """
    if user := account.settings.get("user_id"):
        return _number(user)
    response = yield ApiRequest("users/current", expects=())
    return _number(id_text(value_at(response.document, "userId")) or "")


def _known_note(note: OutgoingNote) -> ApiExchange[str | None]:
    response = yield ApiRequest("notes", {"Reference": note.mark, "Limit": "10"}, expects=())
    # A server may ignore the filter, so the rows are checked again.
    rows = [row for row in rows_of(response, "notes") if value_at(row, "reference") == note.mark]
    return id_text(value_at(rows[0], "noteId")) if rows else None


def _known_task(note: OutgoingNote) -> ApiExchange[str | None]:
    def page(offset: int | None) -> ApiExchange[tuple[Sequence[Any], int | None]]:
        offset = offset or 0
        query = {"CreatedAt": after(note.at - _A_WHILE), "Offset": str(offset), "Limit": str(PAGE)}
        response = yield ApiRequest("usertasks", query, expects=())
        rows = [{**row, "id": row.get("taskId")} for row in rows_of(response, "usertasks")]
        return rows, offset + PAGE if len(rows) == PAGE else None

    return find_note(note.mark, page, lambda row: [value_at(row, "text")])


def _number(id: str) -> int:
    return as_number(id, "JobAdder")
