"""Keeping applications: opened once there is something to watch, and then following where the CRM says they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.applications.facts.schemas import VoidIn
from app.applications.facts.stages import follow, void_transition
from app.applications.facts.telling import find_by_ref
from app.applications.models import application, transition
from app.applications.queries import get_application
from app.applications.schemas import ApplicationChange, ApplicationIn
from app.applications.service import change_application, hand_over, put_application
from app.connectors.connection import IGNORE, move_ref
from app.connectors.ingest.application_state import ordered, remembered, status_of
from app.connectors.ingest.context import Desk, News, Outcome
from app.connectors.ingest.transfers import is_transfer, transfer
from app.connectors.models import known_thing
from app.connectors.records import Application, Status
from app.kit.db import change
from app.kit.errors import Problem
from app.kit.fields import ExternalRef
from app.rules.stages import ENDED

_NO_REF = {"external_system": None, "external_id": None}
_NOTHING_YET = "it is kept in mind, and opened when it has an interview or stands in a stage of the map that goes on"


def keep_application(desk: Desk, record: Application) -> Outcome:
    """Keep whose it is and where it stands.

    One that was never opened is remembered: an earlier stage that is told late, or an interview, still opens it, and
    what was told before then follows. So the order of telling makes no difference to where it stands.
    """
    thing = desk.known.of("application", record.id)
    record = ordered(thing, record)
    news = News("application", record, thing)
    id = desk.known.id_of("application", record.id)
    if id is not None and not news.is_new:
        return news.outcome
    before = thing.detail
    if id is not None and is_transfer(desk, before, id, record):
        before, record = transfer(desk, before, id, record)
        id = None
    detail = remembered(before, record, is_newest=news.is_new)
    desk.known.keep("application", record.id, detail=detail)
    if not thing.is_told:
        desk.known.wake(f"application {record.id}")
        desk.known.wake(telling(desk, record.candidate_id))
    if id is None:
        _open_if_watched(desk, news, detail)
    else:
        if thing.was_restored(record.version):
            undelete(desk, id, "application")
        _bring_up_to_date(desk, news, id, record, detail)
    if news.is_new and news.outcome.what != "unmapped":
        desk.known.told("application", record.id, thing, record.version)
    if news.outcome.id is not None and thing.was_gone(record.version) and thing.gone_at is not None:
        cancel(desk, news.outcome.id, "application", thing.gone_at)
    return news.outcome


def opening(kind: Literal["application", "candidate", "job"], id: str) -> str:
    """What an event waits for that means something only once an application of this, or this one, is open."""
    return f"opening {kind} {id}"


def telling(desk: Desk, candidate_id: str) -> str:
    """What an interview waits for that names a candidate of whom no application was told yet."""
    return f"telling candidate {desk.known.merged(candidate_id)}"


def open_for_interview(desk: Desk, external_id: str, at: datetime) -> UUID | None:
    """Open the application that an interview is on, and have it follow what was told of it. None: nobody told of it."""
    detail = desk.known.of("application", external_id).detail
    return None if detail is None else _open(desk, external_id, detail, "interview_scheduled", at)


def reopening(id: UUID) -> str:
    """What an interview waits for that was booked on an application which had ended by then."""
    return f"reopening {id}"


def has_ended(desk: Desk, external_id: str, by: datetime) -> bool:
    """Whether the CRM said that an application had ended by then: what it still keeps about it opens nothing."""
    detail = desk.known.of("application", external_id).detail
    status = None if not detail or detail["status"] is None else status_of(detail["status"])
    return status is not None and status.at <= by and desk.link.stage(status) in ENDED


def cancel(desk: Desk, id: UUID, what: str, at: datetime) -> None:
    """End an application that was deleted in the CRM, or whose candidate was."""
    follow(desk.work, id, deletion(desk, id, what), "cancelled", at, f"Deleted in {desk.link.name}"[:200])


CANDIDATE = "candidate"
"""What was deleted where an application was ended that was not deleted itself."""


def restore_candidate(desk: Desk, id: UUID) -> None:
    """Void the ends that the deletion of a candidate made, who is in the CRM again."""
    for application_id in applications_of(desk, id):
        undelete(desk, application_id, CANDIDATE)


def applications_of(desk: Desk, candidate_id: UUID, *wanted: sa.ColumnElement[bool]) -> Sequence[UUID]:
    """Return the candidate's applications, all or those that meet the conditions, in the order of their making."""
    columns = application.c
    theirs = (columns.agency_id == desk.work.agency_id, columns.candidate_id == candidate_id, *wanted)
    return desk.work.conn.scalars(sa.select(columns.id).where(*theirs).order_by(columns.id)).all()


def deletion(desk: Desk, id: UUID, what: str) -> ExternalRef:
    """What we call the move that a deletion in the CRM made."""
    return move_ref(desk.link, "deleted", what, str(id))


def undelete(desk: Desk, id: UUID, what: str) -> None:
    """Void the end that a deletion in the CRM made: the record is there again, or its candidate was merged."""
    made = find_by_ref(desk.work, transition, deletion(desk, id, what))
    if made is not None and made["voided_at"] is None:
        try:
            void_transition(desk.work, made["id"], VoidIn(reason=f"No longer deleted in {desk.link.name}"[:200]))
        except Problem as problem:
            if problem.code != "not_the_latest":
                raise
        else:  # the next deletion is another move
            change(desk.work.conn, transition, desk.work.agency_id, made["id"], _NO_REF)


def _open_if_watched(desk: Desk, news: News, detail: Mapping[str, Any]) -> None:
    status = None if detail["status"] is None else status_of(detail["status"])
    told = news.record.status if isinstance(news.record, Application) else None
    for one in sorted((one for one in (told, status) if one is not None), key=lambda one: one.at):
        stage = desk.link.stage(one)
        if stage not in (None, IGNORE, *ENDED):
            news.kept(_open(desk, news.record.id, detail, str(stage), one.at), created=True)
            return
    if told is not None and desk.link.stage(told) is None:
        _unmapped(news, told)
    else:
        news.left_out("ignored", _NOTHING_YET)


def _open(desk: Desk, external_id: str, detail: Mapping[str, Any], stage: str, at: datetime) -> UUID:
    body = {
        "candidate_id": desk.known.must("candidate", detail["candidate_id"]),
        "job_id": desk.known.must("job", detail["job_id"]),
        "recruiter_id": _recruiter(desk, detail["recruiter_email"]) or desk.link.default_recruiter_id,
        "stage": stage,
        "opened_at": min(at, desk.work.now),
    }
    made, _ = put_application(desk.work, desk.link.ref(external_id), ApplicationIn.model_validate(body))
    _bring(desk, made.id, external_id, detail)
    desk.known.wake(opening("application", external_id))
    desk.known.wake(opening("candidate", desk.known.merged(detail["candidate_id"])))
    desk.known.wake(opening("job", detail["job_id"]))
    return made.id


def _bring_up_to_date(desk: Desk, news: News, id: UUID, record: Application, detail: Mapping[str, Any]) -> None:
    if (owner := _recruiter(desk, record.recruiter_email)) is not None:
        change_application(desk.work, id, ApplicationChange(recruiter_id=owner))
    whose, before = desk.known.id_of("candidate", record.candidate_id), get_application(desk.work, id).candidate_id
    if whose is not None and whose != before:  # a CRM that merges two people gives what was one's to the other
        hand_over(desk.work, before, whose, only=id)
    news.kept(id, created=False, reason=_bring(desk, id, record.id, detail))
    if record.status is not None and desk.link.stage(record.status) is None:
        _unmapped(news, record.status)


def _bring(desk: Desk, id: UUID, external_id: str, detail: Mapping[str, Any]) -> str | None:
    """Move it to its newest status in the CRM, as far as the stage map knows it. Return why it was not moved."""
    status = None if detail["status"] is None else status_of(detail["status"])
    stage = None if status is None else desk.link.stage(status)
    if status is None or stage in (None, IGNORE):
        return None
    ref = move_ref(desk.link, external_id, str(stage), status.at.isoformat())
    reason = status.reason or f"{desk.link.name}: {status.label or status.value}"
    current = get_application(desk.work, id)
    # An interview may have opened it after it came to this status: then it has stood there from the opening on.
    at = max(min(status.at, desk.work.now), current.opened_at)
    not_moved = follow(desk.work, id, ref, str(stage), at, reason[:200].strip())
    if current.stage in ENDED and stage not in ENDED:
        desk.known.wake(reopening(id))
    return not_moved


def _unmapped(news: News, status: Status) -> None:
    word = (status.label or status.value)[:200]
    news.left_out("unmapped", f"the stage map does not know {word!r}", ("stage", word))


def find_told(desk: Desk, candidate_id: str, job_id: str) -> str | None:
    """The CRM's id of the application that it told of for this candidate on this job, opened here or not."""
    columns = known_thing.c
    mine = (columns.agency_id == desk.work.agency_id, columns.connection_id == desk.link.id)
    both = (columns.detail["candidate_id"].as_string() == candidate_id, columns.detail["job_id"].as_string() == job_id)
    wanted = sa.select(columns.external_id).where(*mine, columns.kind == "application", *both)
    found: str | None = desk.work.conn.scalar(wanted.order_by(columns.version.desc(), columns.external_id).limit(1))
    return found


def _recruiter(desk: Desk, email: str | None) -> UUID | None:
    """The agency's recruiter with this address, where there is exactly one."""
    if email is None:
        return None
    columns = recruiter.c
    found = desk.work.conn.scalars(
        sa.select(columns.id).where(
            columns.agency_id == desk.work.agency_id, sa.func.lower(columns.email) == email.lower(), columns.active
        )
    ).all()
    return found[0] if len(found) == 1 else None


def find_application(desk: Desk, candidate_id: UUID, job_id: UUID | None) -> UUID | None:
    """The candidate's application on the job; without a job, the one that was opened last of those in progress."""
    columns = application.c
    wanted = [columns.agency_id == desk.work.agency_id, columns.candidate_id == candidate_id]
    wanted.append(columns.in_progress if job_id is None else columns.job_id == job_id)
    found: UUID | None = desk.work.conn.scalar(
        sa.select(columns.id)
        .where(*wanted)
        .order_by(columns.in_progress.desc(), columns.opened_at.desc(), columns.id.desc())
        .limit(1)
    )
    return found
