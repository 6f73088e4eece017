"""Meetings, notes, calls and emails of Recruit CRM. A meeting is an interview or an activity; all others are
activities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from app.connectors.canonical_records import (
    Activity,
    AnyRecord,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Organisation,
    Subject,
)
from app.connectors.contract import ApiExchange, ApiRequest, Translation
from app.connectors.crm.recruitcrm import payload_parsers as read
from app.connectors.crm.recruitcrm.client import Subjects, related_records, subjects_of
from app.connectors.interview_types import interview_kind, is_interview, named_types
from app.connectors.parsing import folded_word, id_text, note_text, one_line, parse_instant, sequence, value_at
from app.connectors.toolkit import marker_of

# The fields of type, text and time of each kind of activity.
ACTIVITIES = {
    "note": ("note_type", "description", "created_on"),
    "calllog": ("custom_call_type", "call_notes", "call_started_on"),
    "meeting": ("meeting_type", "description", "start_date"),
    "email": ("email_type", "subject", "created_on"),
}
WHAT = {"calllog": "call"}
# call_type is CALL_OUTGOING or CALL_INCOMING [V: find-call-log-by-id].
_CALLS = {"calloutgoing": "CALL_OUTGOING", "callincoming": "CALL_INCOMING"}
_DIRECTIONS: Mapping[str, Literal["in", "out"]] = {"CALL_OUTGOING": "out", "CALL_INCOMING": "in", "email": "out"}
# The possible statuses of a meeting are not published [U]; only unambiguous words are read.
_HELD: Mapping[str, Literal["completed", "cancelled", "no_show"]] = {
    "completed": "completed",
    "held": "completed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "declined": "cancelled",
    "noshow": "no_show",
}


def is_interview_meeting(record: Any, settings: Mapping[str, str]) -> bool:
    """Return True if the type of a Recruit CRM meeting is one that the connection's settings count as an interview."""
    named = named_types(settings.get("interview_meeting_types"))
    return any(is_interview(label, named) for label in read.labels(value_at(record, "meeting_type")))


def interview(record: Any, event_time: datetime) -> ApiExchange[Translation]:
    """Return the records of a Recruit CRM meeting: an interview for each candidate on each job that the meeting is
    about.
    """
    id, starts, ends = (
        id_text(value_at(record, "id")),
        parse_instant(value_at(record, "start_date")),
        parse_instant(value_at(record, "end_date")),
    )
    if not (id and starts and ends and starts <= ends) or value_at(record, "all_day") in (1, "1", True):
        return Translation(ignored="The interview has no id or no times of day.")
    subjects = subjects_of(record, attending=True)
    if subjects.candidates and not subjects.jobs:
        jobs: list[str] = []
        for person in subjects.candidates:
            only = yield from _only_job(person)
            jobs += [only] if only else []
        subjects = replace(subjects, jobs=tuple(dict.fromkeys(jobs)))
    if not (subjects.candidates and subjects.jobs):
        return Translation(ignored="The interview does not say which candidate and which job it is about.")
    before = yield from related_records(subjects, event_time)
    applications = [each for each in before if isinstance(each, Application)]
    if not applications:
        return Translation(before, ignored="The candidate of this interview is not on its job in Recruit CRM.")
    status = one_line(value_at(record, "status"), 40)
    became = _HELD.get(folded_word(status) or "")
    interviews = [
        Interview(
            id=id if number == 0 else id_of_one(id, application.id),
            version=read.version(record, event_time),
            application_id=application.id,
            starts_at=starts,
            ends_at=ends,
            booked_at=parse_instant(value_at(record, "created_on")),
            kind=interview_kind(*read.labels(value_at(record, "meeting_type")), _by_what(record)),
            status=became,
        )
        for number, application in enumerate(applications)
    ]
    return Translation([*before, *interviews], _left_out(subjects))


def id_of_one(id: str, application_id: str) -> str:
    """Return the interview id for a further candidate at the same meeting: the meeting's id and the
    application's id.
    """
    return f"{id}-{application_id}"


def _by_what(record: Any) -> str | None:
    """Return the part of a meeting's location before the bracket, such as `Video call` of `Video call (https://…)` [V:
    find-meeting-by-id].
    """
    return (one_line(value_at(record, "address")) or "").partition("(")[0] or None


def _left_out(subjects: Subjects) -> str | None:
    return f"It names {subjects.left_out} more than are read of one record." if subjects.left_out else None


def _only_job(slug: str) -> ApiExchange[str | None]:
    """Fetch the hiring stages of a candidate. Return the slug of the job if there is exactly one, else None."""
    response = yield ApiRequest(f"/v1/candidates/{quote(slug, safe='')}/hiring-stages")
    stages = (
        [stage for stage in sequence(response.document) if id_text(value_at(stage, "job_slug"))] if response.ok else []
    )
    return id_text(value_at(stages[0], "job_slug")) if len(stages) == 1 else None


def activity(subject: str, verb: str, record: Any, key: str, event_time: datetime) -> ApiExchange[Translation]:
    """Return a note, call, email or meeting of Recruit CRM as one activity, about each named candidate on each named
    job.
    """
    kind, text, time = ACTIVITIES[subject]
    what, id = WHAT.get(subject, subject), id_text(value_at(record, "id")) or (key if subject == "email" else None)
    if not id:
        return Translation(ignored=f"The {what} lacks its id.")
    subjects = subjects_of(record)
    before = yield from related_records(subjects, event_time)
    known = {(type(each), each.id) for each in before}
    contact = next((slug for slug in subjects.contacts if (ClientContact, slug) in known), None)
    company = next((slug for slug in subjects.companies if (Organisation, slug) in known), None)
    (first, *others) = _subjects(subjects, before) or [Subject()]
    if first == Subject() and not (contact or company):
        return Translation(ignored=f"The {what} is about no candidate, job, contact or company that is in Recruit CRM.")
    call = one_line(value_at(record, "call_type"), 40)
    call = _CALLS.get(folded_word(call) or "", call)
    label = next(iter(read.labels(value_at(record, kind))), None) or call or ("sent" if subject == "email" else None)
    body = note_text(value_at(record, text))
    record_of_it = Activity(
        id=f"{what}:{id}",
        version=read.version(record, event_time),
        type=f"{what}: {label}" if label else what,
        occurred_at=parse_instant(value_at(record, time)) or event_time,
        text=body,
        candidate_id=first.candidate_id,
        job_id=first.job_id,
        client_contact_id=contact,
        organisation_id=company,
        direction=_DIRECTIONS.get("email" if subject == "email" else call or ""),
        party=subjects.party if subject != "note" else None,
        mark=marker_of(body),
        also=tuple(others),
    )
    records = [*before, record_of_it]
    if subject == "meeting" and verb != "created":
        # A meeting that was an interview before its type was changed is none any more.
        records.append(Gone(kind="interview", id=id, version=record_of_it.version))
    return Translation(records, _left_out(subjects))


def _subjects(subjects: Subjects, before: Sequence[AnyRecord]) -> list[Subject]:
    """Return the pairs of candidate and job that an activity is about. If some pairs are applications, return only
    these.
    """
    people = {each.id for each in before if isinstance(each, Candidate)}
    jobs = {each.id for each in before if isinstance(each, Job)}
    pairs = [(who if who in people else None, on if on in jobs else None) for who, on in subjects.pairs]
    applied = {(each.candidate_id, each.job_id) for each in before if isinstance(each, Application)}
    named = [pair for pair in dict.fromkeys(pairs) if any(pair)]
    real = [pair for pair in named if pair in applied] or named
    return [Subject(candidate_id=who, job_id=on) for who, on in real]
