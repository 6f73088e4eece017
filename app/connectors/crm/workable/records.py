"""Candidates, events and activities of Workable as canonical records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.canonical_records import (
    UNDATED,
    Activity,
    AnyRecord,
    Application,
    Candidate,
    Gone,
    Interview,
    Job,
    Status,
)
from app.connectors.contract import ApiExchange, ApiRequest, DatedEvent, Translation
from app.connectors.parsing import at, email, ident, instant, line, name, note, word
from app.connectors.toolkit import mark_of, translation, unknown_word
from app.connectors.url_paths import segment

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
# activities"]. A rating is the hiring team's verdict and no contact; a disqualification is read from the candidate. All
# other actions are moves between stages, and uploads.
ACTIVITIES = {"comment": "note: Comment", "message": "email: Message"}


def translate(event: DatedEvent) -> ApiExchange[Translation]:
    """Return the candidate of an event, fetched only if the event carries no more than an id."""
    event_time, data = event.occurred_at, at(event.document, "data")
    data = at(data, "candidate") if isinstance(at(data, "candidate"), Mapping) else data
    match event.type if event.type.startswith("fetched.") else word(event.type):
        case "candidatedeleted":
            id = ident(at(data, "id"))
            gone = [Gone(id=id, version=event_time, kind=kind) for kind in ("application", "candidate")] if id else []
            return translation(gone, "the event names no candidate")
        case "fetched.candidate":
            return translation(_candidate(event.document, event_time), "the candidate lacks an id, a name or a job")
        case "fetched.job":
            return _fetched_job(event.document, event_time)
        case "fetched.event":
            return _event(event.document, event_time)
        case "fetched.activity":
            return translation(_activity(event.document), "the activity lacks its id, its time or its candidate")
        case str(kind) if kind.startswith("candidate"):
            id = segment(at(data, "id"))
            if id and (name(at(data, "name")) is None or ident(at(data, "job", "shortcode")) is None):
                response = yield ApiRequest(f"candidates/{id}")
                data = at(response.document, "candidate")
            return translation(_candidate(data, event_time), "the candidate lacks an id, a name or a job")
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _candidate(document: Any, event_time: datetime) -> list[AnyRecord]:
    """Return the job, the person and the application with its status."""
    id, shortcode = ident(at(document, "id")), ident(at(document, "job", "shortcode"))
    full = name(at(document, "name")) or name(at(document, "firstname"), at(document, "lastname"))
    if id is None or full is None or shortcode is None:
        return []
    # Workable sends the candidate as of sending, which is never before the event.
    changed = max(event_time, instant(at(document, "updated_at")) or event_time)
    version = max(changed, instant(at(document, "fetched_at")) or changed)
    person = Candidate(
        id=id, version=changed, name=full, email=email(at(document, "email")), phone=line(at(document, "phone"), 50)
    )
    return [
        *_job(at(document, "job"), UNDATED),
        person,
        _application(id, shortcode, version, _status(document, changed)),
    ]


def _status(document: Any, changed: datetime) -> Status | None:
    """Return disqualified, hired, or the stage. `disqualified` is the present state, so it shows a revert [T]."""
    stage, hired_at = line(at(document, "stage")), instant(at(document, "hired_at"))
    disqualified, withdrew = at(document, "disqualified"), at(document, "withdrew") is True
    if disqualified is True or (withdrew and disqualified is None):
        # Reasons are of two types, rejected and withdrawn [V, help.workable.com]; `withdrew` is the type [T, recorded].
        reason = line(at(document, "disqualification_reason"))
        value = "@withdrawn" if withdrew else "@rejected"
        return Status(value=value, label=reason, at=instant(at(document, "disqualified_at")) or changed, reason=reason)
    # A known kind of stage decides: the time of a withdrawn hire may remain [U].
    kind = word(at(document, "stage_kind"))
    if kind == "hired" or (kind is None and hired_at is not None):
        return Status(value="@hired", label=stage, at=hired_at or changed)
    return Status(value=stage, label=stage, at=changed) if stage else None


def _application(id: str, shortcode: str, version: datetime, status: Status | None = None) -> Application:
    return Application(id=id, version=version, candidate_id=id, job_id=shortcode, status=status)


def _fetched_job(document: Any, event_time: datetime) -> Translation:
    """Return a job of the list. Without a time of change its version is the time of fetching."""
    version = instant(at(document, "updated_at")) or instant(at(document, "fetched_at")) or event_time
    unknown = unknown_word("job status", at(document, "state"), _JOB_STATES)
    return translation(_job(document, version), "the job lacks its shortcode or its title", unknown)


def _job(document: Any, version: datetime) -> list[AnyRecord]:
    id, title = ident(at(document, "shortcode")), line(at(document, "title"))
    if id is None or title is None:
        return []
    state: Any = _JOB_STATES.get(word(at(document, "state")) or "")
    return [Job(id=id, version=version, title=title, status=state)]


def _event(document: Any, event_time: datetime) -> Translation:
    """Return an interview, a call or another event with a candidate, with its application."""
    id, starts, ends = ident(at(document, "id")), instant(at(document, "starts_at")), instant(at(document, "ends_at"))
    candidate, shortcode = ident(at(document, "candidate", "id")), ident(at(document, "job", "shortcode"))
    full, kind = name(at(document, "candidate", "name")), line(at(document, "type"), 60)
    if candidate is None:
        return Translation(ignored="the event names no candidate: it is a meeting of the team")
    if id is None or starts is None or ends is None or ends <= starts:
        return Translation(ignored="the event lacks its id, its start or its end")
    version = max(event_time, instant(at(document, "fetched_at")) or event_time)
    cancelled = at(document, "cancelled") is True
    interview = Interview(
        id=id,
        version=version,
        starts_at=starts,
        ends_at=ends,
        application_id=candidate,
        kind=_EVENT_KINDS.get(word(kind) or "", "other"),
        # Workable records cancellations only: the result of a past event may be known better here.
        status="cancelled" if cancelled else "scheduled" if ends > version else None,
    )
    person = [Candidate(id=candidate, version=UNDATED, name=full)] if full else []
    application = [_application(candidate, shortcode, UNDATED)] if shortcode else []
    unknown = [f"event type: {kind}"] if kind and word(kind) not in _EVENT_KINDS else []
    return Translation([*_job(at(document, "job"), UNDATED), *person, *application, interview], unknown=unknown)


def _activity(document: Any) -> list[Activity]:
    """Return a comment or an email about the candidate.

    An email that names a member is the team's. Any other can be the candidate's or an automatic one [U], so its
    direction is left open.
    """
    id, made, text = ident(at(document, "id")), instant(at(document, "created_at")), note(at(document, "body"))
    candidate, type = ident(at(document, "candidate", "id")), ACTIVITIES.get(word(at(document, "action")) or "")
    if id is None or made is None or candidate is None or type is None:
        return []
    wrote = type.startswith("email") and ident(at(document, "member", "id")) is not None
    return [
        Activity(
            id=id,
            version=max(made, instant(at(document, "updated_at")) or made),
            type=type,
            occurred_at=made,
            text=text,
            application_id=candidate,
            candidate_id=candidate,
            direction="out" if wrote else None,
            mark=mark_of(text),
        )
    ]
