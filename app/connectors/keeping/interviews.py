"""Keeping interviews. One that is told opens the application that it is on, where nothing has opened it yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications.facts.interviews import put_interview
from app.applications.facts.schemas import InterviewPut
from app.connectors.keeping.applications import find_application, find_told, open_for_interview, telling
from app.connectors.keeping.known import Missing
from app.connectors.keeping.outcome import Desk, Outcome
from app.connectors.records import Interview


def keep_interview(desk: Desk, record: Interview) -> Outcome:
    """Book it, move it, or tell what became of it."""
    with desk.newer("interview", record) as news:
        if news:
            at = _application(desk, record)
            if at is None:
                waits_for = record.candidate_id and telling(desk, record.candidate_id)
                news.left_out("ignored", "no application of this candidate is in progress", waits_for=waits_for)
            else:
                body = _body(desk, record, at, known=desk.known.id_of("interview", record.id) is not None)
                if news.thing.was_gone(record.version):
                    body |= {"status": "cancelled", "status_at": news.thing.gone_at}
                made, is_new = put_interview(desk.work, desk.link.ref(record.id), InterviewPut.model_validate(body))
                news.kept(made.id, is_new)
    return news.outcome


def _application(desk: Desk, record: Interview) -> UUID | None:
    """Which application it is on; opens it where it is known and was not watched. Raises Missing where it is not."""
    booked_at = min(record.booked_at or desk.work.now, record.starts_at, desk.work.now)
    if record.application_id is not None:
        found = desk.known.id_of("application", record.application_id)
        found = found or open_for_interview(desk, record.application_id, booked_at)
        if found is None:
            raise Missing("application", record.application_id)
        return found
    if record.candidate_id is None:
        return None
    candidate_id = desk.known.must("candidate", record.candidate_id)
    job_id = None if record.job_id is None else desk.known.must("job", record.job_id)
    found = find_application(desk, candidate_id, job_id)
    if found is None and record.job_id is not None:
        told = find_told(desk, record.candidate_id, record.job_id)
        return None if told is None else open_for_interview(desk, told, booked_at)
    return found


def _body(desk: Desk, record: Interview, application_id: UUID, *, known: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "application_id": application_id,
        "starts_at": record.starts_at,
        "ends_at": max(record.starts_at, record.ends_at),
        "kind": record.kind,
        "status": record.status,
    }
    if record.booked_at is not None or not known:
        body["booked_at"] = _past(desk, record.booked_at)
    if record.status_at is not None:
        body["status_at"] = _past(desk, record.status_at)
    return body


def _past(desk: Desk, at: datetime | None) -> datetime | None:
    """What has happened cannot lie in the future; a CRM's clock may."""
    return None if at is None else min(at, desk.work.now)
