"""Silence: somebody owes somebody a word.

Waiting to hear is the candidates' first complaint (Paxus). Don't lose touch (Do's and don'ts). They may think you are
not interested any longer (CareerBuilder).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.rules.actions import ActionKind
from app.rules.calendar import Calendar
from app.rules.conversation import NEVER
from app.rules.findings import Findings, place, rung
from app.rules.flags import FlagKind, Severity
from app.rules.history import Interaction
from app.rules.situation import Situation, gathered

_DAY = timedelta(days=1)


def going_quiet(s: Situation, found: Findings) -> None:
    """The candidate has not answered, or has not been heard for too long. Candidate calendar, away days left out."""
    rule = s.policy.going_quiet
    if not rule.enabled:
        return
    start = s.quiet_since
    if start is None:
        _long_silence(s, found)
        return
    calendar, presence = s.candidate, s.presence
    in_offer = s.standing.effective == "offer"
    ladder = rule.offer if in_offer else rule
    begun = calendar.day(start)
    n = presence.bdays(begun, s.candidate_today)
    severity = rung(n, ladder.watch, ladder.warning, ladder.critical)
    for step in (ladder.watch, ladder.warning, ladder.critical):
        if step > n:
            found.wake(calendar.sod(presence.nth_bday(begun, step)))
            break
    asks = s.asks_to_candidate
    asked_on = [calendar.day(attempt[0].at) for attempt in gathered(asks, s.policy.episode_minutes)]
    if len(asked_on) >= rule.attempts and asked_on[0] != asked_on[-1]:
        severity = max(severity or Severity.WARNING, Severity.WARNING)
    if severity is None:
        return
    evidence = tuple(x.id for x in asks)
    detail = _candidate_detail(s, start, (ladder.watch, ladder.warning, ladder.critical))
    detail["asked_on"] = _dates(asked_on)
    if in_offer:
        detail["offer_since"] = s.standing.change.at.isoformat()
        if start == s.candidate_heard_at:
            evidence = (s.candidate_heard_by, *evidence)
        elif start == s.standing.change.at and s.standing.change.fact_id:
            evidence = (s.standing.change.fact_id, *evidence)
    found.flag(FlagKind.GOING_QUIET, severity, start, evidence, detail)
    _check_in(s, found, detail)


def _long_silence(s: Situation, found: Findings) -> None:
    """Nobody has asked, and still: too long without a word, unless the client's own date explains it."""
    rule, calendar = s.policy.going_quiet, s.candidate
    limit = rule.max_silence_accepted if s.standing.effective == "accepted" else rule.max_silence
    start = max(s.candidate_heard_at, s.history.opened_at)
    begun = calendar.day(start)
    rises_at = calendar.sod(s.presence.nth_bday(begun, limit))
    timeline = s.standing.timeline
    if s.standing.pending and timeline is not None and timeline.date_named is not None:
        rises_at = max(rises_at, s.client.eod(timeline.date_named))
    if rises_at > s.now:
        found.wake(rises_at)
        return
    detail = _candidate_detail(s, start, (limit,))
    evidence = (s.candidate_heard_by,) if s.candidate_heard_by else ()
    found.flag(FlagKind.GOING_QUIET, Severity.WATCH, start, evidence, detail)
    _check_in(s, found, detail)


def _candidate_detail(s: Situation, start: datetime, limits: tuple[int, ...]) -> dict[str, Any]:
    return {
        **place(s.candidate),
        "start": start.isoformat(),
        "heard": _instant(s.candidate_heard_at),
        "limits": list(limits),
        "away": [_dates(period) for period in s.presence.away],
    }


def _check_in(s: Situation, found: Findings, detail: dict[str, Any]) -> None:
    """Today, or on the next business day when they were asked only today. It moves with today while the flag stands."""
    calendar, today = s.candidate, s.candidate_today
    asked_today = s.talk.last_ask_of_candidate_at >= calendar.sod(today)
    opens_on = calendar.next_bday(today) if asked_today else today
    opens_at = calendar.sod(opens_on)
    found.act(ActionKind.CHECK_IN_CANDIDATE, opens_at, calendar.eod(calendar.roll(opens_on)), detail)
    found.wake(calendar.eod(today))


def client_quiet(s: Situation, found: Findings) -> None:
    """The client has not answered the recruiter. Nobody is silent before the day they named. Client calendar."""
    rule, asks = s.policy.client_quiet, s.asks_to_client
    if not rule.enabled or not asks:
        return
    calendar, today, start = s.client, s.client_today, asks[0].at
    evidence = tuple(x.id for x in asks)
    timeline = s.standing.timeline
    named: date | None = None
    if timeline is not None and timeline.date_named is not None:
        after_their_day = calendar.sod(calendar.next_bday(timeline.date_named))
        if after_their_day > start:
            start, named = after_their_day, timeline.date_named
            evidence = (*evidence, timeline.id)
    begun = calendar.day(start)
    n = calendar.bdays(begun, today)
    severity = rung(n, rule.watch, rule.warning, rule.critical)
    for step in (rule.watch, rule.warning, rule.critical):
        if step > n:
            found.wake(calendar.sod(calendar.nth_bday(begun, step)))
            break
    if severity is None:
        return
    detail = {
        **place(calendar),
        "start": start.isoformat(),
        "heard": _instant(s.client_heard_at),
        "asked_on": _asked_on(asks, calendar, s.policy.episode_minutes),
        "named": named and named.isoformat(),
        "limits": [rule.watch, rule.warning, rule.critical],
    }
    found.flag(FlagKind.CLIENT_QUIET, severity, start, evidence, detail)
    found.act(ActionKind.CHASE_CLIENT, calendar.sod(today), calendar.eod(today), detail)
    found.wake(calendar.eod(today))


def reply_owed(s: Situation, found: Findings) -> None:
    """The recruiter has not answered the candidate. Agency calendar."""
    rule, asks = s.policy.reply_owed, s.talk.asks_of_candidate
    if not rule.enabled or not asks:
        return
    calendar, start = s.agency, asks[0].at
    begun = calendar.day(start)
    detail = {
        **place(calendar),
        "start": start.isoformat(),
        "asked_on": _asked_on(asks, calendar, s.policy.episode_minutes),
        "limits": [rule.watch, rule.warning, rule.critical],
    }
    found.act(ActionKind.REPLY_TO_CANDIDATE, start, calendar.eod(calendar.next_bday(begun)), detail)
    n = calendar.bdays(begun, s.agency_today)
    severity = rung(n, rule.watch, rule.warning, rule.critical)
    for step in (rule.watch, rule.warning, rule.critical):
        if step > n:
            found.wake(calendar.sod(calendar.nth_bday(begun, step)))
            break
    if severity is not None:
        found.flag(FlagKind.REPLY_OWED, severity, start, tuple(x.id for x in asks), detail)


def _asked_on(asks: Sequence[Interaction], calendar: Calendar, minutes: int) -> list[str]:
    return _dates([calendar.day(attempt[0].at) for attempt in gathered(asks, minutes)])


def _dates(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _instant(at: datetime) -> str | None:
    return None if at == NEVER else at.isoformat()
