"""Keeping what was deleted or merged in the CRM. Nothing is deleted here: it ends, is cancelled, or counts no more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.applications.facts.interviews import change_interview, get_interview
from app.applications.facts.schemas import InterviewChange
from app.applications.models import application
from app.applications.service import hand_over
from app.connectors.days import parts
from app.connectors.ingest.activities import parts_of, take_back
from app.connectors.ingest.applications import CANDIDATE, applications_of, cancel, opening, restore_candidate
from app.connectors.ingest.checks import void_known_check
from app.connectors.ingest.context import Desk, Outcome
from app.connectors.ingest.milestones import withdraw_milestone
from app.connectors.ingest.sync_state import Missing, Thing
from app.connectors.models import known_thing
from app.connectors.records import Gone, Merged
from app.jobs.queries import get_job
from app.jobs.schemas import JobChange
from app.jobs.service import change_job, ends_differently


def keep_gone(desk: Desk, record: Gone) -> list[Outcome]:
    """Keep a deletion: of the thing itself, or of the days of a round that are known."""
    if record.parts_from is None:
        return [_keep_gone(desk, record)]
    columns = known_thing.c
    mine = (columns.agency_id == desk.work.agency_id, columns.connection_id == desk.link.id)
    wanted = (columns.kind == record.kind, columns.external_id.in_(parts(record.id, record.parts_from)))
    known = desk.work.conn.scalars(sa.select(columns.external_id).where(*mine, *wanted)).all()
    whole = {record.id} if record.parts_from == 1 else set()
    return [_keep_gone(desk, replace(record, id=id, parts_from=None)) for id in sorted({*known, *whole})]


def _keep_gone(desk: Desk, record: Gone) -> Outcome:
    """Cancel an interview, take an activity back, end applications, close a job; the rest stays as it is."""
    thing = desk.known.of(record.kind, record.id)
    gone_at = max(record.version, thing.gone_at or record.version)
    desk.known.keep(record.kind, record.id, gone_at=gone_at)
    id = desk.known.id_of(record.kind, record.id)
    if thing.merged_into is not None:
        return Outcome(record.kind, record.id, "known", id, "it lives on in the candidate it was merged into")
    if thing.is_newer_than(record.version):
        return Outcome(record.kind, record.id, "older", id, "it was changed after it was deleted")
    at = min(gone_at, desk.work.now)
    if record.kind == "activity":
        for part in _interactions(desk, record, thing):
            id = id or part
            take_back(desk, part)
    elif record.kind == "milestone":
        id = withdraw_milestone(desk, record.id, thing.detail)
    elif id is not None:
        _end(desk, record, id, at)
    if id is None:
        return Outcome(record.kind, record.id, "ignored", reason="it was not known")
    return Outcome(record.kind, record.id, "known", id)


def _end(desk: Desk, record: Gone, id: UUID, at: datetime) -> None:
    match record.kind:
        case "interview":
            if get_interview(desk.work, id).status != "cancelled":
                change_interview(desk.work, id, InterviewChange(status="cancelled", status_at=at))
        case "check":
            void_known_check(desk, id)
        case "application":
            cancel(desk, id, "application", at)
        case "candidate":
            for application_id in applications_of(desk, id, application.c.in_progress):
                cancel(desk, application_id, CANDIDATE, at)
        case "job":
            if ends_differently(get_job(desk.work, id).status, "closed"):
                change_job(desk.work, id, JobChange(status="closed", status_at=at))
        case _:  # an organisation or a person there: what was with them stays as it was
            pass


def keep_merged(desk: Desk, record: Merged) -> Outcome:
    """Hand the applications of a candidate who was merged to the one who remains."""
    thing = desk.known.of("candidate", record.id)
    if record.id == desk.known.merged(record.into):
        return Outcome("candidate", record.id, "ignored", reason="it would be merged into itself")
    source = desk.known.id_of("candidate", record.id) if thing.merged_into is None else None
    target = desk.known.id_of("candidate", record.into)
    if source is not None:
        if target is None:
            raise Missing("candidate", desk.known.merged(record.into))
        restore_candidate(desk, source)
        hand_over(desk.work, source, target)
    desk.known.keep("candidate", record.id, merged_into=record.into)
    if thing.merged_into is None:
        # What waits for this candidate is about the other one from now on.
        for waits_for in (f"candidate {record.id}", opening("candidate", record.id), f"telling candidate {record.id}"):
            desk.known.wake(waits_for)
    return Outcome("candidate", record.id, "known", target)


def _interactions(desk: Desk, record: Gone, thing: Thing) -> Iterator[UUID]:
    """Yield the interactions that an activity was logged as, on each application that it was about."""
    for external_id in parts_of(thing, record.id):
        if (found := desk.known.id_of("activity", external_id)) is not None:
            yield found
