"""The entry point of the rules: `assess(history, policy, now)` returns the assessment of one application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.rules import (
    cadence,
    candidate_checks,
    candidate_updates,
    closure,
    keep_warm,
    next_actions,
    notice_period,
    overdue_duties,
    silence,
)
from app.rules.action_kinds import Action
from app.rules.assessment_inputs import Situation
from app.rules.court import NOBODY, Court, court
from app.rules.finding_collector import Findings
from app.rules.flags import Flag
from app.rules.follow_up_window import Window
from app.rules.hiring_timeline import outdated_when_passed
from app.rules.history import History
from app.rules.policy import Policy
from app.rules.stages import ENDED, PAUSED

RULES_VERSION = 3
"""Version of the rules. Raise it when their results change: each application is then assessed again after the
deploy."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of all rules for one application at one instant.

    Without new facts the result stays valid until `next_change_at`, or forever if that is None. `stage_since` is when
    `effective_stage` was entered.
    """

    flags: tuple[Flag, ...]
    actions: tuple[Action, ...]
    follow_up_window: Window | None
    court: Court
    stage: str
    effective_stage: str
    stage_since: datetime
    next_change_at: datetime | None


_Rule = Callable[[Situation, Findings], None]

_RULES: tuple[_Rule, ...] = (
    silence.going_quiet,
    silence.client_quiet,
    silence.reply_owed,
    candidate_updates.update_owed,
    cadence.cadence,
    overdue_duties.follow_up,
    overdue_duties.debrief,
    overdue_duties.timeline_missing,
    overdue_duties.timeline_overdue,
    overdue_duties.commitments,
    overdue_duties.nothing_booked,
    candidate_checks.checks,
    notice_period.notice,
    next_actions.retry_follow_up,
    next_actions.remind_thank_you,
    next_actions.chase_decision,
)
_RULES_WHILE_PAUSED: tuple[_Rule, ...] = (silence.reply_owed, overdue_duties.commitments, closure.close_application)
_RULES_WHEN_ENDED: tuple[_Rule, ...] = (
    closure.close_loop,
    silence.reply_owed_after_end,
    keep_warm.keep_in_touch,
)


def assess(history: History, policy: Policy, now: datetime) -> Assessment:
    """Return the assessment of a history at the instant `now`. Facts dated after `now` are ignored."""
    now = now.astimezone(UTC)
    if now < history.opened_at:
        return _before_opening(history)
    s, found = Situation(history, policy, now), Findings(now)
    state = s.state
    stage = state.change.stage
    window: Window | None = None
    if state.upcoming is not None:
        found.recheck_at(state.upcoming.ends_at)
    if stage in ENDED:
        rules = _RULES_WHEN_ENDED
    elif stage in PAUSED or s.job_closed_at is not None:
        rules = _RULES_WHILE_PAUSED
    else:
        rules = _RULES
        timeline = state.timeline
        if timeline is not None and outdated_when_passed(history.revisions, timeline, now):
            found.recheck_at(s.client.eod(timeline.date_named or s.client_today))
        window = s.shown_window()
    for rule in rules:
        rule(s, found)
    since = state.change.at
    if state.effective != stage and state.last is not None:
        since = max(since, state.last.ends_at)
    return Assessment(
        flags=tuple(found.flags),
        actions=tuple(found.actions),
        follow_up_window=window,
        court=court(s, found),
        stage=stage,
        effective_stage=state.effective,
        stage_since=since,
        next_change_at=found.next_change_at,
    )


def _before_opening(history: History) -> Assessment:
    """Return the assessment for an instant before the application was opened: no flags and no actions."""
    stage, opened_at = history.opening_stage, history.opened_at
    return Assessment((), (), None, NOBODY, stage, stage, opened_at, opened_at)
