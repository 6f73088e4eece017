"""Bullhorn: a queue of events that is polled, entities that are fetched, and notes and tasks that are written back.

Sources: github.com/bullhorn/rest-api-docs (event subscription, entity reference, login); bullhorn.github.io.
"""

from collections.abc import Mapping, Sequence
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
from app.connectors.reading import at, ident, line, mapping, sequence
from app.connectors.records import Gone, Interview
from app.connectors.systems.bullhorn.entering import signed_in
from app.connectors.systems.bullhorn.guide import GUIDE
from app.connectors.systems.bullhorn.translating import FIELDS, KINDS, placed, translated
from app.connectors.systems.bullhorn.walking import STREAMS, changed, queued, with_history
from app.connectors.systems.bullhorn.writing import moved, written


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
        name, verb, id = line(document.get("entityName"), 80) or "", document.get("entityEventType"), _id(document)
        if document.get("eventType") != "ENTITY" or name not in FIELDS:
            return Translation(ignored=f"Keepwarm does not follow events of {name or 'no entity'}.")
        if id is None or verb not in ("INSERTED", "UPDATED", "DELETED"):
            return Translation(ignored="The event names no entity's id, or nothing that was done to it.")
        # A cancelled appointment is still there, marked as deleted; anything else that was deleted is gone for us.
        if verb == "DELETED" and name != "Appointment":
            return _gone(name, id, event.occurred_at)
        reply = yield Ask(f"entity/{name}/{id}", {"fields": FIELDS[name]})
        found = mapping(at(reply.document, "data")) or mapping(reply.document)
        if not reply.found or not found:
            if verb == "DELETED":
                return _gone(name, id, event.occurred_at)
            return Translation(ignored=f"Bullhorn has no {name} {id} to show.")
        if verb == "DELETED":
            found = {**found, "isDeleted": True}
        properties = sequence(document.get("updatedProperties"))
        status_at = event.occurred_at if verb == "INSERTED" or "status" in properties else None
        came = yield from _told(account, name, found, event.occurred_at, status_at)
        # A walk brings the submissions before the interviews.
        return (yield from _with_application(came, found, event.occurred_at)) if name == "Appointment" else came

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
        return (yield from changed(stream, since, cursor, account))

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
        return placed(found, told_at, (yield from _submission_of(found, "candidate")))
    if entity == "JobSubmission" and "history" not in found:
        found = (yield from with_history([found]))[0]
    types = account.settings.get("interview_types") or "Interview"
    interviews = {type.strip().casefold() for type in types.split(",")}
    return translated(entity, found, told_at, status_at, interviews)


def _with_application(came: Translation, found: Mapping[str, Any], told_at: datetime) -> Asking[Translation]:
    """An interview with the submission that it is for, which may have been made before Keepwarm was connected."""
    if not any(isinstance(record, Interview) for record in came.records):
        return came
    submission = yield from _submission_of(found, "candidateReference")
    application = translated("JobSubmission", submission, told_at).records if submission else ()
    return Translation([*application, *(one for one in came.records if one not in application)], came.ignored)


def _submission_of(found: Mapping[str, Any], person: str) -> Asking[Mapping[str, Any] | None]:
    """The submission, with its history, that a placement names, or else that of the same candidate to the same job."""
    named, fields = _id(at(found, "jobSubmission"), "id"), {"fields": FIELDS["JobSubmission"]}
    candidate, job = _id(at(found, person), "id"), _id(at(found, "jobOrder"), "id")
    if named:
        reply = yield Ask(f"entity/JobSubmission/{named}", fields)
        row = mapping(at(reply.document, "data")) or mapping(reply.document)
    elif candidate and job:
        where = f"candidate.id={candidate} AND jobOrder.id={job} AND isDeleted=false"
        reply = yield Ask("query/JobSubmission", {"where": where, **fields, "orderBy": "-id", "count": "1"})
        row = mapping(next(iter(sequence(at(reply.document, "data"))), None))
    else:
        return None
    return (yield from with_history([row]))[0] if row and reply.found else None


def _gone(entity: str, id: str, version: datetime) -> Translation:
    if entity not in KINDS:
        return Translation(ignored=f"A deleted {entity} takes nothing back: its submission tells where things stand.")
    return Translation([Gone(kind=KINDS[entity], id=id, version=version)])


def _id(document: Any, field: str = "entityId") -> str | None:
    """An entity's id where it is one: a whole number, safe in a path and in a query."""
    id = ident(at(document, field))
    return id if id and id.isascii() and id.isdigit() and len(id) < 19 else None
