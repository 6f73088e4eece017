"""Recruit CRM's events as canonical records, with what they refer to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from app.connectors.connector import Ask, Asking, Event, Translation
from app.connectors.reading import at, ident, instant, line, mapping, note, sequence
from app.connectors.records import (
    Activity,
    AnyRecord,
    Application,
    Candidate,
    ClientContact,
    Gone,
    Interview,
    Job,
    Kind,
    Organisation,
    Status,
)
from app.connectors.systems.recruitcrm import records as read
from app.connectors.systems.recruitcrm.story import About, about, manageable, standing, story

MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_KINDS: Mapping[str, Kind] = {
    "candidate": "candidate",
    "company": "organisation",
    "contact": "client_contact",
    "job": "job",
}
_PLAIN = {
    "candidate": read.candidate,
    "company": read.organisation,
    "contact": read.client_contact,
    "job": read.job,
}
# What each kind of activity calls its type, its text and its time.
_ACTIVITIES = {
    "note": ("note_type", "description", "created_on"),
    "calllog": ("custom_call_type", "call_notes", "call_started_on"),
    "meeting": ("meeting_type", "description", "start_date"),
    "email": ("email_type", "subject", "created_on"),
}
_WHAT = {"calllog": "call"}
_DIRECTIONS: Mapping[str, Literal["in", "out"]] = {"CALL_OUTGOING": "out", "CALL_INCOMING": "in", "email": "out"}


def translate(event: Event, settings: Mapping[str, str]) -> Asking[Translation]:
    """What an event says. Records that a walk fetched are of the type `fetched.<what>`."""
    assert event.occurred_at is not None
    told, record = event.occurred_at, event.document
    fetched = event.type.startswith("fetched.")
    subject, _, verb = event.type.removeprefix("fetched.").partition(".")
    if event.type in ("candidate.hiringstage.updated", "candidate.assigned"):
        return (yield from _staged(record, told))
    if event.type == "candidate.unassigned":
        left = read.application(record, told)
        gone = Gone(kind="application", id=left.id, version=told) if left else None
        return _only(gone, "candidate and job")
    if verb == "deleted" and (subject in _KINDS or subject in _ACTIVITIES):
        return _deleted(subject, record, told, settings)
    if subject == "application":
        return _assigned(record, told)
    if subject in _PLAIN and verb in ("", "created", "updated", "status.updated", "created.talentpool"):
        return (yield from _plain(subject, record, told, alone=fetched))
    if event.type == "placement.created":
        return (yield from _placed(record, told))
    if subject == "meeting" and _is_interview(record, settings):
        return (yield from _interview(record, told))
    if subject in _ACTIVITIES:
        return (yield from _activity(subject, verb, record, event.key, told))
    return Translation(ignored=f"{event.type} tells nothing that Keepwarm keeps.")


def _only(record: AnyRecord | None, lacks: str) -> Translation:
    return Translation([record]) if record else Translation(ignored=f"The record lacks its {lacks}.")


def _deleted(subject: str, record: Any, told: datetime, settings: Mapping[str, str]) -> Translation:
    if subject in _KINDS:
        slug = ident(at(record, "slug"))
        return _only(Gone(kind=_KINDS[subject], id=slug, version=told) if slug else None, "slug")
    if not (id := ident(at(record, "id"))):
        return Translation(ignored="The record lacks its id.")
    activity = Gone(kind="activity", id=f"{_WHAT.get(subject, subject)}:{id}", version=told)
    if subject != "meeting":
        return Translation([activity])
    interview = Gone(kind="interview", id=id, version=told)
    return Translation([interview] if _is_interview(record, settings) else [interview, activity])


def _plain(subject: str, record: Any, told: datetime, *, alone: bool) -> Asking[Translation]:
    found = _PLAIN[subject](record, told)
    if found is None:
        lacks = "slug or its name" if subject in ("candidate", "company") else "slug, its name or its company"
        return Translation(ignored=f"The {subject} lacks its {lacks}.")
    if alone or not isinstance(found, Job | ClientContact):
        return Translation([found])
    manager = found.hiring_manager_id if isinstance(found, Job) else None
    before = yield from story(About(company=found.organisation_id, contact=manager), told)
    if not any(each.id == found.organisation_id for each in before if isinstance(each, Organisation)):
        return Translation(ignored=f"The company of this {subject} is not, or no longer, in Recruit CRM.")
    return Translation([*before, manageable(found, before) if isinstance(found, Job) else found])


def _staged(record: Any, told: datetime) -> Asking[Translation]:
    found = read.application(record, told)
    if found is None:
        return Translation(ignored="The hiring stage lacks its candidate or its job.")
    return (yield from _with_story(found, told))


def _placed(record: Any, told: datetime) -> Asking[Translation]:
    """A hire, in the version of the hiring stage: the stage's own event, told late, must still count beside it."""
    since = instant(at(record, "created_on")) or told
    found = read.application(record, told, Status(value="@hired", label="Placement", at=min(since, told)))
    if found is None:
        return Translation(ignored="The placement lacks its candidate or its job.")
    stage = yield from standing(found.candidate_id, found.job_id, told)
    return (yield from _with_story(replace(found, version=stage.version) if stage else found, told))


def _with_story(found: Application, told: datetime) -> Asking[Translation]:
    """An application behind the candidate and the job that it is of."""
    before = yield from story(About(candidate=found.candidate_id, job=found.job_id), told, applied=False)
    if not {found.candidate_id, found.job_id} <= {each.id for each in before if isinstance(each, Candidate | Job)}:
        return Translation(before, ignored="The candidate or the job is not, or no longer, in Recruit CRM.")
    return Translation([*before, found])


def _assigned(record: Any, told: datetime) -> Translation:
    """A candidate of a job, as a walk fetched them: `{candidate, job_slug, status, stage_date}`."""
    person = read.candidate(at(record, "candidate"), told)
    stage = {**mapping(record), "candidate_slug": person and person.id, "updated_on": at(record, "stage_date")}
    found = read.application(stage, told)
    if not (person and found):
        return Translation(ignored="The assignment lacks its candidate or its job.")
    return Translation([person, found])


def _is_interview(record: Any, settings: Mapping[str, str]) -> bool:
    told = settings.get("interview_meeting_types") or "Interview"
    wanted = {label.strip().casefold() for label in told.split(",")}
    return any(label.casefold() in wanted for label in read.labels(at(record, "meeting_type")))


def _interview(record: Any, told: datetime) -> Asking[Translation]:
    id, starts, ends = ident(at(record, "id")), instant(at(record, "start_date")), instant(at(record, "end_date"))
    if not (id and starts and ends and starts <= ends) or at(record, "all_day") in (1, "1", True):
        return Translation(ignored="The interview has no id or no times of day.")
    whom = about(record)
    if whom.candidate and not whom.job:
        whom = About(whom.candidate, (yield from _only_job(whom.candidate)), whom.contact, whom.company)
    if not (whom.candidate and whom.job):
        return Translation(ignored="The interview does not say which one candidate and which one job it is about.")
    before = yield from story(whom, told)
    application = next((each for each in before if isinstance(each, Application)), None)
    if application is None:
        return Translation(before, ignored="The candidate of this interview is not on its job in Recruit CRM.")
    interview = Interview(
        id=id,
        version=read.version(record, told),
        application_id=application.id,
        starts_at=starts,
        ends_at=ends,
        booked_at=instant(at(record, "created_on")),
    )
    return Translation([*before, interview])


def _only_job(slug: str) -> Asking[str | None]:
    """The job of a candidate who is on a single one."""
    reply = yield Ask(f"/v1/candidates/{quote(slug, safe='')}/hiring-stages")
    stages = [stage for stage in sequence(reply.document) if ident(at(stage, "job_slug"))] if reply.found else []
    return ident(at(stages[0], "job_slug")) if len(stages) == 1 else None


def _activity(subject: str, verb: str, record: Any, key: str, told: datetime) -> Asking[Translation]:
    kind, text, time = _ACTIVITIES[subject]
    what, id = _WHAT.get(subject, subject), ident(at(record, "id")) or (key if subject == "email" else None)
    if not id:
        return Translation(ignored=f"The {what} lacks its id.")
    whom = about(record)
    before = yield from story(whom, told)
    known = {(type(each), each.id) for each in before}
    person = whom.candidate if (Candidate, whom.candidate) in known else None
    vacancy = whom.job if (Job, whom.job) in known else None
    contact = whom.contact if (ClientContact, whom.contact) in known else None
    company = whom.company if (Organisation, whom.company) in known else None
    if not (person or vacancy or contact or company):
        return Translation(ignored=f"The {what} is about no candidate, job, contact or company that can be told.")
    call = line(at(record, "call_type"), 40)
    label = next(iter(read.labels(at(record, kind))), None) or call or ("sent" if subject == "email" else None)
    body = note(at(record, text))
    mark = MARK.search(body or "")
    activity = Activity(
        id=f"{what}:{id}",
        version=read.version(record, told),
        type=f"{what}: {label}" if label else what,
        occurred_at=instant(at(record, time)) or told,
        text=body,
        candidate_id=person,
        job_id=vacancy,
        client_contact_id=contact,
        organisation_id=company,
        direction=_DIRECTIONS.get("email" if subject == "email" else call or ""),
        party=whom.party if subject != "note" else None,
        mark=mark.group(1) if mark else None,
    )
    if subject == "meeting" and verb != "created":
        # A meeting that was an interview before its type was changed is none any more.
        return Translation([*before, activity, Gone(kind="interview", id=id, version=activity.version)])
    return Translation([*before, activity])
