"""JobAdder: webhooks that only hint, documents that are fetched and polled, notes and tasks that are written back.

Sources: the OpenAPI document of api.jobadder.com/v2 (a copy: github.com/Intiqo/jobadder-go-sdk); JobAdder's help
article 360022511513 on webhooks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
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
from app.connectors.crm.jobadder.applications import placed
from app.connectors.crm.jobadder.client import hinted, one, rows_of, subject
from app.connectors.crm.jobadder.guide import GUIDE, SIGN_IN
from app.connectors.crm.jobadder.records import DELETED, gone, translated
from app.connectors.crm.jobadder.sync import STREAMS, changed, deleted, watched
from app.connectors.crm.jobadder.write_back import moved, written
from app.connectors.parsing import at, digest, document, ident, instant, line, mapping
from app.connectors.records import AnyRecord, Interview
from app.connectors.signing import check

_STATUSES = ("jobapplication_status_changed", "job_status_changed")
"""The events that date a status."""
_LINKS = ("candidates", "applications", "companies", "jobs", "contacts", "placements")
"""Whom and what a note is about [V: NoteModel]."""


class JobAdder(Connector):
    """Its webhooks carry the Authorization value that we chose, and little else that is published: they are hints."""

    system = "jobadder"
    title = "JobAdder"
    guide = GUIDE
    known_stages = {"@placement_approved": "accepted"}
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """The Authorization value that we chose, with or without the word Bearer before it."""
        offered = request.headers.get("authorization", "")
        check([offered.removeprefix("Bearer ")], secrets, lambda secret: secret)

    def event(self, request: Arrived) -> Event:
        """The event under its eventId. The published one is all zeros: such an event is known by name and body."""
        body = document(request.body)
        name = line(at(body, "event"), 80)
        if name is None:
            raise Refused("the body names no event")
        id = ident(at(body, "eventId")) or ""
        key = id if id.strip("0-") else f"{name}:{digest(request.body)}"
        return Event(key, name, body, instant(at(body, "eventDate")))

    def translate(self, event: Event, account: Account) -> Asking[Translation]:
        """What the things that an event hints at say now, or a document that was fetched."""
        assert event.occurred_at is not None
        origin, _, resource = event.type.partition(".")
        if origin == "deleted" and resource in DELETED:
            return gone(resource, event.document, event.occurred_at)
        if origin == "fetched":
            return (yield from _told(resource, mapping(event.document), event.occurred_at))
        hint = subject(event.type)
        if hint is None:
            return Translation(ignored=f"Keepwarm does not follow events of the type {event.type}.")
        documents, left = yield from hinted(event, hint)
        records: list[AnyRecord] = []
        reasons: list[str] = []
        unknown: list[str] = []
        status_at = event.occurred_at if event.type.casefold() in _STATUSES else None
        for found in documents:
            told = yield from _told(hint, found, event.occurred_at, status_at)
            records += told.records
            reasons += [told.ignored] if told.ignored else []
            unknown += told.unknown
        if event.type.endswith("interview_evaluation_submitted") and len(documents) == 1:
            records = [_held(record, event.occurred_at) for record in records]
        if not records and not reasons:
            reasons = [f"JobAdder shows none of the {hint} that the event is about."]
        why = [*dict.fromkeys(reasons), *([left] if left else [])]
        return Translation(records, " ".join(why[:5]) or None, tuple(dict.fromkeys(unknown)))

    def address(self, account: Account) -> str:
        """The address that came with the token."""
        told = account.settings.get("base_url") or account.session.get("address")
        if not isinstance(told, str) or not told:
            raise NotConnected("JobAdder has given no token.")
        return told.rstrip("/")

    def headers(self, account: Account) -> Mapping[str, str]:
        """The access token."""
        token = account.session.get("token")
        if not isinstance(token, str) or not token:
            raise NotConnected("JobAdder has given no token.")
        return {"Authorization": f"Bearer {token}"}

    def sign_in(self, account: Account, now: datetime) -> Asking[Mapping[str, Any]]:
        """An access token, good for an hour, for the refresh token, which is replaced by the next one."""
        form = {part: account.credentials.get(part, "") for part in ("client_id", "client_secret", "refresh_token")}
        if not all(form.values()):
            raise NotConnected("JobAdder's client id, client secret and refresh token are not all set.")
        server = account.settings.get("auth_url", SIGN_IN).rstrip("/")
        form["grant_type"] = "refresh_token"
        reply = yield Ask(
            f"{server}/connect/token",
            method="POST",
            form=form,
            expects=(400, 401, 403),
            bare=True,
            renews=("refresh_token",),
        )
        token, api = line(at(reply.document, "access_token"), 4000), line(at(reply.document, "api"), 500)
        if not (token and api):
            raise NotConnected("JobAdder did not take the refresh token: consent to Keepwarm anew.")
        return {"token": token, "address": api}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> Asking[Page]:
        """One page of what changed or was deleted, or one look at the webhooks."""
        if stream == "webhooks":
            return (yield from watched(account))
        return (yield from deleted(since, cursor) if stream == "deleted" else changed(stream, since, cursor))

    def write(self, finding: Finding, account: Account) -> Asking[str]:
        """A note with the mark as its reference, or a task with the mark in its title."""
        return (yield from written(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> Asking[None]:
        """Set the status of an application."""
        yield from moved(application_id, status)


def _told(
    resource: str, found: Mapping[str, Any], told_at: datetime, status_at: datetime | None = None
) -> Asking[Translation]:
    """What a document says, with what still has to be asked for it."""
    if resource == "placements":
        return placed(found, told_at, (yield from _application_of(found)))
    if resource == "notes" and not any(part in found for part in _LINKS):
        # A list shows of a note only its beginning, and nothing of whom it is about.
        whole = mapping(found.get("self")) or (yield from one("notes", ident(found.get("noteId")) or "0"))
        found = whole or found
    return translated(resource, found, told_at, status_at)


def _application_of(placement: Mapping[str, Any]) -> Asking[Mapping[str, Any] | None]:
    """A placement names its candidate and its job, and not the application that led to it."""
    candidate, job = ident(at(placement, "candidate", "candidateId")), ident(at(placement, "job", "jobId"))
    if not (candidate and candidate.isdigit() and job and job.isdigit()):
        return None
    reply = yield Ask("applications", {"CandidateId": candidate, "JobId": job, "Limit": "1"}, expects=())
    return next(iter(rows_of(reply, "applications")), None)


def _held(record: AnyRecord, told_at: datetime) -> AnyRecord:
    """An interview that an interviewer has judged was held; the judgement is newer than the interview's own update."""
    if isinstance(record, Interview) and record.starts_at <= told_at:
        return replace(record, status="completed", version=max(record.version, told_at))
    return record
