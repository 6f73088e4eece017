"""Events of Hirewell as canonical records, with those that they refer to."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import (
    UNDATED,
    Activity,
    AnyRecord,
    Application,
    Candidate,
    Gone,
    Interview,
    Job,
    Kind,
    Organisation,
    Status,
)
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.parsing import full_name, id_text, note_text, one_line, parse_email, parse_instant, value_at
from app.connectors.toolkit import marker_of, single_record, translation
from app.connectors.url_paths import safe_segment
from app.connectors.vendor_vocabulary import Vocabulary

_KINDS: dict[str, Kind] = {
    "person": "candidate",
    "vacancy": "job",
    "placement": "application",
    "meeting": "interview",
    "note": "activity",
}
_MEETING = {"planned": "scheduled", "held": "completed", "cancelled": "cancelled", "noshow": "no_show"}


def translate(event: DatedEvent) -> ApiExchange[Translation]:
    """Return the records of an event, `<what>.saved` or `<what>.deleted`, or of a fetched record."""
    words, record, time = Vocabulary(), event.document, event.occurred_at
    what, _, verb = event.type.removeprefix("fetched.").partition(".")
    if what not in _KINDS:
        words.miss("event", event.type)
        return Translation(ignored=f"{event.type} has nothing that Keepwarm stores.", unknown=words.unknown)
    if verb == "deleted":
        id = id_text(value_at(record, "id"))
        return single_record(Gone(kind=_KINDS[what], id=id, version=time) if id else None, "The record lacks its id.")
    match what:
        case "person":
            found: list[AnyRecord] = _person(record, time)
        case "vacancy":
            found = _vacancy(record, time)
        case "placement":
            found = yield from _placement(record, time)
        case "meeting":
            found = yield from _meeting(record, time, words)
        case _:
            found = _note(record, time)
    return replace(translation(found, f"The {what} lacks its id or what it is about."), unknown=words.unknown)


def _version(record: Any, time: datetime) -> datetime:
    return parse_instant(value_at(record, "changed_at")) or time


def _person(record: Any, time: datetime) -> list[AnyRecord]:
    id, full = id_text(value_at(record, "id")), full_name(value_at(record, "first_name"), value_at(record, "last_name"))
    if not (id and full):
        return []
    return [Candidate(id=id, version=_version(record, time), name=full, email=parse_email(value_at(record, "email")))]


def _vacancy(record: Any, time: datetime) -> list[AnyRecord]:
    id, title, client = id_text(value_at(record, "id")), one_line(value_at(record, "title")), value_at(record, "client")
    company, called = id_text(value_at(client, "id")), one_line(value_at(client, "name"))
    if not (id and title and company and called):
        return []
    organisation = Organisation(id=company, version=UNDATED, name=called)
    return [organisation, Job(id=id, version=_version(record, time), title=title, organisation_id=company)]


def _placement(record: Any, time: datetime) -> ApiExchange[list[AnyRecord]]:
    """Return a placement after its person and its vacancy."""
    id, person, vacancy = (safe_segment(value_at(record, field)) for field in ("id", "person_id", "vacancy_id"))
    if not (id and person and vacancy):
        return []
    of_person = yield from _fetch(f"people/{person}")
    of_vacancy = yield from _fetch(f"vacancies/{vacancy}")
    version, stage = _version(record, time), one_line(value_at(record, "stage"))
    value = "@hired" if value_at(record, "hired") is True else stage
    status = Status(value=value, label=stage, at=version) if value else None
    application = Application(id=id, version=version, candidate_id=person, job_id=vacancy, status=status)
    return [*_person(of_person, UNDATED), *_vacancy(of_vacancy, UNDATED), application]


def _meeting(record: Any, time: datetime, words: Vocabulary) -> ApiExchange[list[AnyRecord]]:
    """Return a meeting as an interview, after its placement."""
    id, placement = id_text(value_at(record, "id")), safe_segment(value_at(record, "placement_id"))
    starts, ends = parse_instant(value_at(record, "starts_at")), parse_instant(value_at(record, "ends_at"))
    if not (id and placement and starts and ends and starts < ends):
        return []
    status: Any = words.read("meeting status", value_at(record, "status"), _MEETING, None)
    before = yield from _placement((yield from _fetch(f"placements/{placement}")), time)
    version = _version(record, time)
    interview = Interview(
        id=id, version=version, application_id=placement, starts_at=starts, ends_at=ends, status=status
    )
    return [*before, interview]


def _note(record: Any, time: datetime) -> list[AnyRecord]:
    id, text, written = (
        id_text(value_at(record, "id")),
        note_text(value_at(record, "text")),
        parse_instant(value_at(record, "written_at")),
    )
    person, kind = id_text(value_at(record, "person_id")), one_line(value_at(record, "kind"), 60) or "note"
    if not (id and person and written):
        return []
    activity = Activity(
        id=id,
        version=_version(record, time),
        type=f"note: {kind}",
        occurred_at=written,
        text=text,
        candidate_id=person,
        application_id=id_text(value_at(record, "placement_id")),
        mark=marker_of(text),
    )
    return [activity]


def _fetch(path: str) -> ApiExchange[Any]:
    response = yield ApiRequest(path)
    return response.document if response.ok else None
