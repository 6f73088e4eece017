"""Keeping interviews. One that is told opens the application that it is on, where nothing has opened it yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications.facts.interviews import change_interview, get_interview, put_interview
from app.applications.facts.schemas import InterviewChange, InterviewPut
from app.applications.models import interview
from app.applications.queries import get_application
from app.connectors.ingest.application_state import former_applications
from app.connectors.ingest.applications import (
    find_application,
    find_told,
    has_ended,
    open_for_interview,
    opening,
    reopening,
    telling,
)
from app.connectors.ingest.context import Desk, News, Outcome
from app.connectors.ingest.sync_state import Missing
from app.connectors.records import Interview
from app.kit.db import change
from app.kit.errors import Problem


def keep_interview(desk: Desk, record: Interview) -> Outcome:
    """Book it, move it, or tell what became of it."""
    with desk.newer("interview", record) as news:
        if news and _is_outdated(desk, record):
            news.left_out("older", "something newer is known of the whole round")
        elif news:
            at = _application(desk, record)
            if isinstance(at, _NotWatched):
                news.left_out("ignored", at.reason, waits_for=at.waits_for)
            elif at is None:
                waits_for = record.candidate_id and telling(desk, record.candidate_id)
                news.left_out("ignored", "no application of this candidate is in progress", waits_for=waits_for)
            else:
                at = _settle_application(desk, record, at)
                body = _body(desk, news, record, at)
                if news.thing.was_gone(record.version):
                    body |= {"status": "cancelled", "status_at": news.thing.gone_at}
                _book(desk, news, at, InterviewPut.model_validate(body))
    return news.outcome


def _is_outdated(desk: Desk, record: Interview) -> bool:
    """Return whether a newer version or deletion of the round is known: it may have lost this day."""
    if record.part_of is None:
        return False
    whole = desk.known.of("interview", record.part_of)
    return whole.is_newer_than(record.version) or whole.was_gone(record.version)


def _settle_application(desk: Desk, record: Interview, at: UUID) -> UUID:
    """Return the application of a known interview. Where the CRM has moved it, it is cancelled on the former one.

    An interview that was held before its application was transferred to another job stays with the former job.
    """
    known = desk.known.id_of("interview", record.id)
    before = None if known is None else get_interview(desk.work, known)
    if before is None or before.application_id == at:
        return at
    former = get_application(desk.work, before.application_id)
    if str(former.id) in former_applications(desk, record.application_id) and before.ends_at <= former.stage_since:
        return former.id
    if before.status == "scheduled":
        past = min(record.version, desk.work.now)
        change_interview(desk.work, before.id, InterviewChange(status="cancelled", status_at=past))
    change(desk.work.conn, interview, desk.work.agency_id, before.id, {"external_system": None, "external_id": None})
    return at


@dataclass(frozen=True, slots=True)
class _NotWatched:
    """Why an interview opens nothing, and what would make it count."""

    reason: str
    waits_for: str


def _book(desk: Desk, news: News, at: UUID, body: InterviewPut) -> None:
    try:
        made, is_new = put_interview(desk.work, desk.link.ref(news.record.id), body)
    except Problem as problem:
        if problem.code != "application_ended":
            raise
        news.left_out("ignored", "the application had ended by then", waits_for=reopening(at))
    else:
        news.kept(made.id, is_new)


def _opened(desk: Desk, record: Interview, external_id: str) -> UUID | _NotWatched:
    """Open the application that it is on, unless it is called off, or the application had ended by then."""
    booked_at = min(_booked_at(desk, record), record.starts_at)
    if record.status == "cancelled":
        return _NotWatched("an interview that is called off opens nothing", opening("application", external_id))
    if has_ended(desk, external_id, booked_at):
        return _NotWatched("the application had ended by then", opening("application", external_id))
    found = open_for_interview(desk, external_id, booked_at)
    if found is None:
        raise Missing("application", external_id)
    return found


def _application(desk: Desk, record: Interview) -> UUID | _NotWatched | None:
    """Which application it is on; opens it where it is known and was not watched. Raises Missing where it is not."""
    if record.application_id is not None:
        return desk.known.id_of("application", record.application_id) or _opened(desk, record, record.application_id)
    if record.candidate_id is None:
        return None
    candidate_id = desk.known.must("candidate", record.candidate_id)
    job_id = None if record.job_id is None else desk.known.must("job", record.job_id)
    found = find_application(desk, candidate_id, job_id)
    if found is None and record.job_id is not None:
        told = find_told(desk, record.candidate_id, record.job_id)
        return None if told is None else _opened(desk, record, told)
    return found


def _body(desk: Desk, news: News, record: Interview, application_id: UUID) -> dict[str, Any]:
    known = desk.known.id_of("interview", record.id) is not None
    body: dict[str, Any] = {
        "application_id": application_id,
        "starts_at": record.starts_at,
        "ends_at": max(record.starts_at, record.ends_at),
    }
    if record.kind is not None:
        body["kind"] = record.kind
    if (status := desk.changed_status(news, record.status)) is not None or not known:
        body["status"] = status or record.status or "scheduled"
        if record.status_at is not None:
            body["status_at"] = _past(desk, record.status_at)
    elif news.thing.was_restored(record.version):
        body["status"] = "scheduled"
    if record.booked_at is not None or not known:
        body["booked_at"] = _booked_at(desk, record)
    return body


def _booked_at(desk: Desk, record: Interview) -> datetime:
    """When it was booked, if the CRM does not tell, is when it told of it: not when we came to read that."""
    return min(record.booked_at or min(record.version, record.starts_at), desk.work.now)


def _past(desk: Desk, at: datetime | None) -> datetime | None:
    """What has happened cannot lie in the future; a CRM's clock may."""
    return None if at is None else min(at, desk.work.now)
