"""Relative dates for the demo: "-3 10:15" is a quarter past ten, three working days ago."""

import re
from datetime import date, datetime, time, timedelta

from app.rules.calendar import Calendar

_WHEN = re.compile(r"([+-]\d+)(d?) (\d\d:\d\d)")
_OPENS, _CLOSES = time(11), time(18)
_DAY = timedelta(days=1)


class RelativeDates:
    """Converts relative dates to instants, counted from `now` in the time zone of the first place.

    A working day is a business day in all places.
    """

    def __init__(self, now: datetime, *places: Calendar) -> None:
        self.now, self._places, self._home = now, places, places[0]
        self._today = self._home.day(now)

    def also_in(self, place: Calendar) -> "RelativeDates":
        """Return relative dates that also skip the holidays of another place, so that no interview is on a client's
        holiday.
        """
        return RelativeDates(self.now, self._home, place)

    def day(self, working_days: int) -> date:
        """Return the date so many working days from today. 0 is today, also on a weekend."""
        step = _DAY if working_days > 0 else -_DAY
        day, left = self._today, abs(working_days)
        while left:
            day += step
            left -= all(place.is_bday(day) for place in self._places)
        return day

    def at(self, when: str) -> datetime:
        """Return the instant of "-3 10:15" (working days), "-3d 10:15" (calendar days) or "-45m" (minutes).

        Minutes are counted back from the last moment at which the office was open. Raises ValueError for other texts.
        """
        if minutes := re.fullmatch(r"-(\d+)m", when):
            return self._last_open_moment() - timedelta(minutes=int(minutes[1]))
        found = _WHEN.fullmatch(when)
        if found is None:
            raise ValueError(f"{when!r} is not a relative date")
        count = int(found[1])
        day = self._today + count * _DAY if found[2] else self.day(count)
        return self._home.at(day, time.fromisoformat(found[3]))

    def _last_open_moment(self) -> datetime:
        clock = self._home.clock(self.now)
        if self._home.is_bday(self._today) and clock >= _OPENS:
            return min(self.now, self._home.at(self._today, _CLOSES))
        return self._home.at(self.day(-1), _CLOSES)
