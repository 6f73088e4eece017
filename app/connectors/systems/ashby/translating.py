"""Ashby's events as canonical records."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.connectors.connector import Asking, Event, Translation
from app.connectors.reading import at, ident, mapping
from app.connectors.records import AnyRecord, Gone, Merged, Status
from app.connectors.systems.ashby import records as read
from app.connectors.systems.ashby.asking import asked

WEBHOOKS = (
    "applicationSubmit",
    "applicationUpdate",
    "candidateHire",
    "candidateStageChange",
    "candidateDelete",
    "candidateMerge",
    "interviewScheduleCreate",
    "interviewScheduleUpdate",
    "jobCreate",
    "jobUpdate",
    "offerCreate",
    "offerUpdate",
)
"""The webhooks to make."""


def translate(event: Event, *, connected: bool) -> Asking[Translation]:
    """What an event says; `connected`: Ashby can be asked."""
    assert event.occurred_at is not None
    told, data = event.occurred_at, at(event.document, "data")
    match event.type:
        case "applicationSubmit" | "applicationUpdate" | "candidateStageChange" | "candidateHire":
            return (yield from _application(event.type, at(data, "application"), told, connected=connected))
        case "fetched.application":
            return (yield from _application(event.type, event.document, told, connected=connected))
        case "interviewScheduleCreate" | "interviewScheduleUpdate":
            return (yield from _schedule(event.type, at(data, "interviewSchedule"), told, connected=connected))
        case "fetched.interview":
            return (yield from _schedule(event.type, event.document, told, connected=connected))
        case "offerCreate" | "offerUpdate":
            return (yield from _offer(at(data, "offer"), told, connected=connected))
        case "jobCreate" | "jobUpdate":
            return _job(at(data, "job"), told)
        case "fetched.job":
            return _job(event.document, told)
        case "fetched.note":
            return _note(event.document, told)
        case "candidateDelete":
            id = ident(at(data, "candidate", "id"))
            return _only(Gone(kind="candidate", id=id, version=told) if id else None)
        case "candidateMerge":
            gone, into = ident(at(data, "deletedCandidate", "id")), ident(at(data, "mergedCandidate", "id"))
            return _only(Merged(id=gone, into=into, version=told) if gone and into else None)
        case "offerDelete":
            return Translation(ignored="An offer that was deleted says nothing of where its application stands.")
        case "pushToHRIS":
            return Translation(ignored="candidateHire tells of the same hire.")
    return Translation(ignored=f"{event.type} tells nothing that Keepwarm keeps.")


def _only(record: AnyRecord | None) -> Translation:
    return Translation([record]) if record else Translation(ignored="The payload lacks an id.")


def _application(action: str, told_of: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """An application with its candidate, its job and the hiring manager, all of which it tells of itself."""
    record = mapping(told_of)
    changed = read.version(record, told)
    # These webhooks know since when the stage holds. An update of anything at all does not: the history does.
    since = changed if action in ("applicationSubmit", "candidateStageChange") else None
    status = (
        Status(value="@hired", label="Hired", at=changed) if action == "candidateHire" else read.ended(record, changed)
    )
    if status is None and since is None and connected and (id := ident(record.get("id"))):
        record = mapping((yield from asked("application.info", {"applicationId": id})).get("results")) or record
        changed = read.version(record, told)
        status, since = read.ended(record, changed), read.entered(record)
    records = _told(record, changed, status or read.stage(record, since))
    return Translation(records, ignored=None if records else "The application lacks its candidate or its job.")


def _told(record: Any, changed: datetime, status: Status | None) -> list[AnyRecord]:
    """What an application tells, those referred to first; nothing where it lacks one of its two sides."""
    person, vacancy = read.candidate(at(record, "candidate"), changed), read.job(at(record, "job"), read.UNDATED)
    application = read.application(record, changed if status else read.UNDATED, status)
    if not (person and vacancy and application):
        return []
    manager = read.hiring_manager(at(record, "hiringTeam"), changed)
    if manager is None:
        return [person, vacancy, application]
    return [manager, person, replace(vacancy, hiring_manager_id=manager.id), application]


def _schedule(action: str, schedule: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """An interview with the application that it belongs to; a schedule that lost its times is one no more."""
    changed, id = read.version(schedule, told), ident(at(schedule, "id"))
    interview = read.interview(schedule, changed)
    if interview is None:
        gone = [Gone(kind="interview", id=id, version=changed)] if id and action == "interviewScheduleUpdate" else []
        return Translation(gone, ignored="The schedule names no application, or no time (yet).")
    if not connected or interview.application_id is None:
        return Translation([interview])
    found = yield from asked("application.info", {"applicationId": interview.application_id})
    record = mapping(found.get("results"))
    before = _told(record, read.version(record, told), None)
    if not before:
        return Translation(ignored="The application of this interview is not, or no longer, in Ashby.")
    return Translation([*before, interview])


def _offer(offer: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """An offer that is out or was answered; it names its application only."""
    status, id = read.offered(offer, told), ident(at(offer, "applicationId"))
    if status is None:
        return Translation(ignored="The offer is not out yet, or it was taken back.")
    if not (id and connected):
        return Translation(ignored="The offer names no candidate, and Ashby, which knows, is not connected.")
    record = mapping((yield from asked("application.info", {"applicationId": id})).get("results"))
    changed = read.version(record, told)
    # Where the application has ended or been hired since, that is the news.
    records = _told(record, changed, read.ended(record, changed) or status)
    return Translation(records, ignored=None if records else "The offer's application is not, or no longer, in Ashby.")


def _job(record: Any, told: datetime) -> Translation:
    changed = read.version(record, told)
    vacancy = read.job(record, changed)
    if vacancy is None:
        return Translation(ignored="The job lacks its id or its title.")
    manager = read.hiring_manager(at(record, "hiringTeam"), changed)
    if manager is None:
        return Translation([vacancy])
    return Translation([manager, replace(vacancy, hiring_manager_id=manager.id)])


def _note(document: Any, told: datetime) -> Translation:
    """A note as a walk fetched it: `{note, application}`, of whose candidate it is."""
    record = at(document, "application")
    before = _told(record, read.version(record, told), None)
    person = ident(at(record, "candidate", "id"))
    written = read.activity(at(document, "note"), person, told) if before and person else None
    if written is None:
        return Translation(ignored="The note lacks its id or its candidate.")
    return Translation([*before, written])
