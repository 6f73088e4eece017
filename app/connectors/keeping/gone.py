"""Keeping what was deleted or merged in the CRM. Nothing is deleted here: it ends, is cancelled, or counts no more."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from app.applications.facts.interviews import change_interview, get_interview
from app.applications.facts.schemas import InterviewChange, VoidIn
from app.applications.facts.stages import void_transition
from app.applications.facts.telling import find_by_ref
from app.applications.models import application, transition
from app.applications.service import hand_over
from app.connectors.days import parts
from app.connectors.keeping.activities import take_back
from app.connectors.keeping.applications import cancel, deletion
from app.connectors.keeping.known import Missing
from app.connectors.keeping.outcome import Desk, Outcome
from app.connectors.models import known_thing
from app.connectors.records import Gone, Merged
from app.jobs.schemas import JobChange
from app.jobs.service import change_job
from app.kit.errors import Problem

_CANDIDATE = "candidate"
"""Why an application was ended that was not deleted itself."""


def keep_gone(desk: Desk, record: Gone) -> Outcome:
    """Cancel an interview, take an activity back, end applications, close a job; the rest stays as it is."""
    thing = desk.known.of(record.kind, record.id)
    gone_at = max(record.version, thing.gone_at or record.version)
    desk.known.keep(record.kind, record.id, gone_at=gone_at)
    id = desk.known.id_of(record.kind, record.id)
    if thing.merged_into is not None:
        return Outcome(record.kind, record.id, "known", id, "it lives on in the candidate it was merged into")
    if thing.is_newer_than(record.version):
        return Outcome(record.kind, record.id, "older", id, "it was changed after it was deleted")
    if id is None:
        return Outcome(record.kind, record.id, "ignored", reason="it was not known")
    at = min(gone_at, desk.work.now)
    match record.kind:
        case "interview":
            if get_interview(desk.work, id).status != "cancelled":
                change_interview(desk.work, id, InterviewChange(status="cancelled", status_at=at))
        case "activity":
            take_back(desk, id)
        case "application":
            cancel(desk, id, "application", at)
        case "candidate":
            for application_id in _of(desk, id, application.c.in_progress):
                cancel(desk, application_id, _CANDIDATE, at)
        case "job":
            change_job(desk.work, id, JobChange(status="closed"))
        case "organisation" | "client_contact":
            pass
    return Outcome(record.kind, record.id, "known", id)


def single_deletions(desk: Desk, record: Gone) -> list[Gone]:
    """Return the deletion of each thing that a record stands for: itself, or the days of a round that are known."""
    if record.parts_from is None:
        return [record]
    columns = known_thing.c
    mine = (columns.agency_id == desk.work.agency_id, columns.connection_id == desk.link.id)
    wanted = (columns.kind == record.kind, columns.external_id.in_(parts(record.id, record.parts_from)))
    known = desk.work.conn.scalars(sa.select(columns.external_id).where(*mine, *wanted)).all()
    whole = {record.id} if record.parts_from == 1 else set()
    return [replace(record, id=id, parts_from=None) for id in sorted({*known, *whole})]


def keep_merged(desk: Desk, record: Merged) -> Outcome:
    """Hand the applications of a candidate who was merged to the one who remains."""
    thing = desk.known.of("candidate", record.id)
    if record.id == desk.known.merged(record.into):
        return Outcome("candidate", record.id, "ignored", reason="it would be merged into itself")
    source = desk.known.id_of("candidate", record.id) if thing.merged_into is None else None
    target = desk.known.id_of("candidate", record.into)
    if source is not None:
        if target is None:
            raise Missing("candidate", record.into)
        for application_id in _of(desk, source):
            _undelete(desk, application_id)
        hand_over(desk.work, source, target)
    desk.known.keep("candidate", record.id, merged_into=record.into)
    return Outcome("candidate", record.id, "known", target)


def _undelete(desk: Desk, application_id: UUID) -> None:
    """A merger is often told as a deletion first: what that had ended goes on."""
    made = find_by_ref(desk.work, transition, deletion(desk, application_id, _CANDIDATE))
    if made is not None and made["voided_at"] is None:
        try:
            void_transition(desk.work, made["id"], VoidIn(reason="The candidate was merged, not deleted"))
        except Problem as problem:
            if problem.code != "not_the_latest":
                raise


def _of(desk: Desk, candidate_id: UUID, *wanted: sa.ColumnElement[bool]) -> Iterable[UUID]:
    columns = application.c
    theirs = (columns.agency_id == desk.work.agency_id, columns.candidate_id == candidate_id, *wanted)
    return desk.work.conn.scalars(sa.select(columns.id).where(*theirs).order_by(columns.id)).all()
