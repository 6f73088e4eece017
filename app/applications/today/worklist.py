"""Today's actions over all applications: an index walk in the order they fall due."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.queries import get_agency
from app.access.work import Work
from app.applications.models import action, application, commitment
from app.applications.today.schemas import Worklist, WorklistItem
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.pages import Paging
from app.kit.refs import check_filters
from app.organisations.models import organisation
from app.rules.actions import PROMPTS, Action, ActionKind, explain_action
from app.rules.calendar import calendar


def get_worklist(
    work: Work, paging: Paging, *, recruiter_id: UUID | None, on: date | None, everybody: bool = False
) -> Worklist:
    """The actions that are right on a day (default: today at the agency), the most urgent first.

    Actions that wait for an acknowledged, snoozed or dismissed flag are not on it.
    """
    agency = get_agency(work)
    days = calendar(agency.time_zone, agency.holiday_region)
    day = on or days.day(work.now)
    until = days.eod(day)
    seen_at = max(work.now, days.sod(day))
    # Today is seen as it is now; a day to come with all that is snoozed until some time on it.
    back = action.c.hidden_until <= work.now if seen_at == work.now else action.c.hidden_until < until
    statement = _named().where(
        action.c.agency_id == work.agency_id,
        action.c.opens_at < until,
        sa.or_(action.c.hidden_until.is_(None), back),
    )
    mine = recruiter_id or (None if everybody else work.caller.recruiter_id)
    if mine is not None:
        statement = statement.where(action.c.recruiter_id == mine)
    page = paging.page(
        work.conn,
        statement,
        [action.c.due_at, action.c.id],
        [datetime.fromisoformat, UUID],
        lambda row: _item(row, seen_at),
    )
    check_filters(work.conn, work.agency_id, page, recruiter_id=(recruiter, recruiter_id))
    return Worklist(items=page.items, next_cursor=page.next_cursor, on=day)


@lru_cache(maxsize=1)
def _named() -> sa.Select[Any]:
    def same(table: sa.Table, id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.agency_id == action.c.agency_id, table.c.id == id)

    own = action.c
    promised = sa.and_(
        commitment.c.agency_id == action.c.agency_id,
        commitment.c.application_id == action.c.application_id,
        sa.cast(commitment.c.id, sa.String) == action.c.subject,
    )
    return (
        sa.select(
            own.id,
            own.kind,
            own.subject,
            own.opens_at,
            own.due_at,
            own.detail,
            own.application_id,
            own.recruiter_id,
            candidate.c.id.label("candidate_id"),
            candidate.c.name.label("candidate_name"),
            job.c.id.label("job_id"),
            job.c.title.label("job_name"),
            organisation.c.id.label("organisation_id"),
            organisation.c.name.label("organisation_name"),
            commitment.c.description.label("promise"),
        )
        .join_from(action, application, same(application, own.application_id))
        .join(candidate, same(candidate, application.c.candidate_id))
        .join(job, same(job, application.c.job_id))
        .join(organisation, same(organisation, application.c.organisation_id))
        .outerjoin(commitment, promised)
    )


def _item(row: Any, now: datetime) -> WorklistItem:
    kind = ActionKind(row.kind)
    found = Action(kind, row.opens_at, row.due_at, row.subject, row.detail)
    return WorklistItem.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "opens_at": row.opens_at,
            "due_at": row.due_at,
            "overdue": row.due_at <= now,
            "reason": explain_action(found, now),
            "prompts": list(PROMPTS[kind]),
            "application_id": row.application_id,
            "recruiter_id": row.recruiter_id,
            "commitment": {"id": row.subject, "description": row.promise} if row.subject else None,
            **named(row),
        }
    )


def named(row: Any) -> dict[str, dict[str, Any]]:
    """Candidate, job and organisation with the names that people know them by."""
    return {
        "candidate": {"id": row.candidate_id, "name": row.candidate_name},
        "job": {"id": row.job_id, "name": row.job_name},
        "organisation": {"id": row.organisation_id, "name": row.organisation_name},
    }
