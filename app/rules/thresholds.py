"""Severities of flags: a count of business days compared with the thresholds of the policy."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.rules.availability import Availability
from app.rules.calendar import Calendar
from app.rules.finding_collector import Findings
from app.rules.flags import Severity


class Thresholds(Protocol):
    """A section of the policy that has three thresholds."""

    @property
    def watch(self) -> int:
        """The number of business days from which the severity is `watch`."""

    @property
    def warning(self) -> int:
        """The number of business days from which the severity is `warning`."""

    @property
    def critical(self) -> int:
        """The number of business days from which the severity is `critical`."""


def overdue_severity(
    found: Findings, calendar: Calendar, due_on: date, warning: int, critical: int | None = None
) -> Severity | None:
    """Return the severity of a duty that is due by the end of `due_on`, or None while the duty is not overdue.

    An overdue duty is at `watch`. It is at `warning` and `critical` that many business days after `due_on`. The next
    change of severity is added to `found`.
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
    """Return the severity for the business days since `begun`, or None below the first threshold.

    `calendar` counts the business days, and `local` gives the instants at which days begin. The next change of severity
    is added to `found`.
    """
    n = calendar.bdays(begun, local.day(found.now))
    for step in (thresholds.watch, thresholds.warning, thresholds.critical):
        if step > n:
            found.recheck_at(local.sod(calendar.nth_bday(begun, step)))
            break
    return severity_at(n, thresholds.watch, thresholds.warning, thresholds.critical)


def limits_of(thresholds: Thresholds) -> list[int]:
    """Return the thresholds as a list [watch, warning, critical], as stored in the `detail` of a flag."""
    return [thresholds.watch, thresholds.warning, thresholds.critical]


def severity_at(n: int, watch: int, warning: int, critical: int) -> Severity | None:
    """Return the severity for a count, or None if the count is below `watch`."""
    if n >= critical:
        return Severity.CRITICAL
    if n >= warning:
        return Severity.WARNING
    return Severity.WATCH if n >= watch else None
