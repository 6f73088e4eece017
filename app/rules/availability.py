"""Business days on which a candidate is available: those of a calendar, without the candidate's away periods."""

from __future__ import annotations

from datetime import date, timedelta

from app.rules.calendar import Calendar

_DAY = timedelta(days=1)


class Availability:
    """A candidate's calendar that does not count days away.

    The first and the last day of an away period are days away.
    """

    __slots__ = ("_away", "_calendar")

    def __init__(self, calendar: Calendar, away: tuple[tuple[date, date], ...]) -> None:
        self._calendar = calendar
        self._away = merged(away) if away else ()

    @property
    def away(self) -> tuple[tuple[date, date], ...]:
        """The away periods as pairs of first and last day, in order and without overlaps."""
        return self._away

    def bdays(self, a: date, b: date) -> int:
        """Return the number of business days d with a < d <= b on which the candidate is not away."""
        count = self._calendar.bdays(a, b)
        for first, last in self._away:
            count -= self._calendar.bdays(max(a, first - _DAY), min(b, last))
        return count

    def nth_bday(self, day: date, n: int) -> date:
        """Return the n-th business day after `day` on which the candidate is not away, for n >= 1."""
        calendar, left = self._calendar, n
        for first, last in self._away:
            if last <= day:
                continue
            before = calendar.bdays(day, first - _DAY)
            if before >= left:
                break
            left -= before
            day = max(day, last)
        return calendar.nth_bday(day, left)


def merged(away: tuple[tuple[date, date], ...]) -> tuple[tuple[date, date], ...]:
    """Return the away periods in order, with overlapping periods joined.

    Periods that end before they begin are dropped.
    """
    found: list[tuple[date, date]] = []
    for first, last in sorted(away):
        if last < first:
            continue
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)
