"""Severities by thresholds: counts of business days, compared with numbers of the policy."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.rules.availability import Availability
from app.rules.calendar import Calendar
from app.rules.finding_collector import Findings
from app.rules.flags import Severity


class Thresholds(Protocol):
    """A section of the policy with three thresholds."""

    @property
    def watch(self) -> int:
        """From this number on the severity is watch."""

    @property
    def warning(self) -> int:
        """From this number on the severity is warning."""

    @property
    def critical(self) -> int:
        """From this number on the severity is critical."""


def overdue_severity(
    found: Findings, calendar: Calendar, due_on: date, warning: int, critical: int | None = None
) -> Severity | None:
    """Return the severity of a duty due by the end of a date, or None while it is not overdue.

    It is watch once overdue, and higher after `warning` and `critical` business days. Reports when it will change.
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
    """Return the severity for the business days since a date, and report when it will change.

    `calendar` counts the days and `local` says when they begin.
    """
    n = calendar.bdays(begun, local.day(found.now))
    for step in (thresholds.watch, thresholds.warning, thresholds.critical):
        if step > n:
            found.recheck_at(local.sod(calendar.nth_bday(begun, step)))
            break
    return severity_at(n, thresholds.watch, thresholds.warning, thresholds.critical)


def limits_of(thresholds: Thresholds) -> list[int]:
    """Return the three thresholds, as stored in a detail."""
    return [thresholds.watch, thresholds.warning, thresholds.critical]


def severity_at(n: int, watch: int, warning: int, critical: int) -> Severity | None:
    """Return the severity for a count, or None below the first threshold."""
    if n >= critical:
        return Severity.CRITICAL
    if n >= warning:
        return Severity.WARNING
    return Severity.WATCH if n >= watch else None
