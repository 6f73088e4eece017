"""The sweep: a worker that assesses applications again when time has passed or something else has changed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app.access.models import reassessment
from app.applications.assessment_context import AssessmentContext
from app.applications.history_loader import Key
from app.applications.keep_warm.active_marks import active_mark_conditions
from app.applications.models import application
from app.applications.reassess import reassess_all
from app.kit import due_rows
from app.kit.agency_guard import across_agencies
from app.kit.dialects import lock_for_update, skip_locked
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from app.rules.assess import RULES_VERSION

SPREAD_STEP = 1000
"""The maximum number of applications that one transaction makes due for assessment."""

_DUE = sa.text("due_at IS NOT NULL")

ENDED_LATELY = timedelta(days=366)
"""How long after its end an application is still assessed when a policy or a calendar changes."""


def spread(conn: sa.Connection, now: datetime) -> bool:
    """Make a batch of applications due: those that the oldest reassessment request is about.

    Return True if there may be more. A request is about all applications of an agency, an organisation, a job or a
    candidate. Without a request, applications that older rules assessed become due.
    """
    request = conn.execute(
        skip_locked(conn, sa.select(reassessment).where(reassessment.c.due_at <= now).order_by(reassessment.c.due_at))
        .limit(1)
        .options(across_agencies("the sweep takes the oldest request of any agency"))
    ).one_or_none()
    if request is None:
        return _spread_rules(conn, now)
    columns = application.c
    # An ended application may need a closing message or an answer, or be kept warm. While that rule is off it is not
    # due, so recently ended and marked ones are included.
    ended_lately = columns.stage_since > now - ENDED_LATELY
    kept_warm = sa.exists().where(*active_mark_conditions())
    watched = sa.or_(columns.in_progress, columns.due_at.is_not(None), ended_lately, kept_warm)
    wanted = [columns.agency_id == request.agency_id, watched]
    if request.scope != "agency":
        wanted.append(columns[f"{request.scope}_id"] == request.subject_id)
    if request.after_id is not None:
        wanted.append(columns.id > request.after_id)
    ids = conn.scalars(
        lock_for_update(sa.select(columns.id).where(*wanted).order_by(columns.id).limit(SPREAD_STEP))
    ).all()
    due_rows.revive(conn, application, now, [(request.agency_id, id) for id in ids])
    mine = sa.and_(reassessment.c.agency_id == request.agency_id, reassessment.c.id == request.id)
    if len(ids) < SPREAD_STEP:
        conn.execute(sa.delete(reassessment).where(mine))
    else:
        conn.execute(sa.update(reassessment).where(mine).values(after_id=ids[-1]))
    return True


def _spread_rules(conn: sa.Connection, now: datetime) -> bool:
    """Make a batch of applications due that an older version of the rules assessed or parked.

    Return True if there were any. Claimed applications are left to their worker or their lease, because a revival would
    reset their failed attempts. The rules version is set here. So an application whose assessment fails is parked again
    and not retried for ever.
    """
    columns = application.c
    rests = sa.and_(columns.claim.is_(None), sa.or_(columns.due_at.is_(None), columns.due_at > now))
    parked = sa.and_(columns.due_at <= now, columns.attempts >= MAX_CLAIM_ATTEMPTS)
    keys = conn.execute(
        lock_for_update(
            sa.select(columns.agency_id, columns.id)
            .where(columns.rules_version < RULES_VERSION, sa.or_(rests, parked))
            .order_by(columns.agency_id, columns.id)
            .limit(SPREAD_STEP)
            .options(across_agencies("new rules reach the applications of every agency"))
        )
    ).all()
    found = [(agency_id, id) for agency_id, id in keys]
    due_rows.revive(conn, application, now, found, rules_version=RULES_VERSION)
    return bool(keys)


def claim(conn: sa.Connection, now: datetime, lease: timedelta, most: int) -> tuple[UUID, list[Key]]:
    """Claim up to `most` due applications for the duration of a lease.

    Return a pair: the token of the claim, and the keys of the applications.
    """
    return due_rows.claim(conn, application, now, lease, most)


def assess_claimed(context: AssessmentContext, token: UUID, keys: Sequence[Key]) -> int:
    """Assess the applications that are still claimed by this token. Return how many were assessed."""
    columns = application.c
    held = context.conn.execute(
        lock_for_update(
            sa.select(columns.agency_id, columns.id)
            .where(
                columns.agency_id.in_({agency_id for agency_id, _ in keys}),
                columns.id.in_([id for _, id in keys]),
                columns.claim == token,
            )
            .order_by(columns.agency_id, columns.id)
        )
    ).all()
    return len(reassess_all(context, [(agency_id, id) for agency_id, id in held]))


def lag(conn: sa.Connection, now: datetime) -> tuple[timedelta, int]:
    """Return the age of the oldest due application or reassessment request, and how many applications are parked."""
    columns = application.c
    all_of_them = across_agencies("the lag of the sweep is that of the process")
    waiting = sa.select(sa.func.min(columns.due_at)).where(_DUE, columns.attempts < MAX_CLAIM_ATTEMPTS)
    since = [
        conn.scalar(waiting.options(all_of_them)),
        conn.scalar(sa.select(sa.func.min(reassessment.c.due_at)).options(all_of_them)),
    ]
    oldest = min((at for at in since if at is not None), default=now)
    parked = conn.scalar(
        sa.select(sa.func.count())
        .select_from(application)
        .where(_DUE, columns.due_at <= now, columns.attempts >= MAX_CLAIM_ATTEMPTS)
        .options(all_of_them)
    )
    return max(timedelta(0), now - oldest), parked or 0
