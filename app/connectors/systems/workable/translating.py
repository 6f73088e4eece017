"""What Workable's candidates, events and comments say, as records."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Translation
from app.connectors.paths import segment
from app.connectors.reading import at, email, ident, instant, line, name, note
from app.connectors.records import Activity, AnyRecord, Application, Candidate, Gone, Interview, Job, Status

_MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")
_JOB_STATES = {"published": "open", "draft": "open", "closed": "closed", "archived": "closed"}


def translate(event: Event) -> Asking[Translation]:
    """The candidate that the event carries; asked for only where it carries no more than an id."""
    assert event.occurred_at is not None
    when, told = event.occurred_at, at(event.document, "data")
    told = at(told, "candidate") if isinstance(at(told, "candidate"), Mapping) else told
    match event.type:
        case "candidate_created" | "candidate_moved":
            id = segment(at(told, "id"))
            if id and (name(at(told, "name")) is None or ident(at(told, "job", "shortcode")) is None):
                reply = yield Ask(f"candidates/{id}")
                told = at(reply.document, "candidate")
            return _translated(_candidate(told, when), "the candidate lacks an id, a name or a job")
        case "candidate_deleted":
            id = ident(at(told, "id"))
            gone = [Gone(id=id, version=when, kind=kind) for kind in ("application", "candidate")] if id else []
            return _translated(gone, "the event names no candidate")
        case "fetched.candidate":
            return _translated(_candidate(event.document, when), "the candidate lacks an id, a name or a job")
        case "fetched.job":
            return _translated(_job(event.document, instant(at(event.document, "created_at")) or when), "no job")
        case "fetched.event":
            return _translated(_event(event.document, when), "this is no interview or call with a candidate")
        case "fetched.activity":
            return _translated(_comment(event.document), "this is no comment")
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _candidate(told: Any, when: datetime) -> list[AnyRecord]:
    """The job, the person and the application, where hired or disqualified is more of news than the stage."""
    id, shortcode = ident(at(told, "id")), ident(at(told, "job", "shortcode"))
    full = name(at(told, "name")) or name(at(told, "firstname"), at(told, "lastname"))
    if id is None or full is None or shortcode is None:
        return []
    # Workable tells the candidate as of sending, which is never before the event.
    version = max(when, instant(at(told, "updated_at")) or when)
    person = Candidate(
        id=id, version=version, name=full, email=email(at(told, "email")), phone=line(at(told, "phone"), 50)
    )
    stage, status = line(at(told, "stage")), None
    if hired := instant(at(told, "hired_at")):
        status = Status(value="@hired", label=stage, at=hired)
    elif at(told, "disqualified") is True:
        reason = line(at(told, "disqualification_reason"))
        status = Status(
            value="@rejected", label=reason, at=instant(at(told, "disqualified_at")) or version, reason=reason
        )
    elif stage:
        status = Status(value=stage, label=stage, at=version)
    return [*_job(at(told, "job"), _NEVER), person, _application(id, shortcode, version, status)]


_NEVER = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
"""The version of a thing of which another one tells only the name: older than any that tells the thing itself."""


def _application(id: str, shortcode: str, version: datetime, status: Status | None = None) -> Application:
    return Application(id=id, version=version, candidate_id=id, job_id=shortcode, status=status)


def _job(told: Any, version: datetime) -> list[AnyRecord]:
    id, title = ident(at(told, "shortcode")), line(at(told, "title"))
    if id is None or title is None:
        return []
    state: Any = _JOB_STATES.get(str(at(told, "state")))
    return [Job(id=id, version=version, title=title, status=state)]


def _event(told: Any, when: datetime) -> list[AnyRecord]:
    """An interview, or a call with the candidate, with its application; a meeting of the team is neither."""
    id, starts, ends = ident(at(told, "id")), instant(at(told, "starts_at")), instant(at(told, "ends_at"))
    candidate, shortcode = ident(at(told, "candidate", "id")), ident(at(told, "job", "shortcode"))
    full, kind = name(at(told, "candidate", "name")), at(told, "type")
    if id is None or starts is None or ends is None or ends <= starts or candidate is None or shortcode is None:
        return []
    if kind not in ("interview", "call"):
        return []
    interview = Interview(
        id=id,
        version=when,
        starts_at=starts,
        ends_at=ends,
        application_id=candidate,
        kind="phone" if kind == "call" else "other",
        status="cancelled" if at(told, "cancelled") is True else "scheduled",
    )
    person = [Candidate(id=candidate, version=_NEVER, name=full)] if full else []
    return [*_job(at(told, "job"), _NEVER), *person, _application(candidate, shortcode, _NEVER), interview]


def _comment(told: Any) -> list[Activity]:
    id, made, text = ident(at(told, "id")), instant(at(told, "created_at")), note(at(told, "body"))
    candidate = ident(at(told, "candidate", "id"))
    if id is None or made is None or candidate is None or at(told, "action") != "comment":
        return []
    mark = _MARK.search(text or "")
    return [
        Activity(
            id=id,
            version=made,
            type="note: Comment",
            occurred_at=made,
            text=text,
            application_id=candidate,
            candidate_id=candidate,
            mark=mark[1] if mark else None,
        )
    ]


def _translated(records: Sequence[AnyRecord], otherwise: str) -> Translation:
    return Translation(records, None if records else otherwise)
