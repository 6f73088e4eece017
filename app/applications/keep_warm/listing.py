"""The list of candidates who are kept warm, which can be limited to candidates who may suit a given job."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.unit_of_work import UnitOfWork
from app.applications.keep_warm.active_marks import active_mark_conditions_on
from app.applications.keep_warm.job_title_similarity import shared_words
from app.applications.keep_warm.marks import agency_days
from app.applications.keep_warm.schemas import JobMatch, KeepWarmItem
from app.applications.models import action, application, interaction, interview, keep_warm_mark, transition
from app.applications.worklist.worklist import named
from app.candidates.models import candidate
from app.jobs.models import job
from app.jobs.queries import get_job
from app.jobs.schemas import JobOut
from app.kit.damaged_rows import read_rows
from app.kit.dialects import Instant
from app.kit.external_refs import check_filters
from app.kit.pagination import Page, Paging
from app.organisations.models import organisation
from app.rules.stages import ACTIVE

_KEEP_IN_TOUCH = "keep_in_touch"
_BY_FAR = (*ACTIVE, "placed")
_HELD = ("scheduled", "completed")


def list_keep_warm(
    work: UnitOfWork, paging: Paging, *, recruiter_id: UUID | None, organisation_id: UUID | None, job_id: UUID | None
) -> Page[KeepWarmItem]:
    """Return a page of active keep-warm marks, with the longest silence first.

    With `job_id`, only marks whose application was for the same client or a similar title are returned. The best match
    comes first; candidates with an active application on that job are left out.
    """
    today = agency_days(work).day(work.now)
    wanted = None if job_id is None else get_job(work, job_id, pointer="/query/job_id")
    at = application.c
    filters = [at.agency_id == work.agency_id, *active_mark_conditions_on(today), candidate.c.erased_at.is_(None)]
    if recruiter_id is not None:
        filters.append(at.recruiter_id == recruiter_id)
    if organisation_id is not None:
        filters.append(at.organisation_id == organisation_id)
    rank: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)
    if wanted is not None:
        same_client = at.organisation_id == wanted.organisation_id
        similar = job.c.title.in_(_similar_titles(work, wanted, today))
        rank = sa.case((sa.and_(same_client, similar), 0), (similar, 1), else_=2)
        filters += [sa.or_(same_client, similar), ~_in_progress_for(wanted)]
    listed = _listed(work, filters, rank)
    statement = sa.select(listed)
    page = paging.page(
        work.conn,
        statement,
        [listed.c.match_rank, listed.c.quiet_since, listed.c.mark_id],
        [int, datetime.fromisoformat, UUID],
        lambda row: row,
        around=_named,
    )
    check_filters(
        work.conn,
        work.agency_id,
        page,
        recruiter_id=(recruiter, recruiter_id),
        organisation_id=(organisation, organisation_id),
    )
    courses = _courses(work, page.items)
    items = read_rows(statement, page.items, lambda row: _item(row, courses[row.application_id], wanted))
    return Page(items=items, next_cursor=page.next_cursor)


def _similar_titles(work: UnitOfWork, wanted: JobOut, today: date) -> list[str]:
    """Return the titles similar to the wanted job's, out of the jobs of applications with an active keep-warm mark."""
    titles = work.conn.scalars(
        sa.select(job.c.title)
        .distinct()
        .join_from(application, job, _same(job, application.c.job_id))
        .where(application.c.agency_id == work.agency_id, *active_mark_conditions_on(today))
    )
    return [title for title in titles if shared_words(wanted.title, title)]


def _in_progress_for(wanted: JobOut) -> sa.Exists:
    other = application.alias("other")
    return sa.exists().where(
        other.c.agency_id == application.c.agency_id,
        other.c.candidate_id == application.c.candidate_id,
        other.c.job_id == wanted.id,
        other.c.in_progress,
    )


def _listed(work: UnitOfWork, filters: Sequence[sa.ColumnElement[bool]], rank: sa.ColumnElement[int]) -> sa.Subquery:
    mark, at = keep_warm_mark.c, application.c
    found = (
        sa.select(
            mark.id.label("mark_id"),
            mark.at.label("marked_at"),
            *(mark.until, mark.note),
            *(at.agency_id, at.id.label("application_id"), at.candidate_id, at.job_id, at.organisation_id),
            *(at.recruiter_id, at.stage, at.stage_since.label("ended_at"), at.opening_stage, at.opened_at),
            candidate.c.name.label("candidate_name"),
            job.c.title.label("job_name"),
            _last_word(work.now).label("last_word_at"),
            rank.label("match_rank"),
        )
        .join_from(application, keep_warm_mark, mark.application_id == at.id)
        .join(candidate, _same(candidate, at.candidate_id))
        .join(job, _same(job, at.job_id))
        .where(*filters)
        .subquery("found")
    )
    # Without any contact the silence began at the opening.
    quiet_since = sa.func.coalesce(found.c.last_word_at, found.c.opened_at, type_=Instant)
    return sa.select(*found.c, quiet_since.label("quiet_since")).subquery("listed")


def _last_word(now: datetime) -> sa.ScalarSelect[Any]:
    """Return a scalar subquery: when recruiter and candidate were last in contact.

    Contacts on any of the candidate's applications count. The value is NULL if there was no contact.
    """
    theirs, said = application.alias("theirs"), interaction.c
    there = sa.and_(said.agency_id == theirs.c.agency_id, said.application_id == theirs.c.id)
    return (
        sa.select(sa.func.max(said.occurred_at))
        .join_from(theirs, interaction, there)
        .where(
            theirs.c.agency_id == application.c.agency_id,
            theirs.c.candidate_id == application.c.candidate_id,
            said.voided_at.is_(None),
            sa.not_(said.automatic),
            said.occurred_at <= now,
            sa.or_(
                sa.and_(said.from_party == "recruiter", said.to_party == "candidate"),
                sa.and_(said.from_party == "candidate", said.to_party == "recruiter"),
            ),
        )
        .correlate(application)
        .scalar_subquery()
    )


def _named(page: sa.Subquery) -> sa.Select[Any]:
    """Return the SELECT of a page's rows with the organisation's name and `opens_at` of the next contact."""
    opens_at = (
        sa.select(sa.func.min(action.c.opens_at))
        .where(
            action.c.agency_id == page.c.agency_id,
            action.c.application_id == page.c.application_id,
            action.c.kind == _KEEP_IN_TOUCH,
        )
        .scalar_subquery()
    )
    its = sa.and_(organisation.c.agency_id == page.c.agency_id, organisation.c.id == page.c.organisation_id)
    name = organisation.c.name.label("organisation_name")
    return sa.select(*page.c, name, opens_at.label("opens_at")).join_from(page, organisation, its)


def _same(table: sa.Table, id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == application.c.agency_id, table.c.id == id)


@dataclass(slots=True)
class _Course:
    """The recorded moves of an application, and how many interviews were held."""

    moves: list[tuple[str, str | None]] = field(default_factory=list)
    """Pairs of stage and reason, one for each recorded move, in the order of time."""
    interviews_held: int = 0


def _courses(work: UnitOfWork, rows: Collection[Any]) -> Mapping[UUID, _Course]:
    """Return a mapping from the application ids of a page to the moves and the number of interviews held."""
    found = {row.application_id: _Course() for row in rows}
    moved, held = transition.c, interview.c
    moves = sa.select(moved.application_id, moved.to, moved.reason).where(
        moved.agency_id == work.agency_id, moved.application_id.in_(found), moved.voided_at.is_(None)
    )
    for id, to, reason in work.conn.execute(moves.order_by(moved.at, moved.recorded_at, moved.id)):
        found[id].moves.append((to, reason))
    counted = sa.select(held.application_id, sa.func.count()).where(
        held.agency_id == work.agency_id,
        held.application_id.in_(found),
        held.status.in_(_HELD),
        held.ends_at <= work.now,
    )
    for id, count in work.conn.execute(counted.group_by(held.application_id)):
        found[id].interviews_held = count
    return found


def _item(row: Any, course: _Course, wanted: JobOut | None) -> KeepWarmItem:
    seen = {row.opening_stage, row.stage, *(to for to, _ in course.moves)}
    if course.interviews_held:
        seen.add("interviewed")
    furthest = max(seen & set(_BY_FAR), key=_BY_FAR.index, default=None)
    taken = {name: value for name, value in row._mapping.items() if name in KeepWarmItem.model_fields}
    return KeepWarmItem.model_validate(
        taken
        | {
            "end_reason": next((reason for to, reason in reversed(course.moves) if to == row.stage), None),
            "furthest_stage": furthest,
            "interviews_held": course.interviews_held,
            "match": wanted and _match(row, wanted, furthest, course.interviews_held),
            **named(row),
        }
    )


def _match(row: Any, wanted: JobOut, furthest: str | None, interviews: int) -> JobMatch:
    shared = shared_words(wanted.title, row.job_name)
    same_client = row.organisation_id == wanted.organisation_id
    why = " and ".join(
        [*(["the same client"] if same_client else []), *([f"a similar title ({', '.join(shared)})"] if shared else [])]
    )
    far = [f"came as far as {furthest.replace('_', ' ')}"] if furthest else []
    if interviews:
        far.append(f"{interviews} interview{'' if interviews == 1 else 's'}")
    reason = ": ".join(part for part in (why.capitalize(), ", ".join(far)) if part)
    return JobMatch(same_client=same_client, similar_title=bool(shared), shared_words=shared, reason=f"{reason}.")
