"""Rules from the offer to the first day: the written offer, the resignation, a counter-offer and the start.

The advice behind them: the right way to resign (Paxus). The counter-offer that recruiters remember (Mining People).
Keep in touch with your recruiter (Do's and don'ts). No resignation before the written offer; candidates are often lost
during the notice period (field practice).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.calendar import FIRST_DAY, Calendar
from app.rules.candidate_checks import is_open
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.history import Milestone
from app.rules.stages import OFFER_STAGES
from app.rules.thresholds import overdue_severity

_HOLDS_BACK = frozenset({"reference", "medical", "drug_alcohol", "background"})
"""Kinds of checks that must have ended before the candidate resigns from the present job."""


class NoticePeriod:
    """The milestones of an application since its last reopening, read together with its talks and checks."""

    __slots__ = ("_s", "_latest", "accepted_at")

    def __init__(self, s: Situation) -> None:
        self._s = s
        self._latest: dict[str, Milestone] = {}
        for milestone in s.history.milestones:
            if milestone.at <= s.now and (s.state.reopened_at is None or milestone.at >= s.state.reopened_at):
                self._latest[milestone.kind] = milestone
        self.accepted_at = s.state.change.at
        """When the current stage was entered. In the stage `accepted` this is when the offer was accepted."""

    def latest(self, kind: str) -> Milestone | None:
        """Return the latest milestone of a kind since the last reopening, or None without one."""
        return self._latest.get(kind)

    def counter_offer(self) -> Milestone | None:
        """Return the milestone of a counter-offer that has not been declined, or None without one."""
        offered, declined = self.latest("counter_offer"), self.latest("counter_offer_declined")
        if offered is None or (declined is not None and declined.at >= offered.at):
            return None
        return offered

    def talk_since(self, at: datetime) -> datetime | None:
        """Return the instant of the latest talk with the candidate at or after `at`, or None without one.

        A talk at the instant itself counts, since that talk may have brought the news.
        """
        talks = self._s.conversation.talks
        return talks[-1].at if talks and talks[-1].at >= at else None

    def free_to_resign_at(self) -> datetime | None:
        """Return when the candidate became free to resign, or None if the candidate is not free yet.

        The offer must be accepted and in writing, and the checks that hold a resignation back must have ended.
        """
        written = self.latest("written_offer")
        if written is None:
            return None
        free_at = max(self.accepted_at, written.at)
        for check in self._s.history.checks:
            if check.kind not in _HOLDS_BACK or check.asked_at > self._s.now:
                continue
            if is_open(check, self._s.now):
                return None
            free_at = max(free_at, check.ended_at or free_at)
        return free_at

    def call_missing_since(self) -> datetime | None:
        """Return when the candidate resigned if the recruiter has not talked with them since, else None."""
        resigned = self.latest("resigned")
        if resigned is None or self.talk_since(resigned.at) is not None:
            return None
        return resigned.at


def has_started(notice: NoticePeriod) -> bool:
    """Return True if the candidate has started in the new job. No rule of this module applies after that."""
    return notice.latest("started") is not None


def notice(s: Situation, found: Findings) -> None:
    """Apply all rules of this module to an application in the stage `offer` or `accepted`."""
    stage = s.state.effective
    if stage not in OFFER_STAGES:
        return
    known = NoticePeriod(s)
    if has_started(known):
        return
    counter_offer(s, found, known)
    if stage == "accepted":
        written_offer(s, found, known)
        resignation(s, found, known)
        start(s, found, known)
        check_in(s, found, known)


def counter_offer(s: Situation, found: Findings, known: NoticePeriod) -> None:
    """Raise the flag `counter_offer_open` for a counter-offer that has not been declined.

    List the action to talk with the candidate about the counter-offer. Dates are on the candidate's calendar.
    """
    rule, offered, calendar = s.policy.counter_offer_open, known.counter_offer(), s.candidate
    if not rule.enabled or offered is None:
        return
    critical_at = calendar.eod(calendar.next_bday(calendar.day(offered.at)))
    found.recheck_at(critical_at)
    severity = Severity.CRITICAL if s.now >= critical_at else Severity.WARNING
    talked_at = known.talk_since(offered.at)
    detail = {
        **calendar_fields(calendar),
        "offered_at": offered.at.isoformat(),
        "talked_at": talked_at and talked_at.isoformat(),
    }
    found.add_flag(FlagKind.COUNTER_OFFER_OPEN, severity, offered.at, (offered.id,), detail)
    opens_at = offered.at
    if talked_at is not None:
        opens_at = calendar.sod(calendar.next_bday(calendar.day(talked_at)))
    due_at = calendar.eod(calendar.roll(calendar.day(opens_at)))
    found.add_action(ActionKind.TALK_COUNTER_OFFER, opens_at, due_at, detail)


def written_offer(s: Situation, found: Findings, known: NoticePeriod) -> None:
    """List the action to get an accepted offer in writing. Dates are on the client's calendar."""
    rule, calendar, accepted_at = s.policy.written_offer, s.client, known.accepted_at
    if not rule.enabled or known.latest("written_offer") is not None:
        return
    detail = {**calendar_fields(calendar), "accepted_at": accepted_at.isoformat()}
    due_at = calendar.eod(calendar.nth_bday(calendar.day(accepted_at), rule.days))
    found.add_action(ActionKind.GET_IN_WRITING, accepted_at, due_at, detail)


def resignation(s: Situation, found: Findings, known: NoticePeriod) -> None:
    """Raise the flag `resignation_overdue` if a candidate who is free to resign has not done so in time.

    List the action to support the resignation, and the call on the day of the resignation. Dates are on the candidate's
    calendar.
    """
    rule, calendar = s.policy.resignation_overdue, s.candidate
    if not rule.enabled:
        return
    missing_since = known.call_missing_since()
    if missing_since is not None:
        detail = {**calendar_fields(calendar), "resigned_at": missing_since.isoformat()}
        due_at = calendar.eod(calendar.day(missing_since))
        found.add_action(ActionKind.CALL_AFTER_RESIGNATION, missing_since, due_at, detail)
    free_at = known.free_to_resign_at()
    if free_at is None or known.latest("resigned") or known.latest("nothing_to_resign"):
        return
    due_on = calendar.nth_bday(calendar.day(free_at), rule.resign_days)
    written = known.latest("written_offer")
    detail = {
        **calendar_fields(calendar),
        "free_at": free_at.isoformat(),
        "due_on": due_on.isoformat(),
        "limits": [rule.warning, rule.critical],
    }
    found.add_action(ActionKind.SUPPORT_RESIGNATION, free_at, calendar.eod(due_on), detail)
    severity = overdue_severity(found, calendar, due_on, rule.warning, rule.critical)
    if severity is not None:
        evidence = (written.id,) if written is not None else ()
        found.add_flag(FlagKind.RESIGNATION_OVERDUE, severity, calendar.eod(due_on), evidence, detail)


def start(s: Situation, found: Findings, known: NoticePeriod) -> None:
    """Raise the flag `start_unsettled` if no first day is agreed in time, or the agreed day has passed without a start.

    List the action to agree the first day, or the call on the business day before it. Dates are on the client's
    calendar.
    """
    rule, calendar, accepted_at = s.policy.start_unsettled, s.client, known.accepted_at
    if not rule.enabled:
        return
    agreed = known.latest("start_agreed")
    if agreed is None or agreed.on is None:
        due_on = calendar.nth_bday(calendar.day(accepted_at), rule.agree_days)
        detail = {
            **calendar_fields(calendar),
            "accepted_at": accepted_at.isoformat(),
            "due_on": due_on.isoformat(),
            "limits": [rule.warning],
        }
        found.add_action(ActionKind.AGREE_START, accepted_at, calendar.eod(due_on), detail)
        severity = overdue_severity(found, calendar, due_on, rule.warning)
        if severity is not None:
            evidence = (s.state.change.fact_id,) if s.state.change.fact_id else ()
            found.add_flag(FlagKind.START_UNSETTLED, severity, calendar.eod(due_on), evidence, detail)
        return
    first_day = agreed.on
    detail = {**calendar_fields(calendar), "first_day": first_day.isoformat(), "agreed_at": agreed.at.isoformat()}
    passed_at, critical_at = calendar.eod(first_day), calendar.eod(calendar.next_bday(first_day))
    found.recheck_at(passed_at)
    found.recheck_at(critical_at)
    if s.now >= passed_at:
        severity = Severity.CRITICAL if s.now >= critical_at else Severity.WARNING
        found.add_flag(FlagKind.START_UNSETTLED, severity, passed_at, (agreed.id,), detail)
    opens_at = max(accepted_at, calendar.sod(_bday_before(calendar, first_day)))
    if known.talk_since(opens_at) is None:
        found.add_action(ActionKind.START_CALL, opens_at, calendar.eod(calendar.day(opens_at)), detail)


def check_in(s: Situation, found: Findings, known: NoticePeriod) -> None:
    """List a regular talk with the candidate during the notice period, unless `going_quiet` requires the same call.

    Dates are on the candidate's calendar.
    """
    rule, calendar = s.policy.notice, s.candidate
    if not rule.enabled or any(flag.kind is FlagKind.GOING_QUIET for flag in found.flags):
        return
    talked_at = known.talk_since(known.accepted_at)
    since = known.accepted_at if talked_at is None else talked_at
    opens_on = calendar.day(since) + timedelta(days=rule.every_days)
    detail = {
        **calendar_fields(calendar),
        "accepted_at": known.accepted_at.isoformat(),
        "talked_at": talked_at and talked_at.isoformat(),
        "every_days": rule.every_days,
        "employed": known.latest("nothing_to_resign") is None,
    }
    found.add_action(ActionKind.NOTICE_CHECK_IN, calendar.sod(opens_on), calendar.eod(calendar.roll(opens_on)), detail)


def _bday_before(calendar: Calendar, day: date) -> date:
    """Return the last business day before `day`."""
    day -= timedelta(days=1)
    while day > FIRST_DAY and not calendar.is_bday(day):
        day -= timedelta(days=1)
    return day
