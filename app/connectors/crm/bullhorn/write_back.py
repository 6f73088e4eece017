"""What Keepwarm writes into Bullhorn: a note or a task on the candidate, and an approved move of a submission."""

import html
from datetime import timedelta
from typing import Any

from app.connectors.connector import Account, ApiError, ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.bullhorn.client import rows_of
from app.connectors.parsing import at, ident, line
from app.kit.errors import Problem


def written(finding: OutgoingNote, account: Account) -> ApiExchange[str]:
    """The id of the note or the task that carries the finding."""
    if finding.again and (known := (yield from _known(finding))):
        return known
    entity, body = ("Task", _task(finding, account)) if finding.as_task else ("Note", _note(finding, account))
    response = yield ApiRequest(f"entity/{entity}", method="PUT", json=body, expects=())
    made = ident(at(response.document, "changedEntityId"))
    if made is None:
        raise ApiError(f"Bullhorn did not name the {entity.lower()} that it made.")
    return made


def moved(application_id: str, status: str) -> ApiExchange[None]:
    """Set a submission's status; the values are those of settings/jobResponseStatusList."""
    path = f"entity/JobSubmission/{_number(application_id)}"
    yield ApiRequest(path, method="POST", json={"status": status}, expects=())


def _note(finding: OutgoingNote, account: Account) -> dict[str, Any]:
    # Notes are HTML. With the person and the commenting person named, Bullhorn itself puts the note on the candidate.
    text = html.escape(f"{finding.title}\n\n{finding.text}", quote=False).replace("\n", "<br>")
    body: dict[str, Any] = {
        "action": account.settings.get("note_action") or "Other",
        "comments": text,
        "personReference": _link(finding.candidate_id),
        "externalID": finding.mark,
    }
    return body | _job(finding) | _whose(account, "commentingPerson")


def _task(finding: OutgoingNote, account: Account) -> dict[str, Any]:
    # A private task would be seen by its maker alone. Neither kind is ever shown to a candidate or a client.
    begins = int(finding.at.timestamp() * 1000)
    body: dict[str, Any] = {
        "subject": line(finding.title, 100),
        "type": (account.settings.get("task_type") or "Follow-Up")[:30],
        "description": finding.text,
        "dateBegin": begins,
        "dateEnd": begins + int(timedelta(minutes=15).total_seconds() * 1000),
        "candidate": _link(finding.candidate_id),
        "isCompleted": False,
        "isPrivate": False,
        "isDeleted": False,
        "priority": 2,
        "notificationMinutes": 0,
    }
    return body | _job(finding) | _whose(account, "owner")


def _known(finding: OutgoingNote) -> ApiExchange[str | None]:
    """The note or task that an earlier attempt made, by its mark."""
    if finding.as_task:
        where = f"candidate.id={_number(finding.candidate_id)} AND isDeleted=false"
        query = {"where": where, "fields": "id,description", "orderBy": "-id", "count": "100"}
        response = yield ApiRequest("query/Task", query, expects=())
    else:
        # The index of notes has noteID, externalID and userID [V: sdk-rest, note-searchfields.txt]. Should one of the
        # two conditions match nothing here, the other still finds it.
        sought = f'isDeleted:false AND (externalID:"{finding.mark}" OR userID:{_number(finding.candidate_id)})'
        query = {"query": sought, "fields": "id,externalID,comments", "sort": "-noteID", "count": "100"}
        response = yield ApiRequest("search/Note", query, expects=())
    for row in rows_of(response, "what was written before"):
        texts = [line(at(row, field), 100_000) or "" for field in ("externalID", "comments", "description")]
        if finding.mark == texts[0] or any(f"[keepwarm {finding.mark}]" in text for text in texts):
            return ident(at(row, "id"))
    return None


def _link(id: str) -> dict[str, Any]:
    return {"id": _number(id)}


def _number(id: str) -> int:
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise Problem(422, "not_an_id_of_the_crm", f"{id[:50]!r} is no id of Bullhorn's: those are whole numbers.")
    return int(id)


def _job(finding: OutgoingNote) -> dict[str, Any]:
    return {"jobOrder": _link(finding.job_id)} if finding.job_id else {}


def _whose(account: Account, field: str) -> dict[str, Any]:
    user = account.settings.get("user_id")
    return {field: _link(user)} if user else {}
