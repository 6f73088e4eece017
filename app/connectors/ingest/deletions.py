"""Import of the CRM's deletions and merges. No row is deleted here: a record is ended, cancelled or voided."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.applications.facts.interviews import change_interview, get_interview
from app.applications.facts.schemas import InterviewChange
from app.applications.models import application
from app.applications.service import reassign_applications
from app.connectors.canonical_records import Gone, Merged
from app.connectors.ingest.activities import parts_of, void_deleted_activity
from app.connectors.ingest.applications import CANDIDATE, applications_of, end_deleted, opening_key, restore_candidate
from app.connectors.ingest.candidate_checks import void_known_check
from app.connectors.ingest.import_context import ImportContext, Outcome
from app.connectors.ingest.milestones import withdraw_milestone
from app.connectors.ingest.sync_state import EntityState, MissingEntity
from app.connectors.models import external_entity
from app.connectors.multi_day_rounds import round_day_ids
from app.jobs.queries import get_job
from app.jobs.schemas import JobChange
from app.jobs.service import change_job, ends_differently


def ingest_deletion(context: ImportContext, record: Gone) -> list[Outcome]:
    """Import a deletion in the CRM: of one entity, or of the stored days of an interview round from `parts_from` on."""
    if record.parts_from is None:
        return [_ingest_deletion(context, record)]
    columns = external_entity.c
    mine = (columns.agency_id == context.work.agency_id, columns.connection_id == context.loaded.id)
    wanted = (columns.kind == record.kind, columns.external_id.in_(round_day_ids(record.id, record.parts_from)))
    known = context.work.conn.scalars(sa.select(columns.external_id).where(*mine, *wanted)).all()
    whole = {record.id} if record.parts_from == 1 else set()
    return [_ingest_deletion(context, replace(record, id=id, parts_from=None)) for id in sorted({*known, *whole})]


def _ingest_deletion(context: ImportContext, record: Gone) -> Outcome:
    """Import the deletion of one entity: cancel an interview, void an activity, end applications or close a job. Other
    kinds stay unchanged.
    """
    entity = context.states.lock(record.kind, record.id)
    deleted_at = max(record.version, entity.deleted_at or record.version)
    context.states.update(record.kind, record.id, deleted_at=deleted_at)
    id = context.states.find_id(record.kind, record.id)
    if entity.merged_into is not None:
        return Outcome(record.kind, record.id, "known", id, "it lives on in the candidate it was merged into")
    if entity.is_newer_than(record.version):
        return Outcome(record.kind, record.id, "older", id, "it was changed after it was deleted")
    at = min(deleted_at, context.work.now)
    if record.kind == "activity":
        for part in _interactions(context, record, entity):
            id = id or part
            void_deleted_activity(context, part)
    elif record.kind == "milestone":
        id = withdraw_milestone(context, record.id, entity.detail)
    elif id is not None:
        _end(context, record, id, at)
    if id is None:
        return Outcome(record.kind, record.id, "ignored", reason="it was not known")
    return Outcome(record.kind, record.id, "known", id)


def _end(context: ImportContext, record: Gone, id: UUID, at: datetime) -> None:
    match record.kind:
        case "interview":
            if get_interview(context.work, id).status != "cancelled":
                change_interview(context.work, id, InterviewChange(status="cancelled", status_at=at))
        case "check":
            void_known_check(context, id)
        case "application":
            end_deleted(context, id, "application", at)
        case "candidate":
            for application_id in applications_of(context, id, application.c.in_progress):
                end_deleted(context, application_id, CANDIDATE, at)
        case "job":
            if ends_differently(get_job(context.work, id).status, "closed"):
                change_job(context.work, id, JobChange(status="closed", status_at=at))
        case _:  # an organisation or a person there: what was with them stays as it was
            pass


def ingest_merge(context: ImportContext, record: Merged) -> Outcome:
    """Move the applications of a candidate, whom the CRM merged into another candidate, to that candidate."""
    entity = context.states.lock("candidate", record.id)
    if record.id == context.states.resolve_merge(record.into):
        return Outcome("candidate", record.id, "ignored", reason="it would be merged into itself")
    source = context.states.find_id("candidate", record.id) if entity.merged_into is None else None
    target = context.states.find_id("candidate", record.into)
    if source is not None:
        if target is None:
            raise MissingEntity("candidate", context.states.resolve_merge(record.into))
        restore_candidate(context, source)
        reassign_applications(context.work, source, target)
    context.states.update("candidate", record.id, merged_into=record.into)
    if entity.merged_into is None:
        # Events that wait for this candidate are about the other one from now on.
        for waits_for in (
            f"candidate {record.id}",
            opening_key("candidate", record.id),
            f"telling candidate {record.id}",
        ):
            context.states.wake(waits_for)
    return Outcome("candidate", record.id, "known", target)


def _interactions(context: ImportContext, record: Gone, entity: EntityState) -> Iterator[UUID]:
    """Yield the interactions of an activity, one on each application that it was about."""
    for external_id in parts_of(entity, record.id):
        if (found := context.states.find_id("activity", external_id)) is not None:
            yield found
