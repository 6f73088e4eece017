"""Bullhorn: a queue of events that is polled, entities that are fetched, and notes and tasks that are written back.

Sources: github.com/bullhorn/rest-api-docs (event subscription, entity reference, login); bullhorn.github.io.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.connectors.connector import (
    Account,
    Arrived,
    Ask,
    Asking,
    Connector,
    Event,
    Finding,
    NotConnected,
    Page,
    Refused,
    Translation,
)
from app.connectors.crm.bullhorn.auth import signed_in
from app.connectors.crm.bullhorn.checks import job_of, reference
from app.connectors.crm.bullhorn.client import (
    fetched,
    rows_of,
    whole_id,
    with_attendees,
    with_history,
    with_whole_lists,
)
from app.connectors.crm.bullhorn.fields import FIELDS, KINDS
from app.connectors.crm.bullhorn.guide import GUIDE
from app.connectors.crm.bullhorn.interviews import activity_id
from app.connectors.crm.bullhorn.milestones import not_placed, placed
from app.connectors.crm.bullhorn.records import translated
from app.connectors.crm.bullhorn.sync import STREAMS, changed, queued
from app.connectors.crm.bullhorn.write_back import moved, written
from app.connectors.interview_types import named_types
from app.connectors.parsing import at, line, mapping, sequence, word
from app.connectors.records import AnyRecord, Application, Gone, Interview

# eventType ENTITY; entityEventType INSERTED, UPDATED, DELETED [V: event subscription].
_VERBS = ("inserted", "updated", "deleted")
_ENTITIES = {word(entity): entity for entity in FIELDS}
_STATUSES = {"status", "isopen"}
"""The fields of a submission and of a job whose change dates their status."""


class Bullhorn(Connector):
    """Sends no webhooks: its event subscription is polled every minute, and what each event names is fetched."""

    system = "bullhorn"
    title = "Bullhorn"
    guide = GUIDE
    receives = False
    signed_by = "nobody"
    breather = timedelta(seconds=1)
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """Refuses everything: Bullhorn calls nobody."""
        raise Refused("Bullhorn sends no webhooks")

    def event(self, request: Arrived) -> Event:
        """Refuses everything: Bullhorn calls nobody."""
        raise Refused("Bullhorn sends no webhooks")

    def translate(self, event: Event, account: Account) -> Asking[Translation]:
        """What an entity says now: the event names it and the fields that changed, and never a value."""
        assert event.occurred_at is not None
        origin, _, entity = event.type.partition(".")
        if origin == "fetched":
            return (yield from _told(account, entity, mapping(event.document), event.occurred_at))
        document = mapping(event.document)
        named, verb, id = line(document.get("entityName"), 80), word(document.get("entityEventType")), _id(document)
        name = _ENTITIES.get(word(named) or "")
        if word(document.get("eventType")) != "entity" or name is None:
            return Translation(ignored=f"Keepwarm does not follow events of {named or 'no entity'}.")
        if id is None:
            return Translation(ignored="The event names no entity's id.")
        # A cancelled appointment is still there, marked as deleted; anything else that was deleted is gone for us.
        if verb == "deleted" and name != "Appointment":
            return _gone(name, id, event.occurred_at)
        found = yield from fetched(name, id, FIELDS[name])
        if not found:
            if verb == "deleted":
                return _gone(name, id, event.occurred_at)
            return Translation(ignored=f"Bullhorn has no {name} {id} to show.")
        if verb == "deleted":
            found = {**found, "isDeleted": True}
        properties = {word(changed) for changed in sequence(document.get("updatedProperties"))}
        dated = event.occurred_at if verb == "inserted" or properties & _STATUSES else None
        came = yield from _told(account, name, found, event.occurred_at, dated)
        # A walk brings the submissions before the interviews.
        if name == "Appointment":
            came = yield from _settled(came, id, found, event.occurred_at, new=verb == "inserted")
        # Any other verb than the three that Bullhorn names is read as a change.
        unknown = () if verb in _VERBS else (f"event: {line(document.get('entityEventType'), 40)}",)
        return replace(came, unknown=[*came.unknown, *unknown])

    def address(self, account: Account) -> str:
        """The address that the sign-in named, the corporation's token in it."""
        told = account.settings.get("base_url") or account.session.get("address")
        if not isinstance(told, str) or not told:
            raise NotConnected("Bullhorn has given no session.")
        return told.rstrip("/")

    def headers(self, account: Account) -> Mapping[str, str]:
        """The session's token."""
        token = account.session.get("token")
        if not isinstance(token, str) or not token:
            raise NotConnected("Bullhorn has given no session.")
        return {"BhRestToken": token}

    def sign_in(self, account: Account, now: datetime) -> Asking[Mapping[str, Any]]:
        """A REST session; a refresh token is replaced by the next one."""
        return (yield from signed_in(account))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> Asking[Page]:
        """One read of the event queue, or one page of what changed."""
        if stream == "events":
            return (yield from queued(cursor, account, now))
        return (yield from changed(stream, since, cursor))

    def write(self, finding: Finding, account: Account) -> Asking[str]:
        """A note with the mark as its externalID, or a task with the mark in its description."""
        return (yield from written(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> Asking[None]:
        """Set the status of a submission."""
        yield from moved(application_id, status)


def _told(
    account: Account, entity: str, found: Mapping[str, Any], told_at: datetime, status_at: datetime | None = None
) -> Asking[Translation]:
    """What a fetched entity says, with what still has to be asked for it."""
    if entity == "Placement":
        submission = yield from _submission_of(found, at(found, "candidate", "id"))
        return placed(found, told_at, list(translated("JobSubmission", submission, told_at).records))
    if entity == "CandidateReference":
        return (yield from _referenced(found, told_at))
    if entity == "JobSubmission" and "history" not in found:
        found = (yield from with_history([found]))[0]
    elif entity == "Appointment" and "attendees" not in found:
        found = (yield from with_attendees([found]))[0]
    elif entity == "Note":
        found = yield from with_whole_lists(found)
    return translated(entity, found, told_at, status_at, named_types(account.settings.get("interview_types")))


def _referenced(found: Mapping[str, Any], told_at: datetime) -> Asking[Translation]:
    """A reference, with the submission to the job that it names."""
    about: Sequence[AnyRecord] = ()
    if job := job_of(found):
        of_job = {"jobOrder": {"id": job}}
        submission = yield from _submission_of(of_job, at(found, "candidate", "id"))
        about = translated("JobSubmission", submission, told_at).records if submission else ()
    ids = [record.id for record in about if isinstance(record, Application)]
    came = reference(found, told_at, ids[-1] if ids else None)
    return replace(came, records=[*(each for each in about if each not in came.records), *came.records])


def _settled(
    came: Translation, id: str, found: Mapping[str, Any], told_at: datetime, *, new: bool
) -> Asking[Translation]:
    """An appointment's interviews, each with the submission that it is for, which may be older than the connection."""
    interviews = [record for record in came.records if isinstance(record, Interview)]
    if not interviews:
        # An appointment that was an interview before its type was changed is none any more.
        is_told = any(isinstance(record, Gone) and record.kind == "interview" for record in came.records)
        before = [] if new or is_told or not came.records else [Gone(kind="interview", id=id, version=told_at)]
        return replace(came, records=[*came.records, *before])
    records: list[AnyRecord] = []
    without = set[str]()
    for interview in interviews:
        submission = yield from _submission_of(found, interview.candidate_id)
        told = translated("JobSubmission", submission, told_at).records if submission else ()
        records += [record for record in told if record not in records]
        if not told and interview.id != id:
            without.add(interview.id)  # somebody else's candidate who attends is no applicant for this job
    kept = [record for record in came.records if record.id not in without and record not in records]
    return replace(came, records=[*records, *kept])


def _submission_of(found: Mapping[str, Any], person: Any) -> Asking[Mapping[str, Any] | None]:
    """The submission, with its history, that a placement names, or else that of the same candidate to the same job."""
    named, candidate, job = (
        whole_id(one) for one in (at(found, "jobSubmission", "id"), person, at(found, "jobOrder", "id"))
    )
    fields = FIELDS["JobSubmission"]
    row: Mapping[str, Any] = {}
    if named:
        row = yield from fetched("JobSubmission", named, fields)
    elif candidate and job:
        where = f"candidate.id={candidate} AND jobOrder.id={job} AND isDeleted=false"
        query = {"where": where, "fields": fields, "orderBy": "-id", "count": "1"}
        reply = yield Ask("query/JobSubmission", query, expects=())
        row = next(iter(rows_of(reply, "query/JobSubmission")), {})
    return (yield from with_history([row]))[0] if row else None


def _gone(entity: str, id: str, version: datetime) -> Translation:
    if entity not in KINDS:
        return Translation(
            [not_placed(id, version)],
            ignored=f"The {entity} was deleted, and Bullhorn no longer says of which submission: the submission's own "
            "status stands once it is changed.",
        )
    gone = [Gone(kind=KINDS[entity], id=id, version=version)]
    meeting = [Gone(kind="activity", id=activity_id(id), version=version)] if entity == "Appointment" else []
    return Translation([*gone, *meeting])


def _id(document: Any) -> str | None:
    return whole_id(at(document, "entityId"))
