"""What Keepwarm writes into JobAdder: a note or a task on the candidate, and an approved move of an application."""

from datetime import timedelta
from typing import Any

from app.connectors.connector import Account, ApiError, ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.jobadder.client import PAGE, after, rows_of
from app.connectors.labels import fold_label
from app.connectors.parsing import at, ident, line
from app.kit.errors import Problem

_A_WHILE = timedelta(days=2)
"""How far back an earlier attempt is looked for."""
_MOST_PAGES = 20


def written(finding: OutgoingNote, account: Account) -> ApiExchange[str]:
    """The id of the note or the task that carries the finding."""
    if finding.again and (known := (yield from (_known_task if finding.as_task else _known_note)(finding))):
        return known
    what, field, body = "notes", "noteId", _note(finding, account)
    if finding.as_task:
        what, field, body = "usertasks", "taskId", _task(finding, (yield from _assignee(account)))
    path = f"candidates/{_number(finding.candidate_id)}/{what}"
    response = yield ApiRequest(path, method="POST", json=body, expects=())
    made = ident(at(response.document, field))
    if made is None:
        raise ApiError("JobAdder did not name what it made.")
    return made


def moved(application_id: str, status: str) -> ApiExchange[None]:
    """Set an application's status, by its id or its name. 202: it stood there already, which is as good."""
    path = f"applications/{_number(application_id)}/status"
    wanted = int(status) if _is_number(status) else (yield from _status_called(status))
    yield ApiRequest(path, method="PUT", json={"statusId": wanted}, expects=())


def _status_called(name: str) -> ApiExchange[int]:
    response = yield ApiRequest("applications/lists/status", {"Active": "true"}, expects=())
    named = [
        row
        for row in rows_of(response, "applications/lists/status")
        if fold_label(line(at(row, "name")) or "") == fold_label(name)
    ]
    if len(named) != 1:
        raise Problem(409, "cannot_move", f"JobAdder has no one status of applications called {name[:50]!r}.")
    return _number(ident(at(named[0], "statusId")) or "")


def _note(finding: OutgoingNote, account: Account) -> dict[str, Any]:
    body: dict[str, Any] = {
        "text": f"{finding.title}\n\n{finding.text}",
        "reference": finding.mark,
        "createdByIntegration": True,
    }
    if finding.application_id:
        body["applicationId"] = [_number(finding.application_id)]
    if kind := account.settings.get("note_type"):
        body["type"] = kind[:50]
    return body


def _task(finding: OutgoingNote, assignee: int) -> dict[str, Any]:
    # A task is a title and nothing else, so that the mark has to stand in it.
    body: dict[str, Any] = {
        "title": f"{line(finding.title, 150)} [keepwarm {finding.mark}]",
        "assignees": [assignee],
        "startAt": finding.at.isoformat(),
        "endAt": (finding.at + timedelta(minutes=15)).isoformat(),
        "allDay": False,
        "priority": 2,
    }
    if finding.application_id:
        body["applications"] = [_number(finding.application_id)]
    if finding.job_id:
        body["jobs"] = [_number(finding.job_id)]
    return body


def _assignee(account: Account) -> ApiExchange[int]:
    """Whose task it is: the user of the settings, or whoever connected JobAdder."""
    if user := account.settings.get("user_id"):
        return _number(user)
    response = yield ApiRequest("users/current", expects=())
    return _number(ident(at(response.document, "userId")) or "")


def _known_note(finding: OutgoingNote) -> ApiExchange[str | None]:
    response = yield ApiRequest("notes", {"Reference": finding.mark, "Limit": "10"}, expects=())
    # The filter is the server's to honour: what it brings is looked at again.
    rows = [row for row in rows_of(response, "notes") if at(row, "reference") == finding.mark]
    return ident(at(rows[0], "noteId")) if rows else None


def _known_task(finding: OutgoingNote) -> ApiExchange[str | None]:
    for page in range(_MOST_PAGES):
        query = {"CreatedAt": after(finding.at - _A_WHILE), "Offset": str(page * PAGE), "Limit": str(PAGE)}
        response = yield ApiRequest("usertasks", query, expects=())
        rows = rows_of(response, "usertasks")
        for row in rows:
            if f"[keepwarm {finding.mark}]" in (line(at(row, "text"), 1000) or ""):
                return ident(at(row, "taskId"))
        if len(rows) < PAGE:
            break
    return None


def _number(id: str) -> int:
    if not _is_number(id):
        raise Problem(422, "not_an_id_of_the_crm", f"{id[:50]!r} is no id of JobAdder's: those are whole numbers.")
    return int(id)


def _is_number(id: str) -> bool:
    return id.isascii() and id.isdigit() and len(id) < 19
