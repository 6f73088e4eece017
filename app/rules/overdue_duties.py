"""Duties with a due date.

Each function lists an action while its duty is open, and raises a flag once it is overdue.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.calendar import Calendar
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.hiring_timeline import latest_statement
from app.rules.history import CANDIDATE, RECRUITER, Commitment
from app.rules.stages import MISSED, awaits_booking
from app.rules.thresholds import overdue_severity


def follow_up(s: Situation, found: Findings) -> None:
    """Require a follow-up with the hiring manager on the day of the interview (Staff Finders).

    The flag `follow_up_overdue` is critical from the end of the next business day on. This holds even if `late_after`
    moves the due time of a late interview to that day. Dates are on the client's calendar.
    """
    rule, last, interviewed_on = s.policy.follow_up_overdue, s.state.last, s.state.interviewed_on
    if last is None or interviewed_on is None or not s.follow_up_missing:
        return
    found.recheck_at(s.follow_up_lapses_at(last))
    if not rule.enabled:
        return
    calendar = s.client
    due_at = calendar.eod(interviewed_on)
    detail = {**calendar_fields(calendar), "ended_at": last.ends_at.isoformat()}
    if rule.late_after is not None and (
        calendar.clock(last.ends_at) >= rule.late_after or not calendar.is_bday(interviewed_on)
    ):
        due_at = calendar.at(calendar.next_bday(interviewed_on), rule.late_due)
        detail["late_due_at"] = due_at.isoformat()
    found.add_action(ActionKind.FOLLOW_UP_HIRING_MANAGER, last.ends_at, due_at, detail, interview_id=last.id)
    found.recheck_at(due_at)
    if s.now < due_at:
        return
    critical_at = calendar.eod(calendar.next_bday(interviewed_on))
    found.recheck_at(critical_at)
    severity = Severity.CRITICAL if s.now >= critical_at else Severity.WARNING
    found.add_flag(FlagKind.FOLLOW_UP_OVERDUE, severity, due_at, (last.id,), detail)


def debrief(s: Situation, found: Findings) -> None:
    """Require a debrief with the candidate by the business day after the interview (Staff Finders, Do's and don'ts).

    Dates are on the candidate's calendar.
    """
    rule, last, calendar = s.policy.debrief_overdue, s.state.last, s.candidate
    if last is None or not s.debrief_missing:
        return
    found.recheck_at(s.debrief_lapses_at(last))
    if not rule.enabled:
        return
    due_on = calendar.next_bday(calendar.day(last.ends_at))
    talked_at = next((x.at for x in reversed(s.conversation.talks) if x.at >= last.ends_at), None)
    detail = {
        **calendar_fields(calendar),
        "ended_at": last.ends_at.isoformat(),
        "due_on": due_on.isoformat(),
        "talked_at": talked_at and talked_at.isoformat(),
        "limits": [rule.warning],
    }
    found.add_action(ActionKind.DEBRIEF_CANDIDATE, last.ends_at, calendar.eod(due_on), detail, interview_id=last.id)
    if talked_at is not None:
        return
    severity = overdue_severity(found, calendar, due_on, rule.warning)
    if severity is not None:
        found.add_flag(FlagKind.DEBRIEF_OVERDUE, severity, calendar.eod(due_on), (last.id,), detail)


def timeline_missing(s: Situation, found: Findings) -> None:
    """Require the client to name a decision date after the interview (Staff Finders, Paxus).

    Dates are on the client's calendar.
    """
    rule, state, calendar = s.policy.timeline_missing, s.state, s.client
    last, interviewed_on = state.last, state.interviewed_on
    if not rule.enabled or not state.pending or last is None or interviewed_on is None:
        return
    if state.timeline is not None:
        return
    asked_from = interviewed_on
    if state.reopened_at is not None:
        asked_from = max(interviewed_on, calendar.day(state.reopened_at))
    due_on = calendar.next_bday(asked_from)
    evidence: tuple[str, ...] = (last.id,)
    detail: dict[str, Any] = {
        **calendar_fields(calendar),
        "ended_at": last.ends_at.isoformat(),
        "limits": [rule.warning],
    }
    statement = latest_statement(s.history.revisions, last.ends_at, s.now)
    if statement is not None and statement.date_named is None:
        # "The panel meets on Monday" is an answer without a date: ask again after the grace period.
        stated_on = calendar.day(statement.stated_at)
        due_on = max(due_on, calendar.nth_bday(stated_on, rule.grace))
        detail["stated_on"] = stated_on.isoformat()
        evidence = (*evidence, statement.id)
    detail["due_on"] = due_on.isoformat()
    found.add_action(ActionKind.ASK_TIMELINE, last.ends_at, calendar.eod(due_on), detail, interview_id=last.id)
    severity = overdue_severity(found, calendar, due_on, rule.warning)
    if severity is not None:
        found.add_flag(FlagKind.TIMELINE_MISSING, severity, calendar.eod(due_on), evidence, detail)


def timeline_overdue(s: Situation, found: Findings) -> None:
    """Raise the flag `timeline_overdue` if the decision date has passed (Mining People, Staff Finders).

    The flag is raised only while the client's decision is pending. Dates are on the client's calendar.
    """
    rule, state, calendar = s.policy.timeline_overdue, s.state, s.client
    timeline = state.timeline
    if not rule.enabled or not state.pending or timeline is None or timeline.date_named is None:
        return
    named = timeline.date_named
    due_at = calendar.sod(calendar.next_bday(named))
    found.recheck_at(due_at)
    if s.now < due_at:
        return
    n = calendar.bdays(named, s.client_today)
    if n < rule.critical:
        found.recheck_at(calendar.sod(calendar.nth_bday(named, rule.critical)))
    severity = Severity.CRITICAL if n >= rule.critical else Severity.WARNING
    detail = {
        **calendar_fields(calendar),
        "decision_by": timeline.decision_by and timeline.decision_by.isoformat(),
        "date": named.isoformat(),
        "stated_at": timeline.stated_at.isoformat(),
        "stated_by": timeline.stated_by,
        "limits": [rule.critical],
    }
    found.add_flag(FlagKind.TIMELINE_OVERDUE, severity, due_at, (timeline.id,), detail)


def commitments(s: Situation, found: Findings) -> None:
    """Require every recorded promise to be kept (Mining People), and raise one flag for all overdue promises.

    Each promise is due on the calendar of the party that made it.
    """
    rule, now = s.policy.commitment_overdue, s.now
    if not rule.enabled:
        return
    severity, late, promises, since = Severity.WATCH, [], [], None
    for promise in s.history.commitments:
        if promise.made_at > now or _is_settled(promise, now):
            continue
        calendar = _calendar_of(s, promise.owed_by)
        due_on = calendar.roll(promise.due_on)
        due_at = calendar.eod(due_on)
        mine = promise.owed_by == RECRUITER
        about = {**calendar_fields(calendar), "owed_by": promise.owed_by, "due_on": promise.due_on.isoformat()}
        if mine:
            begins_at = calendar.sod(promise.due_on - timedelta(days=rule.ahead_days))
            found.add_action(ActionKind.KEEP_COMMITMENT, max(promise.made_at, begins_at), due_at, about, promise.id)
        step = overdue_severity(found, calendar, due_on, rule.warning)
        if step is None:
            continue
        severity = max(severity, step)
        since = due_at if since is None else min(since, due_at)
        late.append(promise.id)
        promises.append({**about, "rolled_to": due_on.isoformat()})
        if not mine:
            end_of_today = s.agency.eod(s.agency_today)
            found.add_action(ActionKind.CHASE_COMMITMENT, due_at, end_of_today, about, promise.id)
            found.recheck_at(end_of_today)
    if since is not None:
        detail = {**calendar_fields(s.agency), "promises": promises, "limits": [rule.warning]}
        found.add_flag(FlagKind.COMMITMENT_OVERDUE, severity, since, tuple(late), detail)


def _is_settled(promise: Commitment, now: datetime) -> bool:
    return (promise.fulfilled_at is not None and promise.fulfilled_at <= now) or (
        promise.cancelled_at is not None and promise.cancelled_at <= now
    )


def _calendar_of(s: Situation, party: str) -> Calendar:
    if party == CANDIDATE:
        return s.candidate
    return s.agency if party == RECRUITER else s.client


def nothing_booked(s: Situation, found: Findings) -> None:
    """Require the next interview to be booked (CareerBuilder: find out what happens next).

    Dates are on the agency's calendar.
    """
    rule, state, calendar = s.policy.nothing_booked, s.state, s.agency
    if not rule.enabled or not awaits_booking(state.effective, state.upcoming):
        return
    since = max(s.history.opened_at, state.change.at)
    behind = state.change.fact_id
    missed_at: str | None = None
    missed_id = ""
    for interview in s.history.interviews:
        if interview.booked_at <= s.now and interview.status_as_of(s.now) in MISSED:
            ended_at = interview.status_at or interview.ends_at
            if ended_at >= since:
                since, missed_at, behind, missed_id = ended_at, ended_at.isoformat(), interview.id, interview.id
    due_on = calendar.next_bday(calendar.day(since))
    detail = {
        **calendar_fields(calendar),
        "start": since.isoformat(),
        "missed_at": missed_at,
        "due_on": due_on.isoformat(),
        "limits": [rule.warning],
    }
    found.add_action(ActionKind.BOOK_INTERVIEW, since, calendar.eod(due_on), detail, interview_id=missed_id)
    severity = overdue_severity(found, calendar, due_on, rule.warning)
    if severity is not None:
        found.add_flag(FlagKind.NOTHING_BOOKED, severity, calendar.eod(due_on), (behind,) if behind else (), detail)
