"""Flags for missing answers of the candidate, the client or the recruiter.

The advice behind them: waiting to hear is the candidates' first complaint (Paxus). Don't lose touch (Do's and don'ts).
A silent candidate may seem to have lost interest (CareerBuilder).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation, group_episodes
from app.rules.calendar import Calendar
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.history import CANDIDATE, CLIENT, Interaction
from app.rules.interaction_scan import NEVER
from app.rules.stages import awaits_booking
from app.rules.thresholds import Thresholds, limits_of, severity_today


def going_quiet(s: Situation, found: Findings) -> None:
    """Raise the flag `going_quiet` for a candidate who has not answered, or has been silent for too long.

    List the action to check in with the candidate. Business days are on the candidate's calendar, without days away.
    """
    rule, start = s.policy.going_quiet, s.quiet_since
    if s.offer_clock_at is not None:
        found.recheck_at(s.offer_clock_at)
    if not rule.enabled:
        return
    if start is None:
        if s.offer_clock_at is None:
            _long_silence(s, found)
        return
    asks, stage = s.asks_to_candidate, s.state.change
    in_offer = s.state.effective == "offer"
    thresholds: Thresholds = rule.offer if in_offer and asks else rule
    severity = severity_today(found, s.availability, s.candidate, s.candidate.day(start), thresholds)
    asked_on = [s.candidate.day(attempt[0].at) for attempt in group_episodes(asks, s.policy.episode_minutes)]
    if len(asked_on) >= rule.attempts and asked_on[0] != asked_on[-1]:
        severity = max(severity or Severity.WARNING, Severity.WARNING)
    if severity is None:
        return
    evidence = tuple(x.id for x in asks)
    detail = _candidate_detail(s, start, limits_of(thresholds))
    detail["asked_on"] = _dates(asked_on)
    if in_offer:
        detail["offer_since"] = stage.at.isoformat()
        ours = s.conversation.last_word_to_candidate
        if not asks and ours is not None:
            detail["our_word"] = ours.at.isoformat()
        if not asks and start == s.candidate_heard_at:
            evidence = (s.candidate_heard_by,)
        elif not asks and ours is not None and start == ours.at:
            evidence = (ours.id,)
        elif start == stage.at and stage.fact_id:
            evidence = (stage.fact_id, *evidence)
    found.add_flag(FlagKind.GOING_QUIET, severity, start, evidence, detail)
    _check_in(s, found, detail)


def _long_silence(s: Situation, found: Findings) -> None:
    """Raise the flag `going_quiet` for a candidate whom nobody has asked anything, after too many days of silence.

    The rule does not apply while a decision or the booking of an interview is due: the candidate is then the one who
    waits.
    """
    rule, calendar, state = s.policy.going_quiet, s.candidate, s.state
    if state.pending or awaits_booking(state.effective, state.upcoming):
        return
    limit = rule.max_silence_accepted if state.effective == "accepted" else rule.max_silence
    start = max(s.candidate_heard_at, s.history.opened_at)
    rises_at = calendar.sod(s.availability.nth_bday(calendar.day(start), limit))
    if rises_at > s.now:
        found.recheck_at(rises_at)
        return
    detail = _candidate_detail(s, start, [limit])
    evidence = (s.candidate_heard_by,) if s.candidate_heard_by else ()
    found.add_flag(FlagKind.GOING_QUIET, Severity.WATCH, start, evidence, detail)
    _check_in(s, found, detail)


def _candidate_detail(s: Situation, start: datetime, limits: list[int]) -> dict[str, Any]:
    state = s.state
    return {
        **calendar_fields(s.candidate),
        "start": start.isoformat(),
        "stage": state.effective,
        "nothing_booked": awaits_booking(state.effective, state.upcoming),
        "heard": _instant(s.candidate_heard_at),
        "heard_how": s.candidate_heard_how,
        "limits": limits,
        "away": [_dates(period) for period in s.availability.away],
    }


def _check_in(s: Situation, found: Findings, detail: dict[str, Any]) -> None:
    """List the action to check in with the candidate: today, or on the next business day if somebody asked them today.

    The action moves on to the next day for as long as the flag is raised.
    """
    calendar, today = s.candidate, s.candidate_today
    asked_today = s.conversation.last_ask_of_candidate_at >= calendar.sod(today)
    opens_on = calendar.next_bday(today) if asked_today else today
    opens_at = calendar.sod(opens_on)
    found.add_action(ActionKind.CHECK_IN_CANDIDATE, opens_at, calendar.eod(calendar.roll(opens_on)), detail)
    found.recheck_at(calendar.eod(today))


def client_quiet(s: Situation, found: Findings) -> None:
    """Raise the flag `client_quiet` for a client who has not answered the recruiter.

    List the action to chase the client. Days count from the ask, or from the decision date that was named if that is
    later. Dates are on the client's calendar.
    """
    rule, asks = s.policy.client_quiet, s.asks_to_client
    if not rule.enabled or not asks:
        return
    calendar, today, start = s.client, s.client_today, asks[0].at
    evidence = tuple(x.id for x in asks)
    timeline = s.state.timeline
    named: date | None = None
    if timeline is not None and timeline.date_named is not None:
        after_their_day = calendar.sod(calendar.next_bday(timeline.date_named))
        if after_their_day > start:
            start, named = after_their_day, timeline.date_named
            evidence = (*evidence, timeline.id)
    severity = severity_today(found, calendar, calendar, calendar.day(start), rule)
    if severity is None:
        return
    detail = {
        **calendar_fields(calendar),
        "start": start.isoformat(),
        "heard": _instant(s.client_heard_at),
        "asked_on": _asked_on(asks, calendar, s.policy.episode_minutes),
        "named": named and named.isoformat(),
        "limits": limits_of(rule),
    }
    found.add_flag(FlagKind.CLIENT_QUIET, severity, start, evidence, detail)
    found.add_action(ActionKind.CHASE_CLIENT, calendar.sod(today), calendar.eod(today), detail)
    found.recheck_at(calendar.eod(today))


def reply_owed(s: Situation, found: Findings) -> None:
    """Raise the flag `reply_owed` for a recruiter who has not answered the candidate or the client.

    List the actions to reply. Dates are on the agency's calendar.
    """
    _reply_owed(s, found, (CANDIDATE, CLIENT))


def reply_owed_after_end(s: Situation, found: Findings) -> None:
    """Raise the flag `reply_owed` for unanswered asks of the candidate on an ended application.

    The flag ends `open_days` days after the end of the application.
    """
    closes_at = s.closes_at(s.state.change.at)
    if s.now < closes_at and s.conversation.asks_of_candidate:
        found.recheck_at(closes_at)
        _reply_owed(s, found, (CANDIDATE,))


def _reply_owed(s: Situation, found: Findings, askers: tuple[str, ...]) -> None:
    rule, calendar = s.policy.reply_owed, s.agency
    if not rule.enabled or not (s.conversation.asks_of_candidate or s.conversation.asks_of_client):
        return
    severity: Severity | None = None
    asks: list[Interaction]
    thresholds: Thresholds
    start = s.now
    behind: list[Interaction] = []
    waiting: list[dict[str, Any]] = []
    for asker in askers:
        if asker == CANDIDATE:
            asks, thresholds, kind = s.conversation.asks_of_candidate, rule, ActionKind.REPLY_TO_CANDIDATE
        else:
            asks, thresholds, kind = s.conversation.asks_of_client, rule.client, ActionKind.REPLY_TO_CLIENT
        if not asks:
            continue
        begun = calendar.day(asks[0].at)
        asked = {
            "asker": asker,
            "start": asks[0].at.isoformat(),
            "asked_on": _asked_on(asks, calendar, s.policy.episode_minutes),
            "limits": limits_of(thresholds),
        }
        found.add_action(
            kind, asks[0].at, calendar.eod(calendar.next_bday(begun)), {**calendar_fields(calendar), **asked}
        )
        reached = severity_today(found, calendar, calendar, begun, thresholds)
        if reached is None:
            continue
        severity = reached if severity is None else max(severity, reached)
        start = min(start, asks[0].at)
        behind += asks
        waiting.append(asked)
    if severity is not None:
        evidence = tuple(x.id for x in behind)
        found.add_flag(
            FlagKind.REPLY_OWED, severity, start, evidence, {**calendar_fields(calendar), "waiting": waiting}
        )


def reply_is_owed_to_candidate(s: Situation) -> bool:
    """Return True if the flag `reply_owed` is raised for an ask of the candidate."""
    rule, asks, calendar = s.policy.reply_owed, s.conversation.asks_of_candidate, s.agency
    return rule.enabled and bool(asks) and calendar.bdays(calendar.day(asks[0].at), s.agency_today) >= rule.watch


def _asked_on(asks: Sequence[Interaction], calendar: Calendar, minutes: int) -> list[str]:
    return _dates([calendar.day(attempt[0].at) for attempt in group_episodes(asks, minutes)])


def _dates(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]


def _instant(at: datetime) -> str | None:
    return None if at == NEVER else at.isoformat()
