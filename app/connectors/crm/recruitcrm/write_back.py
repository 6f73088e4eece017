"""Writing into Recruit CRM: notes and tasks of ours, and hiring stages that a recruiter approved."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from urllib.parse import quote

from app.connectors.connector import ApiExchange, ApiRequest, OutgoingNote
from app.connectors.crm.recruitcrm.sync import rows_of
from app.connectors.labels import fold_label
from app.connectors.parsing import at, ident, line, sequence
from app.kit.errors import Problem

_MOST_PAGES = 40


def write(finding: OutgoingNote, settings: Mapping[str, str]) -> ApiExchange[str]:
    """A note or a task on the candidate, in the name of `user_id` where it is set; mails nobody."""
    what = "task" if finding.as_task else "note"
    if finding.again and (found := (yield from _written(what, finding))):
        return f"{what}:{found}"
    body: dict[str, Any] = {
        "description": finding.text,
        "related_to": finding.candidate_id,
        "related_to_type": "candidate",
    }
    job = finding.job_id or (finding.application_id or "").partition(":")[2]
    if job:
        body["associated_jobs"] = job
    if author := settings.get("user_id"):
        body["created_by"] = _number(author)
    if finding.as_task:
        # Source: creates-a-new-task. -1 is no reminder: Keepwarm reminds by itself.
        starts = finding.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        body |= {"title": finding.title, "reminder": -1, "start_date": starts}
        if author:
            body["owner_id"] = _number(author)
    response = yield ApiRequest(f"/v1/{what}s", method="POST", json=body, expects=())
    return f"{what}:{ident(at(response.document, 'id')) or finding.mark}"


def move(application_id: str, status: str, settings: Mapping[str, str]) -> ApiExchange[None]:
    """Set the stage, by its id or its label; no placement is made with it, and nobody is mailed."""
    person, _, job = application_id.partition(":")
    if not (person and job):
        raise Problem(409, "cannot_move", "Recruit CRM moves a candidate on a job, and this names only one of them.")
    body: dict[str, Any] = {"status_id": int(status if _is_number(status) else (yield from _stage_called(status)))}
    if author := settings.get("user_id"):
        body["updated_by"] = _number(author)
    path = f"/v1/candidates/{quote(person, safe='')}/hiring-stages/{quote(job, safe='')}"
    yield ApiRequest(path, method="POST", json=body, expects=())


def _stage_called(label: str) -> ApiExchange[str]:
    """The id of a stage, from the master pipeline: it has the stages of all the others."""
    response = yield ApiRequest("/v1/hiring-pipelines/0")
    stages = sequence(response.document) if response.ok else ()
    found = [at(each, "stage_id") for each in stages if fold_label(line(at(each, "label")) or "") == fold_label(label)]
    stage = ident(found[0]) if len(found) == 1 else None
    if stage is None or not _is_number(stage):
        raise Problem(409, "cannot_move", f"The hiring pipeline in Recruit CRM has no one stage called {label!r}.")
    return stage


def _written(what: str, finding: OutgoingNote) -> ApiExchange[str | None]:
    """The id of what an earlier attempt wrote, found by its mark."""
    for number in range(1, _MOST_PAGES + 1):
        query = {"related_to": finding.candidate_id, "related_to_type": "candidate", "page": str(number)}
        response = yield ApiRequest(f"/v1/{what}s/search", query, expects=())
        for record in rows_of(response, f"{what}s"):
            told = at(record, "description")
            if isinstance(told, str) and f"[keepwarm {finding.mark}]" in told:
                return ident(at(record, "id"))
        if line(at(response.document, "next_page_url"), 2000) in (None, "null"):
            break
    return None


def _number(text: str) -> int | str:
    return int(text) if _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
