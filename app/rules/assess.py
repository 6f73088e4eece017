"""assess(history, policy, now): the only door to the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from app.rules import cadence, duty, initiative, silence
from app.rules.actions import Action
from app.rules.findings import Findings
from app.rules.flags import Flag
from app.rules.history import CANDIDATE, CLIENT, RECRUITER, History
from app.rules.policy import Policy
from app.rules.situation import Situation
from app.rules.stages import ENDED, PAUSED
from app.rules.window import Window

RULES_VERSION = 2
"""Goes up with every change of a rule's meaning, so that a deploy assesses the past anew."""


class Court(NamedTuple):
    """Who owes the next word, and since when; nobody, with no instant, when all is said."""

    party: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything the rules say of one application at one instant.

    Until `next_change_at` all of it stays as it is, as far as time alone goes; None: time changes nothing any more.
    `stage_since` is when the effective stage was entered.
    """

    flags: tuple[Flag, ...]
    actions: tuple[Action, ...]
    follow_up_window: Window | None
    court: Court
    stage: str
    effective_stage: str
    stage_since: datetime
    next_change_at: datetime | None


NOBODY = Court(None, None)
"""Nobody is expected to act."""

_Rule = Callable[[Situation, Findings], None]

_RULES: tuple[_Rule, ...] = (
    silence.going_quiet,
    silence.client_quiet,
    silence.reply_owed,
    cadence.cadence,
    duty.follow_up,
    duty.debrief,
    duty.timeline_missing,
    duty.timeline_overdue,
    duty.commitments,
    duty.nothing_booked,
    initiative.retry_follow_up,
    initiative.remind_thank_you,
    initiative.chase_decision,
)
_RULES_WHILE_PAUSED: tuple[_Rule, ...] = (silence.reply_owed, duty.commitments)
_RULES_WHEN_ENDED: tuple[_Rule, ...] = (duty.closure,)


def assess(history: History, policy: Policy, now: datetime) -> Assessment:
    """What the rules say of a history at an instant. Facts that had not happened by then are not read."""
    now = now.astimezone(UTC)
    if now < history.opened_at:
        return _before_the_opening(history)
    s, found = Situation(history, policy, now), Findings(now)
    standing = s.standing
    stage = standing.change.stage
    window: Window | None = None
    if stage in ENDED:
        rules = _RULES_WHEN_ENDED
    elif stage in PAUSED:
        rules = _RULES_WHILE_PAUSED
    else:
        rules = _RULES
        if standing.upcoming is not None:
            found.wake(standing.upcoming.ends_at)
        window = s.shown_window()
    for rule in rules:
        rule(s, found)
    since = standing.change.at
    if standing.effective != stage and standing.last is not None:
        since = max(since, standing.last.ends_at)
    return Assessment(
        flags=tuple(found.flags),
        actions=tuple(found.actions),
        follow_up_window=window,
        court=_court(s, found),
        stage=stage,
        effective_stage=standing.effective,
        stage_since=since,
        next_change_at=found.next_change_at,
    )


def _before_the_opening(history: History) -> Assessment:
    """There is no application yet: nothing is owed to or by anybody until it opens."""
    stage, opened_at = history.opening_stage, history.opened_at
    return Assessment((), (), None, NOBODY, stage, stage, opened_at, opened_at)


def _court(s: Situation, found: Findings) -> Court:
    """Who owes the next word: the recruiter before the candidate, and the candidate before the client."""
    standing, asks, last = s.standing, s.talk.asks_of_candidate, s.standing.last
    stage = standing.change.stage
    if stage in ENDED:
        return Court(RECRUITER, standing.change.at) if found.actions else NOBODY
    if stage in PAUSED:
        return Court(RECRUITER, asks[0].at) if asks else NOBODY
    owed = [asks[0].at] if asks else []
    if last is not None and (not s.debriefed or not (s.follow_ups or s.waived)):
        owed.append(last.ends_at)
    if owed:
        return Court(RECRUITER, min(owed))
    if s.quiet_since is not None:
        return Court(CANDIDATE, s.quiet_since)
    if s.asks_to_client:
        return Court(CLIENT, s.asks_to_client[0].at)
    if standing.pending:
        if s.follow_ups:
            return Court(CLIENT, s.follow_ups[0].at)
        return Court(CLIENT, standing.change.at if last is None else last.ends_at)
    return NOBODY
