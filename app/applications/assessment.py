"""The assessment of one application (stage, flags, actions, follow-up window) as the API returns it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.facts.check_schemas import CheckFound
from app.applications.facts.schemas import Party, Stage
from app.applications.history_loader import LoadedApplication, load
from app.applications.models import application, check
from app.applications.queries import get_application
from app.applications.schemas import (
    ActionFound,
    AssessmentOut,
    CourtFound,
    FlagFound,
    WindowFound,
)
from app.kit.damaged_rows import check_damage
from app.rules.action_kinds import Action, explain_action, prompts_for
from app.rules.flags import CLEARS, GUIDANCE, Flag, explain
from app.rules.follow_up_window import WINDOW_QUESTIONS, Window, explain_window

_NOW = "As of now."
_THEN = (
    "Facts are those that had happened by then; interview times, away periods, contact style and policy are read as "
    "they are today."
)


@check_damage(application)
def get_assessment(work: UnitOfWork, application_id: UUID, as_of: datetime | None = None) -> AssessmentOut:
    """Return the assessment of an application as of an instant, past or future. Default: now.

    The assessment is computed on every call.
    """
    at = as_of or work.now
    loaded = loaded_application(work, application_id)
    found = loaded.assessed(at)
    promises = {promise.id: promise.description for promise in loaded.history.commitments}
    checks = _checks_of(work, found.actions, promises)
    return AssessmentOut(
        application_id=application_id,
        as_of=at,
        policy_version=loaded.policy_version,
        stage=cast("Stage", found.stage),
        effective_stage=cast("Stage", found.effective_stage),
        stage_since=found.stage_since,
        court=CourtFound(party=cast("Party | None", found.court.party), since=found.court.since),
        flags=[flag_found(flag, at) for flag in found.flags],
        actions=[_action_found(action, at, promises, checks) for action in found.actions],
        follow_up_window=None if found.follow_up_window is None else _window_found(found.follow_up_window, at),
        next_change_at=found.next_change_at,
        note=_NOW if as_of is None else _THEN,
    )


def flag_found(flag: Flag, now: datetime) -> FlagFound:
    """Convert a flag of the rules to its API schema, with its reason worded as of `now`."""
    return FlagFound.model_validate(
        {
            "kind": str(flag.kind),
            "severity": str(flag.severity),
            "since": flag.since,
            "reason": explain(flag, now),
            "evidence": list(flag.evidence),
            "clears": CLEARS[flag.kind],
            "guidance": GUIDANCE[flag.kind],
        }
    )


def _checks_of(work: UnitOfWork, actions: Iterable[Action], promises: Mapping[str, str]) -> dict[str, CheckFound]:
    """Return a mapping from id to the check that each action is about, read from the database.

    The rules do not hold the labels of checks.
    """
    ids = {UUID(action.subject) for action in actions if action.subject and action.subject not in promises}
    if not ids:
        return {}
    mine = sa.and_(check.c.agency_id == work.agency_id, check.c.id.in_(ids))
    rows = work.conn.execute(sa.select(check.c.id, check.c.kind, check.c.label).where(mine))
    return {str(row.id): CheckFound.model_validate(row) for row in rows}


def _action_found(
    action: Action, now: datetime, promises: Mapping[str, str], checks: Mapping[str, CheckFound]
) -> ActionFound:
    promise = promises.get(action.subject)
    return ActionFound.model_validate(
        {
            "kind": str(action.kind),
            "opens_at": action.opens_at,
            "due_at": action.due_at,
            "reason": explain_action(action, now),
            "prompts": list(prompts_for(action, now)),
            "commitment": None if promise is None else {"id": action.subject, "description": promise},
            "check": checks.get(action.subject),
        }
    )


def _window_found(window: Window, now: datetime) -> WindowFound:
    return WindowFound(opens_on=window.opens_on, reason=explain_window(window, now), questions=list(WINDOW_QUESTIONS))


def loaded_application(work: UnitOfWork, application_id: UUID) -> LoadedApplication:
    """Return one application of the caller's agency with its history, policy, flags and actions.

    Raises 404 if there is none.
    """
    get_application(work, application_id)
    return load(work.conn, [(work.agency_id, application_id)])[work.agency_id, application_id]
