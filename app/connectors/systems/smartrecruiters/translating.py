"""What SmartRecruiters' candidates, jobs and interviews say, as records."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Translation
from app.connectors.paths import below, segment
from app.connectors.reading import at, email, ident, instant, line, mapping, name, sequence
from app.connectors.records import AnyRecord, Application, Candidate, Gone, Interview, Job, Status

_INTERVIEWS = "interviews-api/v201904/interviews"
_JOB_STATES = {
    **dict.fromkeys(("CREATED", "SOURCING", "INTERVIEW", "OFFER"), "open"),
    "ON_HOLD": "on_hold",
    "FILLED": "filled",
    "CANCELLED": "closed",
}
SIGNALS = {"HIRED": "@hired", "REJECTED": "@rejected", "WITHDRAWN": "@withdrawn", "OFFERED": "@offer_made"}
"""Statuses whose meaning SmartRecruiters itself defines."""


def translate(event: Event, address: str) -> Asking[Translation]:
    """What the API says of the candidate, job or interview that the event names."""
    assert event.occurred_at is not None
    when, named = event.occurred_at, _named(event.document, address)
    candidate, job = named.get("candidate"), named.get("job")
    match event.type:
        case "fetched.candidate":
            return _translated(_candidate(event.document, when), "the candidate lacks an id or a name")
        case "fetched.job":
            return _translated(_job(event.document, when), "the job lacks its id or title")
        case "candidate.deleted" if candidate:
            return Translation([Gone(id=candidate, version=when, kind="candidate")])
        case "interview.created" | "interview.updated" | "interview.canceled":
            return (yield from _interview(named.get("interview"), event.type == "interview.canceled", when))
        case kind if kind.startswith("job.") and job:
            return _translated(
                _job((yield from _thing(f"jobs/{job}")), when), "SmartRecruiters does not know this job, or no more"
            )
        case kind if kind.startswith(("application.", "candidate.")) and candidate:
            return _translated(
                (yield from _story(candidate, job if kind.startswith("application.") else None, when)),
                "SmartRecruiters does not know this candidate, or no more",
            )
        case kind:
            return Translation(ignored=f"Keepwarm does nothing with this event of the type {kind}")


def _named(told: Any, address: str) -> dict[str, str]:
    """The ids that an event names: in its body, or else in a link below the account's own address."""
    body, named = mapping(at(told, "body")), {}
    link = at(told, "link")
    target = link.partition(">")[0].removeprefix("<") if isinstance(link, str) else None
    steps = (below(address, target) or "").partition("?")[0].split("/")
    for kind in ("candidate", "job", "interview"):
        linked = next((after for step, after in pairwise(steps) if step == f"{kind}s"), None)
        if id := segment(body.get(f"{kind}_id")) or segment(body.get(f"{kind}Id")) or segment(linked):
            named[kind] = id
    return named


def _story(candidate: str, job: str | None, when: datetime) -> Asking[list[AnyRecord]]:
    """The candidate with what they are assigned to; with the job itself where the event is about one application."""
    person = yield from _thing(f"candidates/{candidate}")
    if job is None:
        return _candidate(person, when)
    whole = _job((yield from _thing(f"jobs/{job}")), when)
    told = [
        record
        for record in _candidate(person, when)
        if isinstance(record, Candidate)
        or (isinstance(record, Application) and record.job_id == job)
        or (isinstance(record, Job) and record.id == job and not whole)
    ]
    return [*whole, *told]


def _candidate(person: Any, when: datetime) -> list[AnyRecord]:
    id, full = ident(at(person, "id")), name(at(person, "firstName"), at(person, "lastName"))
    if id is None or full is None:
        return []
    # What was asked for because of an event is at least as new as the event.
    version = max(when, instant(at(person, "updatedOn")) or when)
    phone = line(at(person, "phoneNumber"), 50)
    told: list[AnyRecord] = [
        Candidate(id=id, version=version, name=full, email=email(at(person, "email")), phone=phone)
    ]
    for one in (at(person, "primaryAssignment"), *sequence(at(person, "secondaryAssignments"))):
        told += _assignment(id, one, version)
    return told


def _assignment(candidate: str, told: Any, version: datetime) -> list[AnyRecord]:
    job, title = ident(at(told, "job", "id")), line(at(told, "job", "title"))
    main, sub = line(at(told, "status"), 60), line(at(told, "subStatus"), 100)
    if job is None:
        return []
    status = None
    if main:
        value = SIGNALS.get(main) or (f"{main}/{sub}" if sub else main)
        status = Status(value=value, label=sub or main.replace("_", " ").capitalize(), at=version, reason=sub)
    id = f"{candidate}:{job}"[:200]
    application = Application(id=id, version=version, candidate_id=candidate, job_id=job, status=status)
    return [*([Job(id=job, version=_NEVER, title=title)] if title else []), application]


_NEVER = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
"""The version of a job of which an assignment tells only the title: older than any that tells the job itself."""


def _job(job: Any, when: datetime) -> list[AnyRecord]:
    id, title = ident(at(job, "id")), line(at(job, "title"))
    if id is None or title is None:
        return []
    version = max(when, instant(at(job, "updatedOn")) or when)
    state: Any = _JOB_STATES.get(str(at(job, "status")))
    return [Job(id=id, version=version, title=title, status=state)]


def _interview(id: str | None, cancelled: bool, when: datetime) -> Asking[Translation]:
    """The interview with its candidate and job; from the first of its timeslots to the end of the last."""
    if id is None:
        return Translation(ignored="the event names no interview")
    told = yield from _thing(f"{_INTERVIEWS}/{id}")
    slots = [slot for slot in sequence(at(told, "timeslots")) if instant(at(slot, "startsOn"))]
    starts = [start for slot in slots if (start := instant(at(slot, "startsOn")))]
    ends = [end for slot in slots if (end := instant(at(slot, "endsOn")))]
    if told is None:
        return Translation([Gone(id=id, version=when, kind="interview")])
    candidate = segment(at(told, "candidate", "id")) or segment(at(told, "candidateId"))
    job = segment(at(told, "job", "id")) or segment(at(told, "jobId"))
    if candidate is None or job is None or not starts or not ends or max(ends) <= min(starts):
        return Translation(ignored="the interview lacks its candidate, its job or its times")
    missed = all(at(slot, "noShow") is True for slot in slots)
    interview = Interview(
        id=id,
        version=when,
        starts_at=min(starts),
        ends_at=max(ends),
        application_id=f"{candidate}:{job}",
        booked_at=instant(at(told, "createdOn")),
        status="cancelled" if cancelled else "no_show" if missed else "scheduled",
        status_at=when if cancelled else None,
    )
    return Translation([*(yield from _story(candidate, job, when)), interview])


def _thing(path: str) -> Asking[Any]:
    reply = yield Ask(path)
    return reply.document if reply.found else None


def _translated(records: Sequence[AnyRecord], otherwise: str) -> Translation:
    return Translation(records, None if records else otherwise)
