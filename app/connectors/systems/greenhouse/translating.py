"""Greenhouse's events as canonical records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.connectors.connector import Asking, Event, Translation
from app.connectors.reading import at, email, ident, instant, mapping, sequence
from app.connectors.records import AnyRecord, Application, Candidate, Gone, Kind, Merged, Status
from app.connectors.systems.greenhouse import records as read
from app.connectors.systems.greenhouse.fetching import bundles, by_ids, of_applications
from app.connectors.systems.greenhouse.records import UNDATED

_APPLICATIONS = (
    "new_candidate_application",
    "application_updated",
    "candidate_stage_change",
    "reject_candidate",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
)
_OFFERS = ("offer_created", "offer_updated", "offer_approved")
_JOBS = ("job_created", "job_updated", "job_approved")
_DELETED: Mapping[str, tuple[Kind, str]] = {
    "delete_application": ("application", "application"),
    "interview_deleted": ("interview", "interview"),
    "job_deleted": ("job", "job"),
}
ACTIONS = (
    *_APPLICATIONS,
    "update_candidate",
    "merge_candidate",
    "delete_candidate",
    "candidate_anonymized",
    *_OFFERS,
    *_JOBS,
    *_DELETED,
)
"""The events to make web hooks for."""
_BOOKED = ("scheduled", "awaiting_feedback", "complete")


def translate(event: Event, *, connected: bool) -> Asking[Translation]:
    """What an event says; `connected`: Harvest can be asked."""
    assert event.occurred_at is not None
    told, payload, action = event.occurred_at, at(event.document, "payload"), event.type
    if action.startswith("fetched."):
        return _fetched(action.removeprefix("fetched."), event.document, told)
    if action in _APPLICATIONS:
        return (yield from _application(action, at(payload, "application"), told, connected=connected))
    if action in _OFFERS:
        return (yield from _offer(payload, told, connected=connected))
    if action in _JOBS:
        return (yield from _job(at(payload, "job"), told, connected=connected))
    if action in _DELETED:
        kind, where = _DELETED[action]
        gone = ident(at(payload, where, "id"))
        return _only(Gone(kind=kind, id=gone, version=told) if gone else None)
    match action:
        case "new_prospect_application":
            person = read.candidate(at(payload, "application", "candidate"), told)
            return Translation([person] if person else (), ignored="A prospect is on no job yet.")
        case "update_candidate":
            return _only(read.candidate(at(payload, "candidate"), told))
        case "merge_candidate":
            id, into = ident(at(payload, "person", "id")), ident(at(payload, "person", "new_candidate_id"))
            return _only(Merged(id=id, into=into, version=told) if id and into else None)
        case "delete_candidate":
            return _deleted(at(payload, "person"), told)
        case "candidate_anonymized":
            person_gone = ident(at(payload, "candidate_id"))
            return Translation(
                [Gone(kind="candidate", id=person_gone, version=told)] if person_gone else (),
                ignored="An anonymised candidate is treated as one who was deleted.",
            )
    return Translation(ignored=f"{action} tells nothing that Keepwarm keeps.")


def _only(record: AnyRecord | None) -> Translation:
    return Translation([record]) if record else Translation(ignored="The payload lacks an id or a name.")


def _deleted(person: Any, told: datetime) -> Translation:
    id = ident(at(person, "id"))
    if not id:
        return Translation(ignored="The payload lacks an id.")
    theirs = [found for each in sequence(at(person, "deleted_application_ids")) if (found := ident(each))]
    gone = [Gone(kind="application", id=each, version=told) for each in theirs]
    return Translation([*gone, Gone(kind="candidate", id=id, version=told)])


# --- Applications ---


def _application(action: str, record: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """The candidate, the job and the application that a payload holds, and the interviews where it tells of some."""
    id = ident(at(record, "id"))
    vacancy = read.job(at(record, "job") or next(iter(sequence(at(record, "jobs"))), None), UNDATED)
    changed = instant(at(record, "last_activity_at")) or told
    person = read.candidate(at(record, "candidate"), changed)
    if at(record, "prospect") is True or not (id and person and vacancy):
        return Translation(
            [person] if person else (), ignored="The application names no candidate or is on no job yet."
        )
    status = _status(action, record, changed)
    if action == "application_updated" and status is None and connected:
        # Whatever else was changed: since when the stage holds is asked for.
        stages = yield from of_applications("application_stages", [id], current="true")
        since = read.latest(*(at(each, "entered_at") for each in stages))
        status = read.stage(record, since) if since else None
    if action == "hire_candidate" and connected:
        # Its payload has no time at all; told late, it would undo what happened since.
        known = yield from by_ids("applications", [id])
        current = known.get(id)
        changed = _version(current, told) if current else told
        if current and at(current, "status") == "in_process":
            status = read.stage(current, changed)
    application = Application(
        id=id,
        version=changed if status else UNDATED,
        candidate_id=person.id,
        job_id=vacancy.id,
        status=status,
        recruiter_email=email(at(record, "candidate", "recruiter", "email")),
    )
    records: list[AnyRecord] = [person, vacancy, application]
    # A payload's interviews are steps of the job's plan and have no times: the interviews themselves are asked for.
    steps = sequence(at(record, "current_stage", "interviews"))
    if connected and any(at(step, "status") in _BOOKED for step in steps):
        found = yield from of_applications("interviews", [id])
        records += [each for one in found if (each := read.interview(one, told)) and each.application_id == id]
    return Translation(records)


def _status(action: str, record: Any, changed: datetime) -> Status | None:
    ended = instant(at(record, "rejected_at")) or changed
    match action:
        case "hire_candidate":
            return Status(value="@hired", label="Hired", at=changed)
        case "reject_candidate":
            return read.rejection(at(record, "rejection_reason"), ended)
        case "unreject_candidate" | "unhire_candidate":
            taken_back = "hire" if action == "unhire_candidate" else "rejection"
            return read.stage(record, changed, reason=f"The {taken_back} was taken back in Greenhouse.")
        case "application_updated":
            return read.rejection(at(record, "rejection_reason"), ended) if at(record, "status") == "rejected" else None
    return read.stage(record, changed)


def _version(application: Any, told: datetime) -> datetime:
    return read.latest(at(application, "updated_at"), at(application, "last_activity_at")) or told


# --- Offers and jobs ---


def _offer(payload: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """An offer that was made or answered; it names its application only."""
    offer = mapping(at(payload, "offer")) or mapping(payload)
    status = _offered(offer, told)
    if status is None:
        return Translation(ignored="The offer was not sent yet, or a newer version took its place.")
    id = ident(offer.get("application_id"))
    if not (id and connected):
        return Translation(ignored="The offer names no candidate, and Harvest, which knows, is not connected.")
    known = yield from bundles([id])
    if id not in known:
        return Translation(ignored="The application of this offer is not, or no longer, in Greenhouse.")
    around = known[id]
    if at(around["application"], "status") != "in_process":
        # It has ended or been hired since, which is the news.
        status = _standing(around, None, told)
    return _bundled(around, status, told)


def _offered(offer: Any, told: datetime) -> Status | None:
    resolved, sent = instant(at(offer, "resolved_at")) or told, instant(at(offer, "sent_on"))
    match at(offer, "offer_status") or at(offer, "status"):
        case "Accepted":
            return Status(value="@offer_accepted", label="Offer accepted", at=min(resolved, told))
        case "Rejected":
            return Status(value="@offer_declined", label="Offer declined", at=min(resolved, told))
        case "Created" if sent:
            # `sent_on` is a day: the offer was out by its end.
            return Status(value="@offer_made", label="Offer sent", at=min(sent + timedelta(days=1), told))
    return None


def _job(record: Any, told: datetime, *, connected: bool) -> Asking[Translation]:
    """A job, with its first hiring manager where Harvest says who that is."""
    vacancy = read.job(record, told)
    if vacancy is None:
        return _only(None)
    managers = sequence(at(record, "hiring_team", "hiring_managers"))
    if not (connected and managers):
        return Translation([vacancy])
    found = yield from by_ids("users", [at(managers[0], "user_id")])
    manager = next((each for user in found.values() if (each := read.hiring_manager(user, told))), None)
    if manager is None:
        return Translation([vacancy])
    return Translation([manager, replace(vacancy, hiring_manager_id=manager.id)])


# --- What a walk fetched ---


def _fetched(what: str, document: Any, told: datetime) -> Translation:
    """A record of Harvest with the application, candidate and job that it was fetched with."""
    if what == "job":
        return _only(read.job(at(document, "job"), told))
    if what == "application":
        return _bundled(document, _standing(document, instant(at(document, "entered_at")), told), told)
    around = _bundled(document, None, told)
    if what == "interview":
        found = read.interview(at(document, "interview"), told)
        lacks = "The interview has no time of day (yet)."
        if found and not any(isinstance(each, Application) for each in around.records):
            return Translation(ignored="The interview's application is not, or no longer, on a job.")
        return Translation([*around.records, found]) if found else Translation(ignored=lacks)
    written = read.activity(at(document, "note"), at(document, "candidate"), told)
    people = {each.id for each in around.records if isinstance(each, Candidate)}
    if written is None or written.candidate_id not in people:
        return Translation(ignored="Greenhouse made this entry by itself, or it is about no candidate.")
    if written.application_id not in {each.id for each in around.records if isinstance(each, Application)}:
        written = replace(written, application_id=None)
    return Translation([*around.records, written])


def _standing(document: Any, entered: datetime | None, told: datetime) -> Status | None:
    application = at(document, "application")
    changed = _version(application, told)
    match at(application, "status"):
        case "rejected":
            return read.rejection(at(document, "rejection_reason"), instant(at(application, "rejected_at")) or changed)
        case "hired":
            return Status(value="@hired", label="Hired", at=changed)
    return read.stage(application, entered or changed)


def _bundled(document: Any, status: Status | None, told: datetime) -> Translation:
    version = _version(at(document, "application"), told)
    person = read.candidate(at(document, "candidate"), version)
    vacancy = read.job(at(document, "job"), UNDATED)
    told_of = at(document, "application")
    application = read.applied(told_of, version if status else UNDATED, status) if person and vacancy else None
    records = [each for each in (person, vacancy, application) if each is not None]
    return Translation(records, ignored=None if application else "The application is of no candidate or on no job.")
