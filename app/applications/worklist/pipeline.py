"""The pipeline: for each stage the number of applications and the oldest application, and a page of cards."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import recruiter
from app.access.unit_of_work import UnitOfWork
from app.applications.models import application, flag
from app.applications.worklist.schemas import Card, Pipeline, StageCount
from app.applications.worklist.worklist import named
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.damaged_rows import read_rows
from app.kit.external_refs import check_filters
from app.kit.pagination import Paging
from app.organisations.models import organisation
from app.rules.stages import ACTIVE, PAUSED

_ON_THE_BOARD = (*ACTIVE, *PAUSED)


def get_pipeline(
    work: UnitOfWork, paging: Paging, *, stage: str | None, recruiter_id: UUID | None, organisation_id: UUID | None
) -> Pipeline:
    """Return counts by effective stage, and a page of cards of one stage or of all.

    The cards are ordered by the time in their stage, longest first. Ended stages have no count, and have cards only if
    `stage` names one.
    """
    mine = [application.c.agency_id == work.agency_id]
    if recruiter_id is not None:
        mine.append(application.c.recruiter_id == recruiter_id)
    if organisation_id is not None:
        mine.append(application.c.organisation_id == organisation_id)
    shown = [stage] if stage else list(_ON_THE_BOARD)
    statement = _cards().where(*mine, application.c.effective_stage.in_(shown))
    page = paging.page(
        work.conn,
        statement,
        [application.c.stage_since, application.c.id],
        [datetime.fromisoformat, UUID],
        lambda row: row,
    )
    named_by = {"recruiter_id": (recruiter, recruiter_id), "organisation_id": (organisation, organisation_id)}
    check_filters(work.conn, work.agency_id, page, **named_by)
    flags = _flags(work, [row.id for row in page.items])
    cards = read_rows(statement, page.items, lambda row: _card(row, flags.get(row.id, [])))
    return Pipeline(items=cards, next_cursor=page.next_cursor, stages=_counts(work, mine))


def _counts(work: UnitOfWork, mine: list[sa.ColumnElement[bool]]) -> list[StageCount]:
    columns = application.c
    rows = work.conn.execute(
        sa.select(columns.effective_stage, sa.func.count(), sa.func.min(columns.stage_since))
        .where(*mine, columns.effective_stage.in_(_ON_THE_BOARD))
        .group_by(columns.effective_stage)
    ).all()
    counted = {stage: (count, since) for stage, count, since in rows}
    found = []
    for stage in _ON_THE_BOARD:
        count, since = counted.get(stage, (0, None))
        oldest = (
            work.conn.scalar(
                sa.select(columns.id)
                .where(*mine, columns.effective_stage == stage, columns.stage_since == since)
                .order_by(columns.id)
                .limit(1)
            )
            if since is not None
            else None
        )
        values = {"stage": stage, "count": count, "oldest_application_id": oldest, "oldest_since": since}
        found.append(StageCount.model_validate(values))
    return found


def _cards() -> sa.Select[Any]:
    def same(table: sa.Table, id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.agency_id == application.c.agency_id, table.c.id == id)

    return (
        sa.select(
            application,
            candidate.c.name.label("candidate_name"),
            job.c.title.label("job_name"),
            organisation.c.name.label("organisation_name"),
        )
        .join(candidate, same(candidate, application.c.candidate_id))
        .join(job, same(job, application.c.job_id))
        .join(organisation, same(organisation, application.c.organisation_id))
    )


def _flags(work: UnitOfWork, ids: list[UUID]) -> dict[UUID, list[dict[str, str]]]:
    found: dict[UUID, list[dict[str, str]]] = {}
    for application_id, kind, severity in work.conn.execute(
        sa.select(flag.c.application_id, flag.c.kind, flag.c.severity)
        .where(
            flag.c.agency_id == work.agency_id,
            flag.c.application_id.in_(ids),
            flag.c.cleared_at.is_(None),
            flag.c.state != "dismissed",
        )
        .order_by(flag.c.id)
    ):
        found.setdefault(application_id, []).append({"kind": kind, "severity": severity})
    return found


def _card(row: Any, flags: list[dict[str, str]]) -> Card:
    return Card.model_validate(
        {
            "application_id": row.id,
            "stage": row.effective_stage,
            "since": row.stage_since,
            "court": row.court,
            "recruiter_id": row.recruiter_id,
            "flags": flags,
            **named(row),
        }
    )
