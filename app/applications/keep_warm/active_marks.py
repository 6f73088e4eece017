"""SQL conditions that select active keep-warm marks."""

from datetime import date

import sqlalchemy as sa

from app.applications.models import application, keep_warm_mark, transition
from app.rules.stages import ACTIVE


def active_mark_conditions(at: sa.FromClause = application) -> list[sa.ColumnElement[bool]]:
    """Return the WHERE conditions that join `keep_warm_mark` to ended applications on which a mark is active.

    `at` is the table or alias of the applications. A mark made before the latest reopening of the application is not
    active (rule book, "Stages").
    """
    mark, reopened = keep_warm_mark.c, transition.alias("reopened")
    reopened_since = sa.exists().where(
        reopened.c.agency_id == mark.agency_id,
        reopened.c.application_id == mark.application_id,
        reopened.c.reopen,
        reopened.c.to.in_(ACTIVE),
        reopened.c.voided_at.is_(None),
        reopened.c.at > mark.at,
    )
    return [
        mark.agency_id == at.c.agency_id,
        mark.application_id == at.c.id,
        mark.ended_at.is_(None),
        mark.voided_at.is_(None),
        sa.not_(at.c.in_progress),
        ~reopened_since,
    ]


def active_mark_conditions_on(today: date) -> list[sa.ColumnElement[bool]]:
    """Return the WHERE conditions for an active keep-warm mark whose `until` is after `today`."""
    return [*active_mark_conditions(), keep_warm_mark.c.until > today]
