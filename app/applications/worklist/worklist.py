"""The worklist: the actions of a day over all applications, read from one index by severity and due time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.queries import get_agency_calendar
from app.access.unit_of_work import UnitOfWork
from app.applications.models import action, application, check, commitment, interaction, interview
from app.applications.urgency import severity_of
from app.applications.worklist.schemas import Worklist, WorklistItem
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.dialects import Id
from app.kit.external_refs import check_filters
from app.kit.pagination import Paging
from app.organisations.models import client_contact, organisation
from app.rules.action_kinds import Action, ActionKind, explain_action, party_to_contact, prompts_for
from app.rules.history import CANDIDATE, CLIENT

_ID_LENGTH = 36


def get_worklist(
    work: UnitOfWork, paging: Paging, *, recruiter_id: UUID | None, on: date | None, everybody: bool = False
) -> Worklist:
    """Return a page of the actions that open by the end of a day, the most urgent first.

    Default: today at the agency. The actions are ordered by the severity of their flags, then by due time. Actions
    whose flags are all acknowledged, snoozed or dismissed are hidden. Without `recruiter_id` or `everybody`, a
    recruiter's key sees the actions of that recruiter.
    """
    days = get_agency_calendar(work)
    day = on or days.day(work.now)
    until = days.eod(day)
    seen_at = max(work.now, days.sod(day))
    # For today the current instant decides; for a later day, every snooze that ends during it.
    back = action.c.hidden_until <= work.now if seen_at == work.now else action.c.hidden_until < until
    statement = sa.select(action).where(
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
        [action.c.urgency, action.c.due_at, action.c.id],
        [int, datetime.fromisoformat, UUID],
        lambda row: _item(row, seen_at),
        around=_named,
    )
    check_filters(work.conn, work.agency_id, page, recruiter_id=(recruiter, recruiter_id))
    return Worklist(items=page.items, next_cursor=page.next_cursor, on=day)


def _named(page: sa.Subquery) -> sa.Select[Any]:
    """Return the SELECT of a page's actions with candidate, job, organisation, promise, check and client contact.

    The joins read only the rows of the page.
    """

    def same(table: sa.Table, id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.agency_id == page.c.agency_id, table.c.id == id)

    def subject(table: sa.Table) -> sa.ColumnElement[bool]:
        mine = sa.and_(table.c.agency_id == page.c.agency_id, table.c.application_id == page.c.application_id)
        return sa.and_(mine, sa.cast(table.c.id, sa.String) == page.c.subject)

    return (
        sa.select(
            *page.c,
            candidate.c.id.label("candidate_id"),
            candidate.c.name.label("candidate_name"),
            candidate.c.phone.label("candidate_phone"),
            candidate.c.email.label("candidate_email"),
            job.c.id.label("job_id"),
            job.c.title.label("job_name"),
            organisation.c.id.label("organisation_id"),
            organisation.c.name.label("organisation_name"),
            commitment.c.description.label("promise"),
            check.c.kind.label("check_kind"),
            check.c.label.label("check_label"),
            client_contact.c.id.label("contact_id"),
            client_contact.c.name.label("contact_name"),
            client_contact.c.phone.label("contact_phone"),
            client_contact.c.email.label("contact_email"),
            client_contact.c.role.label("contact_role"),
        )
        .join_from(page, application, same(application, page.c.application_id))
        .join(candidate, same(candidate, application.c.candidate_id))
        .join(job, same(job, application.c.job_id))
        .join(organisation, same(organisation, application.c.organisation_id))
        .outerjoin(commitment, subject(commitment))
        .outerjoin(check, subject(check))
        .outerjoin(interview, same(interview, page.c.interview_id))
        .outerjoin(client_contact, same(client_contact, _client_contact_id(page)))
    )


def _client_contact_id(page: sa.Subquery) -> sa.ColumnElement[Any]:
    """Return an SQL expression for the id of the client contact to call about an action.

    This is the hiring manager, else the first interviewer, else the client contact of the latest interaction.
    """
    met = interaction.alias("met")
    last_met = (
        sa.select(met.c.client_contact_id)
        .where(
            met.c.agency_id == page.c.agency_id,
            met.c.application_id == page.c.application_id,
            met.c.client_contact_id.is_not(None),
            met.c.voided_at.is_(None),
        )
        .order_by(met.c.occurred_at.desc(), met.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    first = interview.c.interviewer_ids[0].as_string()
    # PostgreSQL refuses to cast a damaged text, and the whole statement with it.
    interviewer = sa.case((sa.func.length(first) == _ID_LENGTH, sa.cast(first, Id)))
    return sa.func.coalesce(job.c.hiring_manager_id, interviewer, last_met, type_=Id)


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
            "prompts": list(prompts_for(found, now)),
            "application_id": row.application_id,
            "recruiter_id": row.recruiter_id,
            "commitment": None if row.promise is None else {"id": row.subject, "description": row.promise},
            "check": row.check_kind and {"id": row.subject, "kind": row.check_kind, "label": row.check_label},
            "interview_id": row.interview_id,
            "severity": severity_of(row.urgency),
            "contact": _contact(party_to_contact(found), row),
            **named(row),
        }
    )


def _contact(party: str | None, row: Any) -> dict[str, Any] | None:
    """Return a mapping with id, name, phone, e-mail address and role of the person to contact for an action.

    Return None if the action contacts nobody, or if no client contact is known.
    """
    if party == CANDIDATE:
        prefix = "candidate"
    elif party == CLIENT and row.contact_id is not None:
        prefix = "contact"
    else:
        return None
    found = {name: getattr(row, f"{prefix}_{name}") for name in ("id", "name", "phone", "email")}
    return found | {"party": party, "role": row.contact_role if party == CLIENT else None}


def named(row: Any) -> dict[str, dict[str, Any]]:
    """Return a mapping with the ids and names of a row's candidate, job and organisation."""
    return {
        "candidate": {"id": row.candidate_id, "name": row.candidate_name},
        "job": {"id": row.job_id, "name": row.job_name},
        "organisation": {"id": row.organisation_id, "name": row.organisation_name},
    }
