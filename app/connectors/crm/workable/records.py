"""What Workable's candidates, events and activities say, as records."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.connector import Ask, Asking, Event, Translation
from app.connectors.parsing import at, email, ident, instant, line, name, note, word
from app.connectors.paths import segment
from app.connectors.records import Activity, AnyRecord, Application, Candidate, Gone, Interview, Job, Status

_MARK = re.compile(r"\[keepwarm ([0-9a-f-]{36})\]")

# "draft, published, archived & closed" [V, Workable's reference, "Jobs"]. Its pages name two more, in which the hiring
# team goes on without new applicants [V, help.workable.com, "Managing job statuses"]: internal and confidential.
_JOB_STATES = {
    **dict.fromkeys(("draft", "published", "internal", "confidential"), "open"),
    **dict.fromkeys(("closed", "archived"), "closed"),
}

# The reference filters by call, interview and meeting [V]; answers write CallEvent and InterviewEvent [T, recorded in
# NangoHQ/integration-templates]. A meeting of the team has no candidate.
_EVENT_KINDS: Mapping[str, Any] = {
    **dict.fromkeys(("interview", "interviewevent", "meeting", "meetingevent"), "other"),
    **dict.fromkeys(("call", "callevent"), "phone"),
}

# The actions that have a body are comment, rating, message and disqualification [V, Workable's reference, "Candidate
# activities"]. A rating is the hiring team's verdict and no talk; a disqualification is read from the candidate. All
# other actions are moves between stages, and uploads.
ACTIVITIES = {"comment": "note: Comment", "message": "email: Message"}


def translate(event: Event) -> Asking[Translation]:
    """The candidate that the event carries; asked for only where it carries no more than an id."""
    assert event.occurred_at is not None
    when, told = event.occurred_at, at(event.document, "data")
    told = at(told, "candidate") if isinstance(at(told, "candidate"), Mapping) else told
    match event.type if event.type.startswith("fetched.") else word(event.type):
        case "candidatedeleted":
            id = ident(at(told, "id"))
            gone = [Gone(id=id, version=when, kind=kind) for kind in ("application", "candidate")] if id else []
            return _translated(gone, "the event names no candidate")
        case "fetched.candidate":
            return _translated(_candidate(event.document, when), "the candidate lacks an id, a name or a job")
        case "fetched.job":
            return _fetched_job(event.document, when)
        case "fetched.event":
            return _event(event.document, when)
        case "fetched.activity":
            return _translated(_activity(event.document), "the activity lacks its id, its time or its candidate")
        case str(kind) if kind.startswith("candidate"):
            id = segment(at(told, "id"))
            if id and (name(at(told, "name")) is None or ident(at(told, "job", "shortcode")) is None):
                reply = yield Ask(f"candidates/{id}")
                told = at(reply.document, "candidate")
            return _translated(_candidate(told, when), "the candidate lacks an id, a name or a job")
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _candidate(told: Any, when: datetime) -> list[AnyRecord]:
    """The job, the person and the application with where it stands."""
    id, shortcode = ident(at(told, "id")), ident(at(told, "job", "shortcode"))
    full = name(at(told, "name")) or name(at(told, "firstname"), at(told, "lastname"))
    if id is None or full is None or shortcode is None:
        return []
    # Workable tells the candidate as of sending, which is never before the event.
    changed = max(when, instant(at(told, "updated_at")) or when)
    version = max(changed, instant(at(told, "fetched_at")) or changed)
    person = Candidate(
        id=id, version=changed, name=full, email=email(at(told, "email")), phone=line(at(told, "phone"), 50)
    )
    return [*_job(at(told, "job"), _NEVER), person, _application(id, shortcode, version, _status(told, changed))]


def _status(told: Any, changed: datetime) -> Status | None:
    """Out of the running, hired, or the stage. `disqualified` says how it is now, so that a revert shows in it [T]."""
    stage, hired_at = line(at(told, "stage")), instant(at(told, "hired_at"))
    disqualified, withdrew = at(told, "disqualified"), at(told, "withdrew") is True
    if disqualified is True or (withdrew and disqualified is None):
        # Reasons are of two types, rejected and withdrawn [V, help.workable.com]; `withdrew` is the type [T, recorded].
        reason = line(at(told, "disqualification_reason"))
        value = "@withdrawn" if withdrew else "@rejected"
        return Status(value=value, label=reason, at=instant(at(told, "disqualified_at")) or changed, reason=reason)
    # A known kind of stage decides: the time of a hire that was taken back may still stand there [U].
    kind = word(at(told, "stage_kind"))
    if kind == "hired" or (kind is None and hired_at is not None):
        return Status(value="@hired", label=stage, at=hired_at or changed)
    return Status(value=stage, label=stage, at=changed) if stage else None


_NEVER = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
"""The version of a thing of which another one tells only the name: older than any that tells the thing itself."""


def _application(id: str, shortcode: str, version: datetime, status: Status | None = None) -> Application:
    return Application(id=id, version=version, candidate_id=id, job_id=shortcode, status=status)


def _fetched_job(told: Any, when: datetime) -> Translation:
    """A job of the list. One without the time of its last change is as new as the moment at which it was fetched."""
    version = instant(at(told, "updated_at")) or instant(at(told, "fetched_at")) or when
    state = line(at(told, "state"), 60)
    unknown = [f"job status: {state}"] if state and word(state) not in _JOB_STATES else []
    return _translated(_job(told, version), "the job lacks its shortcode or its title", unknown)


def _job(told: Any, version: datetime) -> list[AnyRecord]:
    id, title = ident(at(told, "shortcode")), line(at(told, "title"))
    if id is None or title is None:
        return []
    state: Any = _JOB_STATES.get(word(at(told, "state")) or "")
    return [Job(id=id, version=version, title=title, status=state)]


def _event(told: Any, when: datetime) -> Translation:
    """An interview, a call or whatever else is arranged with a candidate, with its application."""
    id, starts, ends = ident(at(told, "id")), instant(at(told, "starts_at")), instant(at(told, "ends_at"))
    candidate, shortcode = ident(at(told, "candidate", "id")), ident(at(told, "job", "shortcode"))
    full, kind = name(at(told, "candidate", "name")), line(at(told, "type"), 60)
    if candidate is None:
        return Translation(ignored="the event names no candidate: it is a meeting of the team")
    if id is None or starts is None or ends is None or ends <= starts:
        return Translation(ignored="the event lacks its id, its start or its end")
    version = max(when, instant(at(told, "fetched_at")) or when)
    cancelled = at(told, "cancelled") is True
    interview = Interview(
        id=id,
        version=version,
        starts_at=starts,
        ends_at=ends,
        application_id=candidate,
        kind=_EVENT_KINDS.get(word(kind) or "", "other"),
        # What became of an event that is over may be known better here: Workable knows cancelling alone.
        status="cancelled" if cancelled else "scheduled" if ends > version else None,
    )
    person = [Candidate(id=candidate, version=_NEVER, name=full)] if full else []
    application = [_application(candidate, shortcode, _NEVER)] if shortcode else []
    unknown = [f"event type: {kind}"] if kind and word(kind) not in _EVENT_KINDS else []
    return Translation([*_job(at(told, "job"), _NEVER), *person, *application, interview], unknown=unknown)


def _activity(told: Any) -> list[Activity]:
    """A comment or an e-mail about the candidate.

    An e-mail is the team's where a member is named. Where none is, it can be the candidate's or an automatic one [U]:
    who wrote it is left open.
    """
    id, made, text = ident(at(told, "id")), instant(at(told, "created_at")), note(at(told, "body"))
    candidate, type = ident(at(told, "candidate", "id")), ACTIVITIES.get(word(at(told, "action")) or "")
    if id is None or made is None or candidate is None or type is None:
        return []
    mark = _MARK.search(text or "")
    wrote = type.startswith("email") and ident(at(told, "member", "id")) is not None
    return [
        Activity(
            id=id,
            version=max(made, instant(at(told, "updated_at")) or made),
            type=type,
            occurred_at=made,
            text=text,
            application_id=candidate,
            candidate_id=candidate,
            direction="out" if wrote else None,
            mark=mark[1] if mark else None,
        )
    ]


def _translated(records: Sequence[AnyRecord], otherwise: str, unknown: Sequence[str] = ()) -> Translation:
    return Translation(records, None if records else otherwise, unknown if records else ())
