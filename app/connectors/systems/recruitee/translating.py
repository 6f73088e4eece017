"""What Recruitee's events, candidates, offers and interviews say, as records."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Translation
from app.connectors.paths import segment
from app.connectors.reading import at, email, ident, instant, line, name, sequence
from app.connectors.records import AnyRecord, Application, Candidate, Gone, Interview, Job, Status

_OFFER_STATES = {"published": "open", "internal": "open", "draft": "open", "closed": "closed", "archived": "closed"}
_HIRED = ("hire", "hired")
"""Recruitee's own category of the stages in which a candidate counts as hired; the stages' names are the agency's."""


def translate(event: Event) -> Asking[Translation]:
    """The records of an event."""
    assert event.occurred_at is not None
    when, payload = event.occurred_at, at(event.document, "payload")
    family, _, sub = event.type.partition("/")
    match family:
        case "candidate_deleted":
            id = ident(at(payload, "candidate", "id"))
            gone = [Gone(id=id, version=when, kind="candidate")] if id else []
            return _translated(gone, "the event names no candidate")
        case "new_candidate" | "candidate_created" | "candidate_assigned" | "candidate_moved" | "candidate_updated":
            status = _status(payload, sub, when) if family == "candidate_moved" else None
            return _translated(_placed(payload, status, when), "the event lacks the candidate's id or name")
        case "fetched.candidate":
            return _translated(_candidate(event.document, when), "the candidate lacks an id or a name")
        case "fetched.offer":
            return _translated(_job(event.document, when), "the job lacks its id or title, or is a talent pool")
        case "fetched.interview":
            return (yield from _interview(event.document, when))
        case _ if family.startswith(("job_", "offer_")):
            return _translated(_job(_offer(payload), when), "the job lacks its id or title, or is a talent pool")
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def moment(told: Any) -> datetime | None:
    """An instant; Recruitee writes some of them with UTC at their end."""
    return instant(told.strip().removesuffix(" UTC") if isinstance(told, str) else told)


def disqualified(placement: Any) -> bool:
    """Whether a placement is closed for its candidate."""
    return moment(at(placement, "disqualified_at")) is not None or bool(ident(at(placement, "disqualify_reason_id")))


def _placed(payload: Any, status: Status | None, when: datetime) -> list[AnyRecord]:
    """The candidate, and where the event names a job, the job and the application."""
    person, offer = at(payload, "candidate"), _offer(payload)
    told = _candidate(person, when, placements=False)
    if not told or (job := ident(at(offer, "id"))) is None or at(offer, "kind") == "talent_pool":
        return told
    return [*_job(offer, _NEVER), *told, _application(told[0].id, job, when, status)]


def _status(payload: Any, sub: str, when: datetime) -> Status | None:
    details = at(payload, "details")
    if sub == "disqualified":
        reason = line(at(details, "disqualify_reason", "name")) or line(at(details, "disqualify_reason"))
        return Status(value="@rejected", label=reason, at=when, reason=reason)
    stage = at(details, "to_stage") or at(details, "stage") or at(payload, "stage")
    id, label = ident(at(stage, "id")), line(at(stage, "name"))
    if at(stage, "category") in _HIRED:
        return Status(value="@hired", label=label, at=when)
    if id:
        return Status(value=id, label=label, at=when)
    # Back in the running, in a stage that the event does not tell: not guessed.
    return Status(value="@unrejected", at=when) if sub == "requalified" else None


def _candidate(person: Any, when: datetime, *, placements: bool = True) -> list[AnyRecord]:
    """The candidate with the placements that they carry; of a job, a placement tells no more than its id."""
    id, full = ident(at(person, "id")), name(at(person, "name"))
    if id is None or full is None:
        return []
    version = max(when, moment(at(person, "updated_at")) or when)
    address = next((found for one in sequence(at(person, "emails")) if (found := email(one))), None)
    phone = next((found for one in sequence(at(person, "phones")) if (found := line(one, 50))), None)
    told: list[AnyRecord] = [Candidate(id=id, version=version, name=full, email=address, phone=phone)]
    for placement in sequence(at(person, "placements")) if placements else ():
        job, stage = ident(at(placement, "offer_id")), ident(at(placement, "stage_id"))
        since = moment(at(placement, "updated_at")) or version
        if job is None:
            continue
        status = Status(value=stage, at=since) if stage else None
        if disqualified(placement):
            status = Status(value="@rejected", at=moment(at(placement, "disqualified_at")) or since)
        told.append(_application(id, job, version, status))
    return told


def _application(candidate: str, job: str, version: datetime, status: Status | None) -> Application:
    return Application(
        id=f"{candidate}:{job}"[:200], version=version, candidate_id=candidate, job_id=job, status=status
    )


def _offer(payload: Any) -> Any:
    """The job of an event: its `offer`, or the first of its `offers`."""
    offer = at(payload, "offer")
    return offer if isinstance(offer, Mapping) else next(iter(sequence(at(payload, "offers"))), None)


_NEVER = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
"""The version of a job of which an event about a candidate tells the title: older than any that tells the job."""


def _job(offer: Any, when: datetime) -> list[AnyRecord]:
    id, title = ident(at(offer, "id")), line(at(offer, "title"))
    if id is None or title is None or at(offer, "kind") == "talent_pool":
        return []
    state: Any = _OFFER_STATES.get(str(at(offer, "status")))
    return [Job(id=id, version=max(when, moment(at(offer, "updated_at")) or when), title=title, status=state)]


def _interview(told: Any, when: datetime) -> Asking[Translation]:
    """The interview with its candidate, and with the job where only a poll has told of it."""
    id, starts = ident(at(told, "id")), moment(at(told, "starts_at"))
    candidate, job = segment(at(told, "candidate_id")), segment(at(told, "offer_id"))
    if id is None or starts is None or candidate is None or job is None:
        return Translation(ignored="the interview lacks its id, its start, its candidate or its job")
    minutes = at(told, "duration")
    whole = isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes <= 24 * 60
    ends = moment(at(told, "ends_at"))
    interview = Interview(
        id=id,
        version=when,
        starts_at=starts,
        ends_at=ends if ends and ends > starts else starts + timedelta(minutes=minutes if whole else 60),
        application_id=f"{candidate}:{job}",
        booked_at=moment(at(told, "created_at")),
        status="cancelled" if at(told, "status") in ("cancelled", "canceled") else "scheduled",
    )
    person = yield Ask(f"candidates/{candidate}")
    offer = yield Ask(f"offers/{job}")
    known = [
        one
        for one in _candidate(at(person.document, "candidate"), _NEVER)
        if not isinstance(one, Application) or one.job_id == job
    ]
    if known and not any(isinstance(one, Application) for one in known):
        known.append(_application(candidate, job, _NEVER, None))
    return Translation([*_job(at(offer.document, "offer"), _NEVER), *known, interview])


def _translated(records: Sequence[AnyRecord], otherwise: str) -> Translation:
    return Translation(records, None if records else otherwise)
