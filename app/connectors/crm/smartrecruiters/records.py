"""Translation of SmartRecruiters' candidates, jobs and interviews into canonical records."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.connectors.canonical_records import UNDATED, AnyRecord, Application, Candidate, Gone, Job, Status
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.smartrecruiters.interviews import interview_records, unknown_words
from app.connectors.parsing import (
    folded_word,
    full_name,
    id_text,
    mapping,
    one_line,
    parse_email,
    parse_instant,
    sequence,
    value_at,
)
from app.connectors.toolkit import translation, unknown_word
from app.connectors.url_paths import path_below, safe_segment

_INTERVIEWS = "interviews-api/v201904/interviews"
# CREATED, SOURCING, FILLED, INTERVIEW, OFFER, CANCELLED, ON_HOLD [V, copies of the vendor's generated clients].
_JOB_STATES = {
    **dict.fromkeys(("created", "sourcing", "interview", "offer"), "open"),
    "onhold": "on_hold",
    "filled": "filled",
    "cancelled": "closed",
}
SIGNALS = {
    "HIRED": "@hired",
    "REJECTED": "@rejected",
    "WITHDRAWN": "@withdrawn",
    "OFFERED": "@offer_made",
    "TRANSFERRED": "@transferred",
}
"""The statuses whose meaning SmartRecruiters itself defines.

All other statuses are LEAD, NEW, IN_REVIEW and INTERVIEW [V, copies of the vendor's generated clients].
"""
_SIGNALS = {folded_word(status): signal for status, signal in SIGNALS.items()}


def translate(event: DatedEvent, address: str) -> ApiExchange[Translation]:
    """Return the canonical records of the candidate, job or interview that an event names, as the API returns them."""
    event_time, named = event.occurred_at, _named(event.document, address)
    candidate, job = named.get("candidate"), named.get("job")
    match event.type if event.type.startswith("fetched.") else folded_word(event.type):
        # The names of events [T, clients that name the vendor's reference]: application.created, .status.updated,
        # .fields.updated; candidate.created, .updated, .deleted; interview.created, .updated, .canceled; job.created,
        # .updated, .status.updated. Any other of these families is fetched all the same.
        case "fetched.candidate":
            return translation(_candidate(event.document, event_time), "the candidate lacks an id or a name")
        case "fetched.job":
            return translation(
                _job(event.document, event_time),
                "the job lacks its id or title",
                unknown_word("job status", value_at(event.document, "status"), _JOB_STATES),
            )
        case "candidatedeleted" if candidate:
            return Translation([Gone(id=candidate, version=event_time, kind="candidate")])
        case str(kind) if kind.startswith("interview"):
            cancelled = kind.endswith(("canceled", "cancelled"))
            return (yield from _interview(named.get("interview"), cancelled, event_time))
        case str(kind) if kind.startswith("job") and job:
            document = yield from _thing(f"jobs/{job}")
            return translation(
                _job(document, event_time),
                "The job is not, or no longer, in SmartRecruiters.",
                unknown_word("job status", value_at(document, "status"), _JOB_STATES),
            )
        case str(kind) if kind.startswith(("application", "candidate")) and candidate:
            context, unknown = yield from _candidate_records(
                candidate, job if kind.startswith("application") else None, event_time
            )
            return translation(context, "The candidate is not, or no longer, in SmartRecruiters.", unknown)
        case _:
            return Translation(ignored=f"Keepwarm does nothing with this event of the type {event.type}")


def _named(document: Any, address: str) -> dict[str, str]:
    """Return the ids that an event names, as a mapping of `candidate`, `job` or `interview` to id. They stand in the
    body or in a link to the API.
    """
    body, named = mapping(value_at(document, "body")), {}
    link = value_at(document, "link")
    target = link.partition(">")[0].removeprefix("<") if isinstance(link, str) else None
    steps = (path_below(address, target) or "").partition("?")[0].split("/")
    for kind in ("candidate", "job", "interview"):
        linked = next((after for step, after in pairwise(steps) if step == f"{kind}s"), None)
        if id := safe_segment(body.get(f"{kind}_id")) or safe_segment(body.get(f"{kind}Id")) or safe_segment(linked):
            named[kind] = id
    return named


def _candidate_records(
    candidate: str, job: str | None, event_time: datetime
) -> ApiExchange[tuple[list[AnyRecord], Sequence[str]]]:
    """Return the records of a candidate with all assignments; given a job, with that job and its assignment only.

    The second value holds the unknown words of the job.
    """
    person = yield from _thing(f"candidates/{candidate}")
    if job is None:
        return _candidate(person, event_time), ()
    of_job = yield from _thing(f"jobs/{job}")
    whole = _job(of_job, event_time)
    records: list[AnyRecord] = [
        record
        for record in _candidate(person, event_time)
        if isinstance(record, Candidate)
        or (isinstance(record, Application) and record.job_id == job)
        or (isinstance(record, Job) and record.id == job and not whole)
    ]
    if records and not any(isinstance(record, Application) for record in records):
        # A candidate lists the primary and some other assignments; each one has a resource of its own.
        details = mapping((yield from _thing(f"candidates/{candidate}/jobs/{job}")))
        records += _assignment(candidate, {**details, "job": {"id": job}}, event_time, event_time) if details else []
    return [*whole, *records], unknown_word("job status", value_at(of_job, "status"), _JOB_STATES)


def _candidate(person: Any, event_time: datetime) -> list[AnyRecord]:
    id, full = id_text(value_at(person, "id")), full_name(value_at(person, "firstName"), value_at(person, "lastName"))
    if id is None or full is None:
        return []
    # A document fetched for an event is at least as new as the event.
    changed = max(event_time, parse_instant(value_at(person, "updatedOn")) or event_time)
    version = max(changed, parse_instant(value_at(person, "fetched_at")) or changed)
    phone = one_line(value_at(person, "phoneNumber"), 50)
    records: list[AnyRecord] = [
        Candidate(id=id, version=changed, name=full, email=parse_email(value_at(person, "email")), phone=phone)
    ]
    for one in (value_at(person, "primaryAssignment"), *sequence(value_at(person, "secondaryAssignments"))):
        records += _assignment(id, one, version, changed)
    return records


def _assignment(candidate: str, assignment: Any, version: datetime, changed: datetime) -> list[AnyRecord]:
    job, title = id_text(value_at(assignment, "job", "id")), one_line(value_at(assignment, "job", "title"))
    if job is None:
        return []
    id = f"{candidate}:{job}"[:200]
    status = _status(assignment, changed)
    application = Application(id=id, version=version, candidate_id=candidate, job_id=job, status=status)
    return [*([Job(id=job, version=UNDATED, title=title)] if title else []), application]


def _status(assignment: Any, changed: datetime) -> Status | None:
    """Return the status of a candidate's assignment. Its reason is that of the withdrawal or of the rejection [V,
    "Candidates" in the reference].
    """
    main, sub = one_line(value_at(assignment, "status"), 60), one_line(value_at(assignment, "subStatus"), 100)
    if main is None:
        return None
    signal = _SIGNALS.get(folded_word(main))
    given = (value_at(assignment, reason, "label") for reason in ("reasonOfWithdrawal", "reasonOfRejection"))
    reason = next((text for label in given if (text := one_line(label, 100))), sub)
    if signal == "@transferred":  # the other job is another assignment of the same candidate
        reason = reason or "transferred"
    value = signal or (f"{main}/{sub}" if sub else main)
    return Status(value=value, label=sub or main.replace("_", " ").capitalize(), at=changed, reason=reason)


def _job(job: Any, event_time: datetime) -> list[AnyRecord]:
    id, title = id_text(value_at(job, "id")), one_line(value_at(job, "title"))
    if id is None or title is None:
        return []
    version = max(event_time, parse_instant(value_at(job, "updatedOn")) or event_time)
    state: Any = _JOB_STATES.get(folded_word(value_at(job, "status")) or "")
    return [Job(id=id, version=version, title=title, status=state)]


def _interview(id: str | None, cancelled: bool, event_time: datetime) -> ApiExchange[Translation]:
    """Fetch a SmartRecruiters interview and return it after its candidate and its job."""
    if id is None:
        return Translation(ignored="the event names no interview")
    document = yield from _thing(f"{_INTERVIEWS}/{id}")
    if document is None:
        return Translation([Gone(id=id, version=event_time, kind="interview", parts_from=1)])
    candidate = safe_segment(value_at(document, "candidate", "id")) or safe_segment(value_at(document, "candidateId"))
    job = safe_segment(value_at(document, "job", "id")) or safe_segment(value_at(document, "jobId"))
    interviews = interview_records(document, id, f"{candidate}:{job}", event_time, cancelled=cancelled)
    if candidate is None or job is None or not interviews:
        return Translation(ignored="the interview lacks its candidate, its job or its times")
    context, unknown = yield from _candidate_records(candidate, job, event_time)
    return Translation(
        [*context, *interviews],
        unknown=[*unknown, *unknown_words(document)],
    )


def _thing(path: str) -> ApiExchange[Any]:
    response = yield ApiRequest(path)
    return response.document if response.ok else None
