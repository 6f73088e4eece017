"""Translation of Workable's candidates, events and activities into canonical records."""

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
from app.connectors.parsing import (
    folded_word,
    full_name,
    id_text,
    note_text,
    one_line,
    parse_email,
    parse_instant,
    value_at,
)
from app.connectors.toolkit import marker_of, translation, unknown_word
from app.connectors.url_paths import safe_segment

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
    """Return the canonical records of a Workable event. Fetch the candidate only if the event contains just an id."""
    event_time, data = event.occurred_at, value_at(event.document, "data")
    data = value_at(data, "candidate") if isinstance(value_at(data, "candidate"), Mapping) else data
    match event.type if event.type.startswith("fetched.") else folded_word(event.type):
        case "candidatedeleted":
            id = id_text(value_at(data, "id"))
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
            id = safe_segment(value_at(data, "id"))
            if id and (
                full_name(value_at(data, "name")) is None or id_text(value_at(data, "job", "shortcode")) is None
            ):
                response = yield ApiRequest(f"candidates/{id}")
                data = value_at(response.document, "candidate")
            return translation(_candidate(data, event_time), "the candidate lacks an id, a name or a job")
        case _:
            return Translation(ignored=f"Keepwarm does nothing with events of the type {event.type}")


def _candidate(document: Any, event_time: datetime) -> list[AnyRecord]:
    """Return a Workable candidate as three records: the job, the person, and the application with its status."""
    id, shortcode = id_text(value_at(document, "id")), id_text(value_at(document, "job", "shortcode"))
    full = full_name(value_at(document, "name")) or full_name(
        value_at(document, "firstname"), value_at(document, "lastname")
    )
    if id is None or full is None or shortcode is None:
        return []
    # Workable sends the candidate as of sending, which is never before the event.
    changed = max(event_time, parse_instant(value_at(document, "updated_at")) or event_time)
    version = max(changed, parse_instant(value_at(document, "fetched_at")) or changed)
    person = Candidate(
        id=id,
        version=changed,
        name=full,
        email=parse_email(value_at(document, "email")),
        phone=one_line(value_at(document, "phone"), 50),
    )
    return [
        *_job(value_at(document, "job"), UNDATED),
        person,
        _application(id, shortcode, version, _status(document, changed)),
    ]


def _status(document: Any, changed: datetime) -> Status | None:
    """Return the status of a Workable candidate: disqualified, hired, or the stage. `disqualified` is the present
    state, so a revert is seen [T].
    """
    stage, hired_at = one_line(value_at(document, "stage")), parse_instant(value_at(document, "hired_at"))
    disqualified, withdrew = value_at(document, "disqualified"), value_at(document, "withdrew") is True
    if disqualified is True or (withdrew and disqualified is None):
        # Reasons are of two types, rejected and withdrawn [V, help.workable.com]; `withdrew` is the type [T, recorded].
        reason = one_line(value_at(document, "disqualification_reason"))
        value = "@withdrawn" if withdrew else "@rejected"
        return Status(
            value=value, label=reason, at=parse_instant(value_at(document, "disqualified_at")) or changed, reason=reason
        )
    # A known kind of stage decides: the time of a withdrawn hire may remain [U].
    kind = folded_word(value_at(document, "stage_kind"))
    if kind == "hired" or (kind is None and hired_at is not None):
        return Status(value="@hired", label=stage, at=hired_at or changed)
    return Status(value=stage, label=stage, at=changed) if stage else None


def _application(id: str, shortcode: str, version: datetime, status: Status | None = None) -> Application:
    return Application(id=id, version=version, candidate_id=id, job_id=shortcode, status=status)


def _fetched_job(document: Any, event_time: datetime) -> Translation:
    """Return a job that a sync read from Workable's list. Without a time of change the job's version is the time of
    fetching.
    """
    version = (
        parse_instant(value_at(document, "updated_at")) or parse_instant(value_at(document, "fetched_at")) or event_time
    )
    unknown = unknown_word("job status", value_at(document, "state"), _JOB_STATES)
    return translation(_job(document, version), "the job lacks its shortcode or its title", unknown)


def _job(document: Any, version: datetime) -> list[AnyRecord]:
    id, title = id_text(value_at(document, "shortcode")), one_line(value_at(document, "title"))
    if id is None or title is None:
        return []
    state: Any = _JOB_STATES.get(folded_word(value_at(document, "state")) or "")
    return [Job(id=id, version=version, title=title, status=state)]


def _event(document: Any, event_time: datetime) -> Translation:
    """Return a Workable calendar event, such as an interview or a call, as an interview after its application. Ignore
    an event without a candidate.
    """
    id, starts, ends = (
        id_text(value_at(document, "id")),
        parse_instant(value_at(document, "starts_at")),
        parse_instant(value_at(document, "ends_at")),
    )
    candidate, shortcode = (
        id_text(value_at(document, "candidate", "id")),
        id_text(value_at(document, "job", "shortcode")),
    )
    full, kind = full_name(value_at(document, "candidate", "name")), one_line(value_at(document, "type"), 60)
    if candidate is None:
        return Translation(ignored="the event names no candidate: it is a meeting of the team")
    if id is None or starts is None or ends is None or ends <= starts:
        return Translation(ignored="the event lacks its id, its start or its end")
    version = max(event_time, parse_instant(value_at(document, "fetched_at")) or event_time)
    cancelled = value_at(document, "cancelled") is True
    interview = Interview(
        id=id,
        version=version,
        starts_at=starts,
        ends_at=ends,
        application_id=candidate,
        kind=_EVENT_KINDS.get(folded_word(kind) or "", "other"),
        # Workable records cancellations only: the result of a past event may be known better here.
        status="cancelled" if cancelled else "scheduled" if ends > version else None,
    )
    person = [Candidate(id=candidate, version=UNDATED, name=full)] if full else []
    application = [_application(candidate, shortcode, UNDATED)] if shortcode else []
    unknown = [f"event type: {kind}"] if kind and folded_word(kind) not in _EVENT_KINDS else []
    return Translation([*_job(value_at(document, "job"), UNDATED), *person, *application, interview], unknown=unknown)


def _activity(document: Any) -> list[Activity]:
    """Return a Workable comment or email about a candidate as an activity. Return an empty list for any other entry.

    An email that names a member was sent by the team. Any other email can be the candidate's or an automatic one [U],
    so its direction stays open.
    """
    id, made, text = (
        id_text(value_at(document, "id")),
        parse_instant(value_at(document, "created_at")),
        note_text(value_at(document, "body")),
    )
    candidate, type = (
        id_text(value_at(document, "candidate", "id")),
        ACTIVITIES.get(folded_word(value_at(document, "action")) or ""),
    )
    if id is None or made is None or candidate is None or type is None:
        return []
    wrote = type.startswith("email") and id_text(value_at(document, "member", "id")) is not None
    return [
        Activity(
            id=id,
            version=max(made, parse_instant(value_at(document, "updated_at")) or made),
            type=type,
            occurred_at=made,
            text=text,
            application_id=candidate,
            candidate_id=candidate,
            direction="out" if wrote else None,
            mark=marker_of(text),
        )
    ]
