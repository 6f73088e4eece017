"""Actions and flag for checks (references, medicals and others), from the request for a check to its result.

The advice behind them: give your references a heads up; the medical and the drug and alcohol screening the next day
(Mining People). Unresponsive referees and wrong details are the first causes of delay (field practice). The results of
checks are stored nowhere.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.calendar import Calendar
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.history import CANDIDATE, RECRUITER, Check
from app.rules.thresholds import overdue_severity

TO_ARRANGE, TO_ATTEND, TO_CONCLUDE = "to_arrange", "to_attend", "to_conclude"


class Step(NamedTuple):
    """The current step of an open check, the party that owes it, and its due date.

    The step is overdue once that date has ended on the calendar of the party.
    """

    name: str
    owed_by: str
    calendar: Calendar
    due_on: date


def is_open(check: Check, at: datetime) -> bool:
    """Return True if the check had been asked for at the instant `at`, and was neither done nor cancelled by then."""
    ended_at = check.ended_at
    return check.asked_at <= at and (ended_at is None or ended_at > at)


def is_ready(check: Check, at: datetime) -> bool:
    """Return True if the candidate's part of the check was done at the instant `at`."""
    return check.ready_at is not None and check.ready_at <= at


def open_checks(s: Situation) -> list[Check]:
    """Return the checks of the application that are open now."""
    return [check for check in s.history.checks if is_open(check, s.now)]


def step_of(s: Situation, check: Check) -> Step:
    """Return the current step of an open check, with the party that owes the step and the due date.

    The candidate first arranges the check, then attends it. Then recruiter or client gives the result.
    """
    rule = s.policy.check_overdue
    if check.ready_at is not None and check.ready_at <= s.now:
        calendar = s.agency if check.result_from == RECRUITER else s.client
        ready_on = calendar.day(check.ready_at)
        if check.result_by is None:
            due_on = calendar.nth_bday(ready_on, rule.result_days)
        else:
            due_on = calendar.roll(max(ready_on, check.result_by))
        return Step(TO_CONCLUDE, check.result_from, calendar, due_on)
    calendar = s.candidate
    asked_on = calendar.day(check.asked_at)
    if check.booked_for is not None:
        return Step(TO_ATTEND, CANDIDATE, calendar, max(asked_on, calendar.day(check.booked_for)))
    return Step(TO_ARRANGE, CANDIDATE, calendar, calendar.nth_bday(asked_on, rule.arrange_days))


def checks(s: Situation, found: Findings) -> None:
    """List the actions of every open check, and raise one flag `check_overdue` for all overdue checks together."""
    rule = s.policy.check_overdue
    if not rule.enabled:
        return
    _collect_referees(s, found)
    severity: Severity | None = None
    since = s.now
    late: list[str] = []
    steps: list[dict[str, object]] = []
    for check in open_checks(s):
        step = step_of(s, check)
        due_at = step.calendar.eod(step.due_on)
        detail = {
            **calendar_fields(step.calendar),
            "check": check.kind,
            "step": step.name,
            "owed_by": step.owed_by,
            "asked_at": check.asked_at.isoformat(),
            "booked_for": check.booked_for and check.booked_for.isoformat(),
            "ready_at": check.ready_at.isoformat() if step.name == TO_CONCLUDE and check.ready_at else None,
            "due_on": step.due_on.isoformat(),
        }
        if step.name == TO_CONCLUDE and step.owed_by == RECRUITER and check.ready_at is not None:
            found.add_action(ActionKind.TAKE_REFERENCE, check.ready_at, due_at, detail, check.id)
        if step.name != TO_CONCLUDE:
            _prepare(s, found, check, detail)
        reached = overdue_severity(found, step.calendar, step.due_on, rule.warning, rule.critical)
        if reached is None:
            continue
        severity = reached if severity is None else max(severity, reached)
        since = min(since, due_at)
        late.append(check.id)
        steps.append(detail)
        if step.owed_by != RECRUITER:
            end_of_today = s.agency.eod(s.agency_today)
            found.add_action(ActionKind.CHASE_CHECK, due_at, end_of_today, detail, check.id)
            found.recheck_at(end_of_today)
    if severity is not None:
        detail = {**calendar_fields(s.agency), "checks": steps, "limits": [rule.warning, rule.critical]}
        found.add_flag(FlagKind.CHECK_OVERDUE, severity, since, tuple(late), detail)


def _prepare(s: Situation, found: Findings, check: Check, detail: dict[str, object]) -> None:
    """List the action to warn the referee of a reference, or to prepare the candidate for another check.

    The action is due the next business day, or at the check's appointment if that is earlier.
    """
    if check.prepared_at is not None and check.prepared_at <= s.now:
        return
    calendar = s.candidate
    due_at = calendar.eod(calendar.next_bday(calendar.day(check.asked_at)))
    if check.booked_for is not None:
        if s.now >= check.booked_for:
            return
        found.recheck_at(check.booked_for)
        due_at = min(due_at, check.booked_for)
    kind = ActionKind.WARN_REFEREE if check.kind == "reference" else ActionKind.PREPARE_FOR_CHECK
    found.add_action(kind, check.asked_at, due_at, detail, check.id)


def _collect_referees(s: Situation, found: Findings) -> None:
    """List the action to collect referees if the stage is `reference_check` and no reference has been asked for."""
    if s.state.effective != "reference_check":
        return
    entered_at, calendar = s.state.change.at, s.candidate
    for check in s.history.checks:
        cancelled = check.cancelled_at is not None and check.cancelled_at <= s.now
        if check.kind == "reference" and check.asked_at <= s.now and not cancelled:
            return
    detail = {**calendar_fields(calendar), "start": entered_at.isoformat()}
    due_at = calendar.eod(calendar.next_bday(calendar.day(entered_at)))
    found.add_action(ActionKind.COLLECT_REFEREES, entered_at, due_at, detail)
