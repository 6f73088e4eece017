"""Between yes and the first day: the written offer, the resignation, a counter-offer, the start.

The right way to resign (Paxus). The counter-offer that recruiters remember (Mining People). Keep in touch with your
recruiter (Do's and don'ts). No resignation before the written offer; the notice period is the risky time (field
practice).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.actions import ActionKind
from app.rules.calendar import FIRST_DAY, Calendar
from app.rules.checks import is_open
from app.rules.findings import Findings, lateness, place
from app.rules.flags import FlagKind, Severity
from app.rules.history import Milestone
from app.rules.situation import Situation
from app.rules.stages import OFFER_STAGES

_HOLDS_BACK = frozenset({"reference", "medical", "drug_alcohol", "background"})
"""Checks that must have ended before anybody resigns."""


class Notice:
    """The milestones that stand, and the talks with the candidate since the offer was accepted."""

    __slots__ = ("_s", "_standing", "accepted_at")

    def __init__(self, s: Situation) -> None:
        self._s = s
        self._standing: dict[str, Milestone] = {}
        for milestone in s.history.milestones:
            if milestone.at <= s.now and (s.standing.reopened_at is None or milestone.at >= s.standing.reopened_at):
                self._standing[milestone.kind] = milestone
        self.accepted_at = s.standing.change.at
        """When the stage was entered the last time."""

    def standing(self, kind: str) -> Milestone | None:
        """Return the milestone of a kind that stands: the latest one of this run."""
        return self._standing.get(kind)

    def counter_offer(self) -> Milestone | None:
        """Return the counter-offer that has not been declined since."""
        offered, declined = self.standing("counter_offer"), self.standing("counter_offer_declined")
        if offered is None or (declined is not None and declined.at >= offered.at):
            return None
        return offered

    def talk_since(self, at: datetime) -> datetime | None:
        """Return the latest talk with the candidate since an instant, which is included: a talk may bring the news."""
        talks = self._s.talk.talks
        return talks[-1].at if talks and talks[-1].at >= at else None

    def free_to_resign_at(self) -> datetime | None:
        """Return when nothing held the resignation back any more: accepted, in writing, and every check over."""
        written = self.standing("written_offer")
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
        """Return when the candidate resigned, if nobody has talked with them since."""
        resigned = self.standing("resigned")
        if resigned is None or self.talk_since(resigned.at) is not None:
            return None
        return resigned.at


def rests(notice: Notice) -> bool:
    """Return whether the first day has come, which ends all rules here."""
    return notice.standing("started") is not None


def notice(s: Situation, found: Findings) -> None:
    """All rules between the offer and the first day."""
    stage = s.standing.effective
    if stage not in OFFER_STAGES:
        return
    known = Notice(s)
    if rests(known):
        return
    counter_offer(s, found, known)
    if stage == "accepted":
        written_offer(s, found, known)
        resignation(s, found, known)
        start(s, found, known)
        check_in(s, found, known)


def counter_offer(s: Situation, found: Findings, known: Notice) -> None:
    """The employer of today has made a counter-offer, and it stands. Candidate calendar."""
    rule, offered, calendar = s.policy.counter_offer_open, known.counter_offer(), s.candidate
    if not rule.enabled or offered is None:
        return
    critical_at = calendar.eod(calendar.next_bday(calendar.day(offered.at)))
    found.wake(critical_at)
    severity = Severity.CRITICAL if s.now >= critical_at else Severity.WARNING
    talked_at = known.talk_since(offered.at)
    detail = {
        **place(calendar),
        "offered_at": offered.at.isoformat(),
        "talked_at": talked_at and talked_at.isoformat(),
    }
    found.flag(FlagKind.COUNTER_OFFER_OPEN, severity, offered.at, (offered.id,), detail)
    opens_at = offered.at
    if talked_at is not None:
        opens_at = calendar.sod(calendar.next_bday(calendar.day(talked_at)))
    due_at = calendar.eod(calendar.roll(calendar.day(opens_at)))
    found.act(ActionKind.TALK_COUNTER_OFFER, opens_at, due_at, detail)


def written_offer(s: Situation, found: Findings, known: Notice) -> None:
    """The offer was accepted and is not in writing yet. Client calendar."""
    rule, calendar, accepted_at = s.policy.written_offer, s.client, known.accepted_at
    if not rule.enabled or known.standing("written_offer") is not None:
        return
    detail = {**place(calendar), "accepted_at": accepted_at.isoformat()}
    due_at = calendar.eod(calendar.nth_bday(calendar.day(accepted_at), rule.days))
    found.act(ActionKind.GET_IN_WRITING, accepted_at, due_at, detail)


def resignation(s: Situation, found: Findings, known: Notice) -> None:
    """Resigning in time, and a call on the day of it. Candidate calendar."""
    rule, calendar = s.policy.resignation_overdue, s.candidate
    if not rule.enabled:
        return
    missing_since = known.call_missing_since()
    if missing_since is not None:
        detail = {**place(calendar), "resigned_at": missing_since.isoformat()}
        due_at = calendar.eod(calendar.day(missing_since))
        found.act(ActionKind.CALL_AFTER_RESIGNATION, missing_since, due_at, detail)
    free_at = known.free_to_resign_at()
    if free_at is None or known.standing("resigned") or known.standing("nothing_to_resign"):
        return
    due_on = calendar.nth_bday(calendar.day(free_at), rule.resign_days)
    written = known.standing("written_offer")
    detail = {
        **place(calendar),
        "free_at": free_at.isoformat(),
        "due_on": due_on.isoformat(),
        "limits": [rule.warning, rule.critical],
    }
    found.act(ActionKind.SUPPORT_RESIGNATION, free_at, calendar.eod(due_on), detail)
    severity = lateness(found, calendar, due_on, rule.warning, rule.critical)
    if severity is not None:
        evidence = (written.id,) if written is not None else ()
        found.flag(FlagKind.RESIGNATION_OVERDUE, severity, calendar.eod(due_on), evidence, detail)


def start(s: Situation, found: Findings, known: Notice) -> None:
    """A first day that is agreed, and kept. Client calendar."""
    rule, calendar, accepted_at = s.policy.start_unsettled, s.client, known.accepted_at
    if not rule.enabled:
        return
    agreed = known.standing("start_agreed")
    if agreed is None or agreed.on is None:
        due_on = calendar.nth_bday(calendar.day(accepted_at), rule.agree_days)
        detail = {
            **place(calendar),
            "accepted_at": accepted_at.isoformat(),
            "due_on": due_on.isoformat(),
            "limits": [rule.warning],
        }
        found.act(ActionKind.AGREE_START, accepted_at, calendar.eod(due_on), detail)
        severity = lateness(found, calendar, due_on, rule.warning)
        if severity is not None:
            evidence = (s.standing.change.fact_id,) if s.standing.change.fact_id else ()
            found.flag(FlagKind.START_UNSETTLED, severity, calendar.eod(due_on), evidence, detail)
        return
    first_day = agreed.on
    detail = {**place(calendar), "first_day": first_day.isoformat(), "agreed_at": agreed.at.isoformat()}
    passed_at, critical_at = calendar.eod(first_day), calendar.eod(calendar.next_bday(first_day))
    found.wake(passed_at)
    found.wake(critical_at)
    if s.now >= passed_at:
        severity = Severity.CRITICAL if s.now >= critical_at else Severity.WARNING
        found.flag(FlagKind.START_UNSETTLED, severity, passed_at, (agreed.id,), detail)
    opens_at = max(accepted_at, calendar.sod(_bday_before(calendar, first_day)))
    if known.talk_since(opens_at) is None:
        found.act(ActionKind.START_CALL, opens_at, calendar.eod(calendar.day(opens_at)), detail)


def check_in(s: Situation, found: Findings, known: Notice) -> None:
    """A talk now and then during the notice period, unless their silence asks for the same call. Candidate calendar."""
    rule, calendar = s.policy.notice, s.candidate
    if not rule.enabled or any(flag.kind is FlagKind.GOING_QUIET for flag in found.flags):
        return
    talked_at = known.talk_since(known.accepted_at)
    since = known.accepted_at if talked_at is None else talked_at
    opens_on = calendar.day(since) + timedelta(days=rule.every_days)
    detail = {
        **place(calendar),
        "accepted_at": known.accepted_at.isoformat(),
        "talked_at": talked_at and talked_at.isoformat(),
        "every_days": rule.every_days,
        "employed": known.standing("nothing_to_resign") is None,
    }
    found.act(ActionKind.NOTICE_CHECK_IN, calendar.sod(opens_on), calendar.eod(calendar.roll(opens_on)), detail)


def _bday_before(calendar: Calendar, day: date) -> date:
    """Return the last business day before a date."""
    day -= timedelta(days=1)
    while day > FIRST_DAY and not calendar.is_bday(day):
        day -= timedelta(days=1)
    return day
