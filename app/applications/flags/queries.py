"""Queries of flags, scoped by the caller's agency."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.unit_of_work import UnitOfWork
from app.applications.assessment import flag_found
from app.applications.flags.schemas import FlagOut, RulePrecision, RulesOut
from app.applications.models import application, flag
from app.applications.queries import lock_application
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.errors import not_found
from app.kit.external_refs import check_filters
from app.kit.pagination import Page, Paging
from app.organisations.models import organisation
from app.rules.assess import RULES_VERSION
from app.rules.flags import CLEARS, GUIDANCE, Flag, FlagKind, Severity


def get_flag(work: UnitOfWork, id: UUID) -> FlagOut:
    """Return one flag, active or cleared, with candidate, job and organisation. Raises 404 if there is none."""
    row = work.conn.execute(_named().where(flag.c.agency_id == work.agency_id, flag.c.id == id)).one_or_none()
    if row is None:
        raise not_found("flag")
    return _shape(work, row)


def lock_flag(work: UnitOfWork, id: UUID) -> sa.RowMapping:
    """Lock the application of a flag, then return the flag's row. Raises 404 if there is no such flag."""
    statement = sa.select(flag).where(flag.c.agency_id == work.agency_id, flag.c.id == id)
    row = work.conn.execute(statement).mappings().one_or_none()
    if row is None:
        raise not_found("flag")
    lock_application(work, row["application_id"])
    return work.conn.execute(statement).mappings().one()


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Filters of a list of flags. A filter that is None matches every flag."""

    kind: str | None = None
    severity: str | None = None
    state: str | None = None
    recruiter_id: UUID | None = None
    organisation_id: UUID | None = None
    application_id: UUID | None = None


def list_flags(work: UnitOfWork, paging: Paging, wanted: FlagFilter) -> Page[FlagOut]:
    """Return a page of flags in the order in which they were raised.

    Without a `state` filter, only active flags are returned.
    """
    statement = _named().where(flag.c.agency_id == work.agency_id)
    columns = {
        flag.c.kind: wanted.kind,
        flag.c.severity: wanted.severity,
        application.c.recruiter_id: wanted.recruiter_id,
        application.c.organisation_id: wanted.organisation_id,
        flag.c.application_id: wanted.application_id,
    }
    for column, value in columns.items():
        if value is not None:
            statement = statement.where(column == value)
    statement = statement.where(_in_state(work, wanted.state))
    page = paging.page(work.conn, statement, [flag.c.id], [UUID], lambda row: _shape(work, row))
    check_filters(
        work.conn,
        work.agency_id,
        page,
        recruiter_id=(recruiter, wanted.recruiter_id),
        organisation_id=(organisation, wanted.organisation_id),
        application_id=(application, wanted.application_id),
    )
    return page


def list_rules(work: UnitOfWork) -> RulesOut:
    """Return every rule with its precision at this agency: how often its flag was raised and how often dismissed."""
    rows = work.conn.execute(
        sa.select(flag.c.kind, sa.func.count(), sa.func.count(flag.c.dismissed_at))
        .where(flag.c.agency_id == work.agency_id)
        .group_by(flag.c.kind)
    )
    counts = {kind: (raised, dismissed) for kind, raised, dismissed in rows}
    return RulesOut(
        rules_version=RULES_VERSION, items=[_precision(kind, *counts.get(kind, (0, 0))) for kind in FlagKind]
    )


def _precision(kind: FlagKind, raised: int, dismissed: int) -> RulePrecision:
    return RulePrecision.model_validate(
        {
            "kind": str(kind),
            "guidance": GUIDANCE[kind],
            "clears": CLEARS[kind],
            "raised": raised,
            "dismissed": dismissed,
            "precision": round(1 - dismissed / raised, 4) if raised else None,
        }
    )


def _in_state(work: UnitOfWork, state: str | None) -> sa.ColumnElement[bool]:
    snoozing = sa.and_(flag.c.state == "snoozed", flag.c.snoozed_until > work.now)
    active = flag.c.cleared_at.is_(None)
    match state:
        case None:
            return active
        case "cleared":
            return flag.c.cleared_at.is_not(None)
        case "snoozed":
            return sa.and_(active, snoozing)
        case "open":
            woken = sa.and_(flag.c.state == "snoozed", flag.c.snoozed_until <= work.now)
            return sa.and_(active, sa.or_(flag.c.state == "open", woken))
        case _:
            return sa.and_(active, flag.c.state == state)


def _named() -> sa.Select[Any]:
    """Return the SELECT of flags with the names of candidate, job and organisation, and the recruiter's id."""

    def same(table: sa.Table, id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.agency_id == flag.c.agency_id, table.c.id == id)

    return (
        sa.select(
            flag,
            application.c.recruiter_id,
            candidate.c.name.label("candidate"),
            job.c.title.label("job"),
            organisation.c.name.label("organisation"),
        )
        .join(application, same(application, flag.c.application_id))
        .join(candidate, same(candidate, application.c.candidate_id))
        .join(job, same(job, application.c.job_id))
        .join(organisation, same(organisation, application.c.organisation_id))
    )


def _shape(work: UnitOfWork, row: Any) -> FlagOut:
    found = Flag(FlagKind(row.kind), Severity(row.severity), row.since, tuple(row.evidence), row.detail)
    state = row.state
    if row.cleared_at is not None:
        state = "cleared"
    elif state == "snoozed" and row.snoozed_until <= work.now:
        state = "open"
    names = (
        "id",
        "application_id",
        "candidate",
        "job",
        "organisation",
        "recruiter_id",
        "raised_at",
        "changed_at",
        "cleared_at",
        "steps",
        "handled_at",
        "snoozed_until",
    )
    # The counts of days in a cleared flag's reason stop on the day it was cleared.
    spoken = flag_found(found, row.cleared_at or work.now).model_dump()
    return FlagOut.model_validate(
        spoken | {name: row._mapping[name] for name in names} | {"state": state, "handled_reason": row.reason}
    )
