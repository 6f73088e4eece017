"""Formatting of dates, counts and lists, for the sentences that explain flags and actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from app.rules.availability import Availability
from app.rules.calendar import Calendar, calendar
from app.rules.calendar_exceptions import read_exceptions

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Detail = Mapping[str, Any]
Reason = Callable[[Detail, datetime], str]

PARTIES = {"candidate": "the candidate", "recruiter": "you", "client": "the client"}


class DetailReader:
    """A reader of the `detail` of a flag or an action, which formats the stored dates as text.

    Dates are in the time zone stored in the detail. The year is shown if it is not the year of `now`.
    """

    def __init__(self, detail: Detail, now: datetime) -> None:
        self.detail = detail
        exceptions = read_exceptions(tuple(detail.get("exceptions", ())))
        self.calendar: Calendar = calendar(detail["zone"], detail["region"], exceptions)
        self.today = self.calendar.day(now)

    def on(self, key: str) -> date:
        """Return the date stored under a key of the detail. For an instant, return its local date."""
        return as_date(self.detail[key], self.calendar)

    def day(self, key: str) -> str:
        """Return the date stored under a key of the detail as text, such as `Thu 5 Mar`."""
        return self.day_of(self.on(key))

    def day_of(self, day: date) -> str:
        """Return a date as text, such as `Thu 5 Mar`."""
        return f"{_DAYS[day.weekday()]} {self._short(day)}"

    def moment(self, key: str) -> str:
        """Return the instant stored under a key as text, such as `Tue 3 Mar at 11:00 AEDT (Australia/Sydney)`.

        The zone is shown because the parties may live in different zones.
        """
        at = datetime.fromisoformat(self.detail[key])
        return f"{self.day_of(self.calendar.day(at))} at {clock_text(at, self.calendar)}"

    def _short(self, day: date) -> str:
        year = "" if day.year == self.today.year else f" {day.year}"
        return f"{day.day} {_MONTHS[day.month - 1]}{year}"

    def days_of(self, texts: Sequence[str]) -> str:
        """Return ISO dates as one text, such as `5 and 6 Mar` or `28 Feb, 2 and 3 Mar`.

        Dates that occur twice are shown once.
        """
        days = sorted({as_date(text, self.calendar) for text in texts})
        words: list[str] = []
        for _, run in groupby(days, key=lambda day: (day.year, day.month)):
            *early, last = run
            words += [str(day.day) for day in early] + [self._short(last)]
        return listed(words)

    def business_days(self, start: date) -> str:
        """Return the number of business days from `start` up to today as text, such as `4 business days`.

        Days away are not counted.
        """
        n = self._count(start)
        return counted(n, "business day") if n else "no business day since"

    def late_text(self, start: date) -> str:
        """Return how late something due on `start` is: `2 business days late`, or `late` on the first day."""
        n = self._count(start)
        return f"{counted(n, 'business day')} late" if n else "late"

    def _count(self, start: date) -> int:
        away = tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in self.detail.get("away", ())
        )
        return Availability(self.calendar, away).bdays(start, self.today)


def date_text(day: date) -> str:
    """Return a date as text, such as `Tue 3 Mar 2026`."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock_text(at: datetime, local: Calendar) -> str:
    """Return the time of day of an instant with its zone, such as `11:00 AEDT (Australia/Sydney)`."""
    return f"{local.clock(at):%H:%M} {local.zone_at(at)}"


def moment_text(at: datetime, local: Calendar) -> str:
    """Return an instant as text, such as `Tue 3 Mar 2026 at 11:00 AEDT (Australia/Sydney)`."""
    return f"{date_text(local.day(at))} at {clock_text(at, local)}"


def ordinal(n: int) -> str:
    """Return the ordinal of a number: in words from `first` to `tenth`, then with digits, such as `11th`."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if n <= len(words):
        return words[n - 1]
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def as_date(text: str, local: Calendar) -> date:
    """Return the date of an ISO text, or the local date if the text is an instant."""
    return date.fromisoformat(text) if len(text) == 10 else local.day(datetime.fromisoformat(text))


def counted(n: int, thing: str) -> str:
    """Return a number with its noun, in the plural where needed: `1 business day`, `3 business days`."""
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def listed(words: Sequence[str]) -> str:
    """Return words joined as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """Return the text with a capital at its start and a full stop at its end."""
    return f"{text[0].upper()}{text[1:]}."
