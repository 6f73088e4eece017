"""References of Bullhorn: what was asked of a referee, and when; never the result.

`CandidateReference` has `dateAdded`, `status` and the job for which the candidate is considered. The entity reference
calls that job an Integer and the metadata an association [V: CandidateReference; sdk-rest, candidatereference-meta].
The statuses are those of that metadata [V]; an agency may name its own. That a referee who can be reached is one whose
details the candidate has given is our reading [U].
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from app.connectors.canonical_records import Check, Gone
from app.connectors.contract import ApiExchange, ApiRequest, Translation
from app.connectors.crm.bullhorn.client import Row, refuse_errors, rows_of
from app.connectors.crm.bullhorn.people import candidate_records, version_of
from app.connectors.parsing import id_text, initials, mapping, one_line, parse_instant, value_at
from app.connectors.vendor_vocabulary import Vocabulary

_UNREADABLE = (400, 403, 404)
"""The HTTP statuses of a user who may not read references. The sync of everything else continues."""
_STATUS: Mapping[str, Literal["open", "done", "cancelled"]] = {
    "pending": "open",
    "inprogress": "open",
    "completed": "done",
    "done": "done",
    "declined": "cancelled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "crossed": "cancelled",
}


def rows_without_names(ask: ApiRequest) -> ApiExchange[list[Row]]:
    """Return a page of references. Each has the referee's initials in place of the name, the email address and the
    phone number.
    """
    response = yield ApiRequest(ask.path, ask.query, expects=_UNREADABLE)
    if not response.ok:
        return []
    refuse_errors(response, ask.path)
    return [_without_name(row) for row in rows_of(response, ask.path)]


def _without_name(row: Row) -> Row:
    referee = ("referenceFirstName", "referenceLastName", "referenceEmail", "referencePhone", "referenceClientContact")
    reachable = any(one_line(value_at(row, name)) for name in referee[2:4]) or bool(
        mapping(value_at(row, "referenceClientContact"))
    )
    kept = {name: value for name, value in row.items() if name not in referee}
    return {**kept, "initials": initials(*(value_at(row, name) for name in referee[:2])), "isReachable": reachable}


def job_of(reference: Any) -> Any:
    """Return the id of the job of a Bullhorn reference. Return None if the reference names no job."""
    job = value_at(reference, "jobOrder")
    return value_at(job, "id") if mapping(job) else job


def reference(document: Any, event_time: datetime, submission_id: str | None) -> Translation:
    """Return a Bullhorn reference as a check on a submission. Without `submission_id` the check names only the
    candidate.
    """
    id, person = id_text(value_at(document, "id")), id_text(value_at(document, "candidate", "id"))
    version = version_of(document, event_time)
    if id is None or person is None:
        return Translation(ignored="The reference names no candidate.")
    if value_at(document, "isDeleted") is True:
        return Translation([Gone(kind="check", id=id, version=version)])
    words = Vocabulary()
    status = words.read("reference status", value_at(document, "status"), _STATUS, "open")
    check = Check(
        id=id,
        version=version,
        kind="reference",
        application_id=submission_id,
        candidate_id=None if submission_id else person,
        label=one_line(value_at(document, "initials"), 20),
        asked_at=parse_instant(value_at(document, "dateAdded")),
        ready_at=version if value_at(document, "isReachable") is True else None,
        done_at=version if status == "done" else None,
        cancelled_at=version if status == "cancelled" else None,
        undated=("ready_at", "done_at", "cancelled_at"),
    )
    return Translation([*candidate_records(value_at(document, "candidate"), event_time), check], unknown=words.unknown)
