"""Translation of Recruitee's events, candidates, offers and interviews into canonical records."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.connectors.canonical_records import UNDATED, AnyRecord, Candidate, Gone, Interview, Job, Status
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.crm.recruitee.applications import (
    application,
    applications,
    lacks_stage_name,
    moment,
    moved_to,
    offer_of,
    unknown_words,
)
from app.connectors.parsing import folded_word, full_name, id_text, mapping, one_line, parse_email, sequence, value_at
from app.connectors.toolkit import first_value, translation, unknown_word
from app.connectors.url_paths import safe_segment

# A job can be drafted, published, unpublished, closed and archived [T, an integration after apidocs.recruitee.com];
# internal ones are open to colleagues [T].
_OFFER_STATES = {
    **dict.fromkeys(("draft", "published", "internal"), "open"),
    **dict.fromkeys(("closed", "archived"), "closed"),
}
# Interviews of any status are requested [T]; only these words are known.
_INTERVIEW_STATES = {"scheduled": "scheduled", "cancelled": "cancelled", "canceled": "cancelled"}


def translate(event: DatedEvent) -> ApiExchange[Translation]:
    """Return the canonical records of a Recruitee event.

    Events [V, docs.recruitee.com, "Webhooks"]: candidate created, assigned, moved (stage changed, disqualified,
    requalified), deleted; job published, unpublished, updated (offer, status or tags changed).
    """
    event_time, payload = event.occurred_at, value_at(event.document, "payload")
    family, _, sub = event.type.partition("/")
    match family if family.startswith("fetched.") else folded_word(family):
        case "candidatedeleted":
            id = id_text(value_at(payload, "candidate", "id"))
            gone = [Gone(id=id, version=event_time, kind="candidate")] if id else []
            return translation(gone, "the event names no candidate")
        case "candidatemoved":
            return (yield from _moved(payload, sub, event_time))
        case "fetched.candidate":
            return (yield from _fetched_candidate(event.document, event_time))
        case "fetched.offer":
            return _offer_records(event.document, event_time)
        case "fetched.interview":
            return (yield from _interview(event.document, event_time))
        case str(kind) if kind.startswith(("newcandidate", "candidate")):
            return translation(_placed(payload, None, event_time), "the event lacks the candidate's id or name")
        case str(kind) if kind.startswith(("job", "offer")):
            return _offer_records(next(iter(_offers(payload)), None), event_time)
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _moved(payload: Any, sub: str, event_time: datetime) -> ApiExchange[Translation]:
    """Return the records of a candidate's move. If the event does not say to which stage, fetch the candidate's
    placement.
    """
    status, unknown = moved_to(payload, sub, event_time), unknown_words(sub, value_at(payload, "details"))
    candidate, job = (
        safe_segment(value_at(payload, "candidate", "id")),
        next((_id(offer) for offer in _offers(payload)), None),
    )
    if status is not None or folded_word(sub) != "requalified" or candidate is None or job is None:
        return translation(_placed(payload, status, event_time), "the event lacks the candidate's id or name", unknown)
    # The candidate is requalified, in a stage that only the placement names.
    person = value_at((yield ApiRequest(f"candidates/{candidate}")).document, "candidate")
    offers = yield from _pipelines(person, job)
    found = applications(person, candidate, event_time, offers, only=job)
    current = next((one.status for one in found if one.status), None) or Status(value="@unrejected", at=event_time)
    return translation(_placed(payload, current, event_time), "the event lacks the candidate's id or name", unknown)


def _placed(payload: Any, status: Status | None, event_time: datetime) -> list[AnyRecord]:
    """Return the candidate, and each job of the event with its application. Only the first application gets
    `status`.
    """
    people = _person(value_at(payload, "candidate"), event_time)
    if not people:
        return []
    jobs: list[AnyRecord] = []
    for place, offer in enumerate(_offers(payload)):
        if (job := _id(offer)) is not None and value_at(offer, "kind") != "talent_pool":
            jobs += [*_beside(offer), application(people[0].id, job, event_time, None if place else status)]
    return [*people, *jobs]


def _fetched_candidate(person: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return a fetched candidate with all applications. Fetch the jobs whose pipelines name the stages."""
    people = _person(person, event_time)
    if not people:
        return Translation(ignored="the candidate lacks an id or a name")
    offers = yield from _pipelines(person)
    jobs = [record for offer in offers.values() for record in _beside(offer)]
    unknown = unknown_words("", *sequence(value_at(person, "placements")))
    return Translation([*jobs, *people, *applications(person, people[0].id, event_time, offers)], unknown=unknown)


def _pipelines(person: Any, only: str | None = None) -> ApiExchange[Mapping[str, Any]]:
    """Fetch the jobs of placements whose stage has an id and no name. Return a mapping of job id to job."""
    wanted = {
        id: None
        for placement in sequence(value_at(person, "placements"))
        if lacks_stage_name(placement) and (id := safe_segment(offer_of(placement))) and only in (None, id)
    }
    found: dict[str, Any] = {}
    for id in wanted:
        response = yield ApiRequest(f"offers/{id}")
        found[id] = value_at(response.document, "offer")
    return found


def _person(person: Any, event_time: datetime) -> list[Candidate]:
    id, full = id_text(value_at(person, "id")), full_name(value_at(person, "name"))
    if id is None or full is None:
        return []
    version = max(event_time, moment(value_at(person, "updated_at")) or event_time)
    address = first_value(parse_email(one) for one in sequence(value_at(person, "emails")))
    phone = first_value(one_line(one, 50) for one in sequence(value_at(person, "phones")))
    return [Candidate(id=id, version=version, name=full, email=address, phone=phone)]


def _offers(payload: Any) -> Sequence[Any]:
    """Return the jobs in a Recruitee payload: its `offer`, or all of its `offers`."""
    offer = value_at(payload, "offer")
    return (
        (offer,)
        if isinstance(offer, Mapping)
        else [one for one in sequence(value_at(payload, "offers")) if mapping(one)]
    )


def _id(offer: Any) -> str | None:
    return id_text(value_at(offer, "id"))


def _beside(offer: Any) -> list[Job]:
    """Return the job that a candidate's payload contains. Without a time of change the job has only its id and
    title.
    """
    changed = moment(value_at(offer, "updated_at"))
    return [
        job if changed else Job(id=job.id, version=UNDATED, title=job.title) for job in _job(offer, changed or UNDATED)
    ]


def _offer_records(offer: Any, event_time: datetime) -> Translation:
    unknown = unknown_word("job status", value_at(offer, "status"), _OFFER_STATES)
    return translation(_job(offer, event_time), "the job lacks its id or title, or is a talent pool", unknown)


def _job(offer: Any, event_time: datetime) -> list[Job]:
    """Return a Recruitee offer as a job. A closed job is filled if it has as many hires as openings [T, fields of
    recorded answers].
    """
    id, title = _id(offer), one_line(value_at(offer, "title"))
    if id is None or title is None or value_at(offer, "kind") == "talent_pool":
        return []
    state: Any = _OFFER_STATES.get(folded_word(value_at(offer, "status")) or "")
    since = moment(value_at(offer, {"open": "published_at", "closed": "closed_at"}.get(state, "")))
    openings, hired = value_at(offer, "number_of_openings"), value_at(offer, "hired_candidates_count")
    if state == "closed" and isinstance(openings, int) and isinstance(hired, int) and hired >= openings > 0:
        state = "filled"
    version = max(event_time, moment(value_at(offer, "updated_at")) or event_time)
    return [Job(id=id, version=version, title=title, status=state, status_at=since)]


def _interview(document: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return a Recruitee interview, after its candidate and its job."""
    id, starts = id_text(value_at(document, "id")), moment(value_at(document, "starts_at"))
    candidate, job = safe_segment(value_at(document, "candidate_id")), safe_segment(value_at(document, "offer_id"))
    if id is None or starts is None or candidate is None or job is None:
        return Translation(ignored="the interview lacks its id, its start, its candidate or its job")
    minutes = value_at(document, "duration")
    whole = isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes <= 24 * 60
    ends = moment(value_at(document, "ends_at"))
    ends = ends if ends and ends > starts else starts + timedelta(minutes=minutes if whole else 60)
    state: Any = _INTERVIEW_STATES.get(folded_word(value_at(document, "status")) or "", "scheduled")
    interview = Interview(
        id=id,
        version=event_time,
        starts_at=starts,
        ends_at=ends,
        application_id=f"{candidate}:{job}",
        booked_at=moment(value_at(document, "created_at")),
        # Recruitee records cancellations only: the result of a past interview may be known better here.
        status=state if state == "cancelled" or ends > event_time else None,
    )
    person = yield ApiRequest(f"candidates/{candidate}")
    offer = yield ApiRequest(f"offers/{job}")
    known, of_job = _person(value_at(person.document, "candidate"), UNDATED), value_at(offer.document, "offer")
    placed = applications(value_at(person.document, "candidate"), candidate, UNDATED, {job: of_job}, only=job)
    dated = [one for one in placed if one.version > UNDATED][:1] or [application(candidate, job, UNDATED, None)]
    text = one_line(value_at(document, "status"), 60)
    unknown = [f"interview status: {text}"] if text and folded_word(text) not in _INTERVIEW_STATES else []
    return Translation([*_beside(of_job), *known, *(dated if known else ()), interview], unknown=unknown)
