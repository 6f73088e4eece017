"""Use cases of milestones (steps between the offer and the first day at work): record, void, read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.fact_operations import (
    add_fact,
    existing_or_new,
    find_by_ref,
    find_fact,
    refuse_voided,
    upsert_fact,
    void_fact,
)
from app.applications.facts.milestone_schemas import MilestoneIn, MilestoneOut, MilestonePut
from app.applications.facts.schemas import VoidIn
from app.applications.models import milestone
from app.applications.queries import get_application, lock_application
from app.applications.reassess import reassess
from app.kit.errors import invalid, not_found
from app.kit.external_refs import ref_to_columns, row_to_model
from app.kit.field_types import ExternalRef
from app.kit.pagination import Page, Paging


def record_milestone(work: UnitOfWork, application_id: UUID, body: MilestoneIn) -> MilestoneOut:
    """Record a milestone and reassess its application, which may be in any stage."""
    at = lock_application(work, application_id)
    row = add_fact(work, milestone, "milestone", at.id, _checked(work, ref_to_columns(body.model_dump())))
    return _reassessed(work, row)


def put_milestone(work: UnitOfWork, ref: ExternalRef, body: MilestonePut) -> tuple[MilestoneOut, bool]:
    """Create or update a milestone by its id in another system, and reassess its application.

    Return the pair of the milestone and True if the milestone is new, else False.
    """
    at = lock_application(work, body.application_id)
    known, row = existing_or_new(work, milestone, "milestone", ref, body, MilestoneOut)
    if known is not None:
        refuse_voided(known, "milestone")
    kept, created = upsert_fact(work, milestone, "milestone", at.id, known, _checked(work, row))
    return _reassessed(work, kept), created


def void_milestone(work: UnitOfWork, id: UUID, body: VoidIn) -> MilestoneOut:
    """Void a milestone that was recorded wrongly, and reassess its application."""
    return row_to_model(MilestoneOut, void_fact(work, milestone, "milestone", id, body.reason, MilestoneOut))


def get_milestone(work: UnitOfWork, id: UUID) -> MilestoneOut:
    """Return one milestone of the caller's agency. Raises 404 if there is none."""
    return row_to_model(MilestoneOut, find_fact(work, milestone, "milestone", id))


def get_milestone_by_ref(work: UnitOfWork, ref: ExternalRef) -> MilestoneOut:
    """Return the milestone that has the id `ref` in another system. Raises 404 if there is none."""
    row = find_by_ref(work, milestone, ref)
    if row is None:
        raise not_found("milestone")
    return row_to_model(MilestoneOut, row)


def list_milestones(work: UnitOfWork, application_id: UUID, paging: Paging) -> Page[MilestoneOut]:
    """Return a page of the milestones of an application, ordered by `at`, voided milestones included."""
    get_application(work, application_id)
    columns = milestone.c
    statement = sa.select(milestone).where(
        columns.agency_id == work.agency_id, columns.application_id == application_id
    )
    return paging.page(
        work.conn,
        statement,
        [columns.at, columns.id],
        [datetime.fromisoformat, UUID],
        lambda row: row_to_model(MilestoneOut, row._mapping),
    )


def _checked(work: UnitOfWork, row: Mapping[str, Any]) -> dict[str, Any]:
    """Validate the row of a milestone and return it with the default of `at`.

    Raises 422 if `on`, the first day at work, is missing for `start_agreed` or given for another kind.
    """
    at = row["at"] or work.now
    work.happened("/at", at)
    if row["kind"] == "start_agreed" and row["on"] is None:
        raise invalid("/on", "`on` must name the first day at work.")
    if row["kind"] != "start_agreed" and row["on"] is not None:
        raise invalid("/on", "`on` belongs to `start_agreed` only; leave it out.")
    return dict(row) | {"at": at}


def _reassessed(work: UnitOfWork, row: sa.RowMapping) -> MilestoneOut:
    reassess(work, [row["application_id"]])
    return row_to_model(MilestoneOut, row)
