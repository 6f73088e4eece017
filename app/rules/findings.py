"""Where the rules put what they find: flags, actions, and when time alone may next change the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol

from app.rules.actions import Action, ActionKind
from app.rules.calendar import Calendar
from app.rules.calendar_exceptions import written_exceptions
from app.rules.flags import Flag, FlagKind, Severity
from app.rules.presence import Presence


class Ladder(Protocol):
    """Anything with three steps: watch from the first, warning from the second, critical from the third."""

    @property
    def watch(self) -> int:
        """The first step."""

    @property
    def warning(self) -> int:
        """The second step."""

    @property
    def critical(self) -> int:
        """The third step."""


class Findings:
    """What one assessment collects."""

    __slots__ = ("actions", "flags", "next_change_at", "now")

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.flags: list[Flag] = []
        self.actions: list[Action] = []
        self.next_change_at: datetime | None = None

    def wake(self, at: datetime) -> None:
        """The answer may change at this instant; one that has passed is of no interest."""
        if at > self.now and (self.next_change_at is None or at < self.next_change_at):
            self.next_change_at = at

    def flag(
        self, kind: FlagKind, severity: Severity, since: datetime, evidence: tuple[str, ...], detail: dict[str, Any]
    ) -> None:
        """Raise a flag."""
        self.flags.append(Flag(kind, severity, since, evidence, detail))

    def act(
        self,
        kind: ActionKind,
        opens_at: datetime,
        due_at: datetime,
        detail: dict[str, Any],
        subject: str = "",
        interview_id: str = "",
    ) -> None:
        """List an action, also one that opens later."""
        self.actions.append(Action(kind, opens_at, due_at, subject, detail, interview_id))


def place(calendar: Calendar) -> dict[str, Any]:
    """Return the beginning of a detail: the zone and region in which its dates are to be read, and their exceptions."""
    detail: dict[str, Any] = {"zone": calendar.zone, "region": calendar.region}
    if calendar.exceptions:
        detail["exceptions"] = list(written_exceptions(calendar.exceptions))
    return detail


def lateness(
    found: Findings, calendar: Calendar, due_on: date, warning: int, critical: int | None = None
) -> Severity | None:
    """Return the severity of a duty due by the end of a date: watch when late, more after so many business days.

    None while it is not late. Asks to be woken when the next step is reached.
    """
    due_at = calendar.eod(due_on)
    if found.now < due_at:
        found.wake(due_at)
        return None
    n = calendar.bdays(due_on, calendar.day(found.now))
    if n < warning:
        found.wake(calendar.sod(calendar.nth_bday(due_on, warning)))
        return Severity.WATCH
    if critical is None:
        return Severity.WARNING
    if n < critical:
        found.wake(calendar.sod(calendar.nth_bday(due_on, critical)))
        return Severity.WARNING
    return Severity.CRITICAL


def climb(
    found: Findings, calendar: Calendar | Presence, place: Calendar, begun: date, ladder: Ladder
) -> Severity | None:
    """Return the rung of a ladder reached today by the business days since a date; wake at the next one.

    `calendar` counts the days and `place` says when they begin.
    """
    n = calendar.bdays(begun, place.day(found.now))
    for step in (ladder.watch, ladder.warning, ladder.critical):
        if step > n:
            found.wake(place.sod(calendar.nth_bday(begun, step)))
            break
    return rung(n, ladder.watch, ladder.warning, ladder.critical)


def steps_of(ladder: Ladder) -> list[int]:
    """Return the three numbers of a ladder, as a detail keeps them."""
    return [ladder.watch, ladder.warning, ladder.critical]


def rung(n: int, watch: int, warning: int, critical: int) -> Severity | None:
    """The severity that a ladder gives to n, or None below its first rung."""
    if n >= critical:
        return Severity.CRITICAL
    if n >= warning:
        return Severity.WARNING
    return Severity.WATCH if n >= watch else None
