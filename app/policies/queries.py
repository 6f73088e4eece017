"""Queries of policies at the levels agency, organisation and job, and of the log of policy changes."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency, policy_change
from app.access.unit_of_work import UnitOfWork
from app.jobs.models import job
from app.kit.damaged_rows import raise_if_damaged
from app.kit.dialects import lock_for_update
from app.kit.errors import not_found
from app.kit.pagination import Page, Paging
from app.organisations.models import organisation
from app.policies.override_levels import Levels, Overrides
from app.policies.schemas import Level, PolicyChangeOut, PolicyOut


def get_policy(work: UnitOfWork, level: Level = "agency", subject_id: UUID | None = None) -> PolicyOut:
    """Return the policy of the agency, or of the organisation or job with the id `subject_id`."""
    levels = get_levels(work, level, subject_id)
    with raise_if_damaged(agency, work.agency_id):
        return levels.shown()


def get_levels(work: UnitOfWork, level: Level, subject_id: UUID | None, *, lock: bool = False) -> Levels:
    """Return the overrides of the agency and of the levels below, down to `level`. Raises 404 if one is missing.

    `lock` locks the agency's row, so that concurrent changes of its policies wait for each other.
    """
    statement = sa.select(agency.c.policy_version, agency.c.policy).where(agency.c.id == work.agency_id)
    row = work.conn.execute(lock_for_update(statement) if lock else statement).one_or_none()
    if row is None:
        raise not_found("agency")
    below = () if level == "agency" else _lower_overrides(work, level, subject_id)
    return Levels(row.policy_version, (row.policy, *below))


def _lower_overrides(work: UnitOfWork, level: Level, subject_id: UUID | None) -> tuple[Overrides, ...]:
    statement: sa.Select[Any]
    if level == "job":
        statement = sa.select(organisation.c.policy, job.c.policy).join(job, _its_job())
        table = job
    else:
        statement, table = sa.select(organisation.c.policy), organisation
    row = work.conn.execute(
        statement.where(organisation.c.agency_id == work.agency_id, table.c.id == subject_id)
    ).one_or_none()
    if row is None:
        raise not_found(level)
    return tuple(row)


def overrides_below(
    work: UnitOfWork, level: Level, subject_id: UUID | None
) -> Iterator[tuple[str, tuple[Overrides, ...]]]:
    """Yield each organisation and job below a level that has overrides, as a label and a tuple of overrides.

    The tuple begins with the overrides of the next level down and ends with those of the record itself.
    """
    if level == "agency":
        organisations = sa.select(organisation.c.id, organisation.c.name, organisation.c.policy).where(
            organisation.c.agency_id == work.agency_id, _sets_something(organisation)
        )
        for id_, name, overrides in work.conn.execute(organisations):
            yield f"organisation “{name}” ({id_})", (overrides,)
    if level != "job":
        jobs = sa.select(job.c.id, job.c.title, organisation.c.policy, job.c.policy).join(job, _its_job())
        jobs = jobs.where(organisation.c.agency_id == work.agency_id, _sets_something(job))
        if level == "organisation":
            jobs = jobs.where(organisation.c.id == subject_id)
        for id_, title, above, own in work.conn.execute(jobs):
            yield f"job “{title}” ({id_})", (above, own) if level == "agency" else (own,)


def list_changes(work: UnitOfWork, paging: Paging) -> Page[PolicyChangeOut]:
    """Return the changes of policy at all levels, in the order of versions."""
    statement = sa.select(policy_change).where(policy_change.c.agency_id == work.agency_id)
    return paging.page(work.conn, statement, [policy_change.c.version], [int], PolicyChangeOut.model_validate)


def _its_job() -> sa.ColumnElement[bool]:
    return sa.and_(job.c.agency_id == organisation.c.agency_id, job.c.organisation_id == organisation.c.id)


def _sets_something(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.cast(table.c.policy, sa.Text) != "{}"
