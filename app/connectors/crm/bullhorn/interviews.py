"""Appointments of Bullhorn: an interview for each candidate who attends, or else an activity.

`type` and `communicationMethod` are lists of the agency's own; Interview, Call, Personal and phone, on-site, off-site
are the vendor's examples [V: Appointment]. `acceptanceStatus` of an attendee is -1 declined, 0 or null no answer, 1
accepted, 2 tentative [V: AppointmentAttendee]. Whether an answer changes the appointment is not published [U].
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

from app.connectors.canonical_records import Activity, AnyRecord, Gone, Interview
from app.connectors.contract import Translation
from app.connectors.crm.bullhorn.people import candidate_records, job_records, version_of
from app.connectors.interview_types import InterviewKind, interview_kind, is_interview
from app.connectors.parsing import folded_word, id_text, mapping, one_line, parse_instant, sequence, value_at

_DECLINED = -1


def appointment(id: str, document: Any, event_time: datetime, interviews: Collection[str]) -> Translation:
    """Return a Bullhorn appointment as interviews or as an activity. `interviews` holds the normalised appointment
    types that are interviews; empty means the default types.
    """
    kind = one_line(value_at(document, "type"), 80) or "without a type"
    if parent := id_text(value_at(document, "parentAppointment", "id")):
        return Translation(ignored=f"This is an invited colleague's copy of the appointment {parent}.")
    if is_interview(kind, interviews):
        return _interviews(id, document, event_time)
    return _meeting(id, kind, document, event_time)


def activity_id(id: str) -> str:
    """Return the activity id for an appointment, which differs from the ids of notes."""
    return f"appointment:{id}"


def candidates_of(document: Any) -> list[Mapping[str, Any]]:
    """Return the candidates of a Bullhorn appointment: the candidate whom it names first, then the further
    attendees.
    """
    attending = [mapping(one.get("attendee")) for one in _attendees(document)]
    found: dict[str, Mapping[str, Any]] = {}
    for person in (mapping(value_at(document, "candidateReference")), *filter(_is_candidate, attending)):
        if id := id_text(person.get("id")):
            found.setdefault(id, person)
    return list(found.values())


def _interviews(id: str, document: Any, event_time: datetime) -> Translation:
    version = max(version_of(document, event_time), event_time)
    starts_at, ends_at = parse_instant(value_at(document, "dateBegin")), parse_instant(value_at(document, "dateEnd"))
    job, people = id_text(value_at(document, "jobOrder", "id")), candidates_of(document)
    if not (starts_at and ends_at and people and job):
        return Translation(ignored="The interview names no candidate, no job or no time.")
    kind, unknown = _kind(document)
    own = id_text(value_at(document, "candidateReference", "id")) or id_text(people[0].get("id"))
    cancelled, declined = value_at(document, "isDeleted") is True, _declined(document)
    records: list[AnyRecord] = list(job_records(value_at(document, "jobOrder"), event_time))
    for person in people:
        candidate = id_text(person.get("id"))
        off = cancelled or candidate in declined
        # An interview in the future that is not cancelled is booked; the result of a past one is not sent.
        status: Literal["cancelled", "scheduled"] | None = "cancelled" if off else None
        if not off and version < starts_at:
            status = "scheduled"
        interview = Interview(
            id=id if candidate == own else f"{id}-{candidate}",
            version=version,
            starts_at=starts_at,
            ends_at=ends_at,
            candidate_id=candidate,
            job_id=job,
            booked_at=parse_instant(value_at(document, "dateAdded")),
            kind=kind,
            status=status,
            status_at=version_of(document, event_time) if off else None,
        )
        records += [*candidate_records(person, event_time), interview]
    return Translation(records, unknown=unknown)


def _meeting(id: str, kind: str, document: Any, event_time: datetime) -> Translation:
    version = max(version_of(document, event_time), event_time)
    if value_at(document, "isDeleted") is True:
        return Translation([Gone(kind="activity", id=activity_id(id), version=version)])
    person, starts_at = value_at(document, "candidateReference"), parse_instant(value_at(document, "dateBegin"))
    candidate, contact = id_text(value_at(person, "id")), id_text(value_at(document, "clientContactReference", "id"))
    job = id_text(value_at(document, "jobOrder", "id"))
    if not starts_at or not (candidate or contact or job):
        return Translation(ignored=f"An appointment of the type {kind} is no interview, and is with nobody of a job.")
    activity = Activity(
        id=activity_id(id),
        version=version,
        type=f"meeting: {kind}",
        occurred_at=starts_at,
        text=None if value_at(document, "isPrivate") is True else one_line(value_at(document, "subject")),
        candidate_id=candidate,
        client_contact_id=contact,
        job_id=job,
        party="candidate" if candidate and not contact else "client" if contact and not candidate else None,
    )
    about = [*candidate_records(person, event_time), *job_records(value_at(document, "jobOrder"), event_time)]
    return Translation([*about, activity, *_no_interviews(id, document, version)])


def _no_interviews(id: str, document: Any, version: datetime) -> list[Gone]:
    """Return deletions of the interviews of an appointment whose type is no longer an interview. Return an empty list
    if it was never changed.
    """
    added, changed = (
        parse_instant(value_at(document, "dateAdded")),
        parse_instant(value_at(document, "dateLastModified")),
    )
    if added is None or changed is None or changed <= added:
        return []
    further = (f"{id}-{who}" for person in candidates_of(document)[1:] if (who := id_text(person.get("id"))))
    return [Gone(kind="interview", id=one, version=version) for one in (id, *further)]


def _attendees(document: Any) -> list[Mapping[str, Any]]:
    return [one for one in sequence(value_at(document, "attendees")) if mapping(one)]


def _is_candidate(person: Mapping[str, Any]) -> bool:
    return folded_word(person.get("_subtype")) == "candidate"


def _declined(document: Any) -> set[str | None]:
    """Return the ids of the candidates who declined the invitation to an appointment."""
    said_no = [one for one in _attendees(document) if one.get("acceptanceStatus") == _DECLINED]
    return {id_text(value_at(one, "attendee", "id")) for one in said_no if _is_candidate(mapping(one.get("attendee")))}


def _kind(document: Any) -> tuple[InterviewKind | None, tuple[str, ...]]:
    """Return the kind of an interview, by its method and its type, and the unknown methods as words to map. An unknown
    method counts as `other`.
    """
    method = one_line(value_at(document, "communicationMethod"), 80)
    if kind := interview_kind(method, value_at(document, "type")):
        return kind, ()
    return ("other", (f"interview method: {method}",)) if method else (None, ())
