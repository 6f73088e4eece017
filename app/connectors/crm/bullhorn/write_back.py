"""Writing into Bullhorn: a note or a task on the candidate, and an approved move of a submission."""

import html
from datetime import timedelta
from typing import Any

from app.connectors.contract import Account, ApiError, ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.bullhorn.client import rows_of
from app.connectors.parsing import id_text, one_line, value_at
from app.connectors.toolkit import as_number


def write(note: OutgoingNote, account: Account) -> ApiExchange[str]:
    """Write a note or a task on a Bullhorn candidate and return its id."""
    if note.again and (known := (yield from _known(note))):
        return known
    entity, body = ("Task", _task(note, account)) if note.as_task else ("Note", _note(note, account))
    response = yield ApiRequest(f"entity/{entity}", method="PUT", json=body, expects=())
    made = id_text(value_at(response.document, "changedEntityId"))
    if made is None:
        raise ApiError(f"Bullhorn did not name the {entity.lower()} that it made.")
    return made


def move(application_id: str, status: str) -> ApiExchange[None]:
    """Set the status of a Bullhorn submission to a value of settings/jobResponseStatusList."""
    path = f"entity/JobSubmission/{_number(application_id)}"
    yield ApiRequest(path, method="POST", json={"status": status}, expects=())


def _note(note: OutgoingNote, account: Account) -> dict[str, Any]:
    # Notes are HTML. With the person and the commenting person named, Bullhorn itself puts the note on the candidate.
    text = html.escape(f"{note.title}\n\n{note.text}", quote=False).replace("\n", "<br>")
    body: dict[str, Any] = {
        "action": account.settings.get("note_action") or "Other",
        "comments": text,
        "personReference": _link(note.candidate_id),
        "externalID": note.mark,
    }
    return body | _job(note) | _whose(account, "commentingPerson")


def _task(note: OutgoingNote, account: Account) -> dict[str, Any]:
    # Only its author would see a private task. Neither kind is ever shown to a candidate or a client.
    begins = int(note.at.timestamp() * 1000)
    body: dict[str, Any] = {
        "subject": one_line(note.title, 100),
        "type": (account.settings.get("task_type") or "Follow-Up")[:30],
        "description": note.text,
        "dateBegin": begins,
        "dateEnd": begins + int(timedelta(minutes=15).total_seconds() * 1000),
        "candidate": _link(note.candidate_id),
        "isCompleted": False,
        "isPrivate": False,
        "isDeleted": False,
        "priority": 2,
        "notificationMinutes": 0,
    }
    return body | _job(note) | _whose(account, "owner")


def _known(note: OutgoingNote) -> ApiExchange[str | None]:
    """Search the newest hundred Bullhorn notes or tasks of a candidate for that of an earlier attempt.

    Return its id, or None if none is found.
    """
    if note.as_task:
        where = f"candidate.id={_number(note.candidate_id)} AND isDeleted=false"
        query = {"where": where, "fields": "id,description", "orderBy": "-id", "count": "100"}
        response = yield ApiRequest("query/Task", query, expects=())
    else:
        # The index of notes has noteID, externalID and userID [V: sdk-rest, note-searchfields.txt]. If one of the two
        # conditions matches nothing here, the other still finds it.
        sought = f'isDeleted:false AND (externalID:"{note.mark}" OR userID:{_number(note.candidate_id)})'
        query = {"query": sought, "fields": "id,externalID,comments", "sort": "-noteID", "count": "100"}
        response = yield ApiRequest("search/Note", query, expects=())
    for row in rows_of(response, "what was written before"):
        texts = [one_line(value_at(row, field), 100_000) or "" for field in ("externalID", "comments", "description")]
        if note.mark == texts[0] or any(note.mark in text for text in texts):
            return id_text(value_at(row, "id"))
    return None


def _link(id: str) -> dict[str, Any]:
    return {"id": _number(id)}


def _number(id: str) -> int:
    return as_number(id, "Bullhorn")


def _job(note: OutgoingNote) -> dict[str, Any]:
    return {"jobOrder": _link(note.job_id)} if note.job_id else {}


def _whose(account: Account, field: str) -> dict[str, Any]:
    user = account.settings.get("user_id")
    return {field: _link(user)} if user else {}
