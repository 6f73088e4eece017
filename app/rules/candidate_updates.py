"""The flag `update_owed` and its action, for a candidate who waits to hear from the recruiter.

The advice behind the flag: waiting to hear is the candidates' first complaint (Paxus). Dates are on the agency's
calendar.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.history import CLIENT, RECRUITER, Interaction
from app.rules.silence import reply_is_owed_to_candidate
from app.rules.stages import MISSED, awaits_booking
from app.rules.thresholds import limits_of, severity_today


def update_owed(s: Situation, found: Findings) -> None:
    """Raise the flag `update_owed` if neither recruiter nor client has written to the candidate for too long.

    List the action to update the candidate. Both apply only while a decision or the booking of an interview is awaited.
    """
    rule, state = s.policy.update_owed, s.state
    if not rule.enabled or not (state.pending or awaits_booking(state.effective, state.upcoming)):
        return
    if reply_is_owed_to_candidate(s):
        return
    calendar, word = s.agency, s.conversation.last_update_to_candidate
    since, behind = _waiting_since(s, word)
    begun = calendar.day(since)
    timeline = state.timeline
    named = None if timeline is None else timeline.date_named
    knows = timeline is not None and word is not None and word.at >= timeline.stated_at
    clock_on, started_at = begun, since
    waits_for_date = knows and named is not None and named > begun
    if named is not None and waits_for_date:
        clock_on, started_at = named, calendar.sod(named)
    severity = severity_today(found, calendar, calendar, clock_on, rule)
    raised_at = started_at
    if knows:
        known_on = calendar.nth_bday(begun, rule.known_date)
        found.recheck_at(calendar.sod(known_on))
        if severity is None and s.agency_today >= known_on:
            severity, raised_at = Severity.WATCH, since
    tell_on = _tell_on(s, found, named, word)
    passed_at = None if tell_on is None else s.client.eod(tell_on)
    if severity is None and passed_at is not None and s.now >= passed_at:
        severity, raised_at = Severity.WATCH, passed_at
    detail: dict[str, Any] = {
        **calendar_fields(calendar),
        "start": since.isoformat(),
        "clock": started_at.isoformat(),
        "word": word and word.at.isoformat(),
        "word_with": None if word is None else CLIENT if CLIENT in (word.sender, word.receiver) else RECRUITER,
        "word_two_way": word is not None and word.two_way,
        "stage": state.effective,
        "named": named and named.isoformat(),
        "knows": knows,
        "passed": tell_on is not None,
        "limits": [*limits_of(rule), rule.known_date],
    }
    opens_at, due_at = _moment(s, begun, clock_on, waits_for_date, tell_on)
    found.add_action(ActionKind.UPDATE_CANDIDATE, opens_at, due_at, detail)
    if severity is not None:
        evidence = [behind] if behind else []
        if timeline is not None and (waits_for_date or raised_at == passed_at):
            evidence.append(timeline.id)
        found.add_flag(FlagKind.UPDATE_OWED, severity, raised_at, tuple(dict.fromkeys(evidence)), detail)


def _waiting_since(s: Situation, word: Interaction | None) -> tuple[datetime, str]:
    """Return the instant since which the candidate waits, and the id of the fact that began the wait.

    `word` is the last message to the candidate.
    """
    since, behind = s.state.change.at, s.state.change.fact_id
    if word is not None and word.at >= since:
        since, behind = word.at, word.id
    last = s.state.last
    if last is not None and last.ends_at > since:
        since, behind = last.ends_at, last.id
    for interview in s.history.interviews:
        if interview.booked_at > s.now:
            continue
        changed_at = interview.booked_at
        if interview.status_as_of(s.now) in MISSED:
            changed_at = max(changed_at, interview.status_at or interview.ends_at)
        if changed_at > since:
            since, behind = changed_at, interview.id
    return since, behind


def _tell_on(s: Situation, found: Findings, named: date | None, word: Interaction | None) -> date | None:
    """Return the business day after the client's decision date if the candidate is to be informed that it has passed.

    Return None if the date has not passed, or if the candidate has had a message since. `named` is the decision date,
    and `word` the last message.
    """
    if named is None or not s.state.pending:
        return None
    next_on = s.client.next_bday(named)
    if word is not None and word.at >= s.client.sod(next_on):
        return None
    passes_at = s.client.eod(named)
    found.recheck_at(passes_at)
    found.recheck_at(s.client.eod(next_on))
    return next_on if s.now >= passes_at else None


def _moment(
    s: Situation, begun: date, clock_on: date, waits_for_date: bool, tell_on: date | None
) -> tuple[datetime, datetime]:
    """Return when the action to update the candidate opens, and when it is due.

    The action opens on the business day before the flag is raised. It opens earlier if the client's decision date has
    passed, or if the candidate waits for that date and has had no message for long.
    """
    rule, calendar = s.policy.update_owed, s.agency
    opens_at = calendar.sod(calendar.nth_bday(clock_on, rule.watch - 1))
    due_at = calendar.eod(calendar.nth_bday(clock_on, rule.watch))
    if waits_for_date:
        known_on = calendar.nth_bday(begun, rule.known_date)
        if calendar.sod(known_on) < opens_at:
            opens_at, due_at = calendar.sod(known_on), calendar.eod(known_on)
    if tell_on is not None and s.client.sod(tell_on) < opens_at:
        opens_at, due_at = s.client.sod(tell_on), s.client.eod(tell_on)
    return opens_at, due_at
