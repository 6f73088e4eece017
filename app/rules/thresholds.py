"""Severities by thresholds: business days since a date, compared with three numbers of the policy."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.rules.availability import Availability
from app.rules.calendar import Calendar
from app.rules.findings import Findings
from app.rules.flags import Severity


class Thresholds(Protocol):
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


def overdue_severity(
    found: Findings, calendar: Calendar, due_on: date, warning: int, critical: int | None = None
) -> Severity | None:
    """Return the severity of a duty due by the end of a date: watch when late, more after so many business days.

    None while it is not late. Asks to be woken when the next step is reached.
    """
    due_at = calendar.eod(due_on)
    if found.now < due_at:
        found.recheck_at(due_at)
        return None
    n = calendar.bdays(due_on, calendar.day(found.now))
    if n < warning:
        found.recheck_at(calendar.sod(calendar.nth_bday(due_on, warning)))
        return Severity.WATCH
    if critical is None:
        return Severity.WARNING
    if n < critical:
        found.recheck_at(calendar.sod(calendar.nth_bday(due_on, critical)))
        return Severity.WARNING
    return Severity.CRITICAL


def severity_today(
    found: Findings, calendar: Calendar | Availability, local: Calendar, begun: date, thresholds: Thresholds
) -> Severity | None:
    """Return the rung of a ladder reached today by the business days since a date; wake at the next one.

    `calendar` counts the days and `place` says when they begin.
    """
    n = calendar.bdays(begun, local.day(found.now))
    for step in (thresholds.watch, thresholds.warning, thresholds.critical):
        if step > n:
            found.recheck_at(local.sod(calendar.nth_bday(begun, step)))
            break
    return severity_at(n, thresholds.watch, thresholds.warning, thresholds.critical)


def limits_of(thresholds: Thresholds) -> list[int]:
    """Return the three numbers of a ladder, as a detail keeps them."""
    return [thresholds.watch, thresholds.warning, thresholds.critical]


def severity_at(n: int, watch: int, warning: int, critical: int) -> Severity | None:
    """The severity that a ladder gives to n, or None below its first rung."""
    if n >= critical:
        return Severity.CRITICAL
    if n >= warning:
        return Severity.WARNING
    return Severity.WATCH if n >= watch else None
