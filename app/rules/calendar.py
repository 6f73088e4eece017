"""Business days and local midnights: one time zone and one holiday region make a calendar.

The calendar's world is the years 1900 to 2399. A date outside it is taken to the nearest edge, so that date arithmetic
never fails; the doors of the service refuse such dates long before.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import holidays

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2399, 12, 31)

_DAY = timedelta(days=1)
_FIRST, _LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NO_PLACES = frozenset({"localtime", "Factory"})
_MOST_CACHED_DAYS = 8192


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACES)


def known_zone(name: str) -> bool:
    """Whether this is the name of an IANA time zone, such as `Australia/Sydney`."""
    return name in _zones()


@lru_cache(maxsize=1024)
def known_region(code: str) -> bool:
    """Whether the holiday library knows this region: an ISO 3166 country, or country-subdivision."""
    if not _REGION.fullmatch(code):
        return False
    country, _, subdivision = code.partition("-")
    try:
        # Asked one by one: to list what it supports, the library loads every country there is.
        found = holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return found.country == country and (not subdivision or subdivision in found.subdivisions)


class _Days:
    """The business days of one region over a run of whole years, laid out so that every question is one look-up."""

    __slots__ = ("days", "first", "last", "upto")

    def __init__(self, region: str, first_year: int, last_year: int) -> None:
        country, _, subdivision = region.partition("-")
        with warnings.catch_warnings():
            # For years that it has no full data for, the library warns and gives what it knows. So do we.
            warnings.simplefilter("ignore")
            calendar = holidays.country_holidays(
                country, subdiv=subdivision or None, years=range(first_year, last_year + 1), expand=False
            )
        self.first, self.last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        self.days: list[date] = []
        self.upto: list[int] = []
        """How many business days of this run lie at or before each day of it."""
        for ordinal in range(self.first, self.last + 1):
            day = date.fromordinal(ordinal)
            if calendar.is_working_day(day):
                self.days.append(day)
            self.upto.append(len(self.days))


class _Region:
    """The business days of one region, worked out by the decade when somebody asks."""

    __slots__ = ("code", "known")

    def __init__(self, code: str) -> None:
        self.code = code
        self.known = _Days(code, 2020, 2029)

    def reaching(self, low: int, high: int) -> _Days:
        """Days that hold both ordinals. The new run replaces the old one whole, so that two threads cannot mix them."""
        known = self.known
        first = date.fromordinal(min(max(low, _FIRST), known.first)).year // 10 * 10
        last = date.fromordinal(max(min(high, _LAST), known.last)).year // 10 * 10 + 9
        self.known = known = _Days(self.code, first, last)
        return known

    def count(self, low: int, high: int) -> int:
        """How many business days d there are with low < d <= high, as ordinals with low <= high."""
        known = self.known
        if low < known.first or high > known.last:
            low, high = min(max(low, _FIRST), _LAST), max(min(high, _LAST), _FIRST)
            known = self.reaching(low, high)
        return known.upto[high - known.first] - known.upto[low - known.first]

    def nth(self, ordinal: int, n: int) -> date:
        """The n-th business day after the ordinal, n >= 1."""
        ordinal = min(max(ordinal, _FIRST), _LAST)
        known = self.known
        while True:
            if known.first <= ordinal <= known.last:
                index = known.upto[ordinal - known.first] + n - 1
                if index < len(known.days):
                    return known.days[index]
                if known.last >= _LAST:
                    return LAST_DAY
            known = self.reaching(ordinal, min(max(ordinal, known.last) + 2 * n, _LAST))


@lru_cache(maxsize=512)
def _region(code: str) -> _Region:
    return _Region(code)


class Calendar:
    """Dates as one place lives them. Get one from `calendar(zone, region)`; equal arguments give the same instance."""

    __slots__ = ("_local", "_midnights", "_region", "_utc_days", "region", "zone")

    def __init__(self, zone: str, region: str) -> None:
        self.zone, self.region = zone, region
        self._local = ZoneInfo(zone)
        self._region = _region(region)
        self._midnights: dict[date, datetime] = {}
        self._utc_days: dict[int, tuple[date, datetime, date]] = {}

    def __repr__(self) -> str:
        return f"calendar({self.zone!r}, {self.region!r})"

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return calendar, (self.zone, self.region)

    def day(self, instant: datetime) -> date:
        """The local date: the d with sod(d) <= instant < sod(d + 1).

        It never goes back: where a clock set back across midnight shows yesterday's date again, today stays today.
        """
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
        try:
            early, midnight, late = self._utc_days[instant.toordinal()]
        except KeyError:
            return self._look_up_day(instant)
        return late if instant >= midnight else early

    def _look_up_day(self, instant: datetime) -> date:
        """The local date found slowly, and this UTC day remembered unless two local midnights lie inside it."""
        ordinal = instant.toordinal()
        start = datetime.combine(instant.date(), time.min, UTC)
        early = self._day_from_clock(start)
        late = self._day_from_clock(start + _DAY - timedelta(microseconds=1))
        midnight = start if late == early else self.sod(late)
        if late == early or self.sod(early + _DAY) == midnight:
            if len(self._utc_days) >= _MOST_CACHED_DAYS:
                self._utc_days.clear()
            self._utc_days[ordinal] = early, midnight, late
        return self._day_from_clock(instant)

    def _day_from_clock(self, instant: datetime) -> date:
        day = instant.astimezone(self._local).date()
        while day < LAST_DAY and self.sod(day + _DAY) <= instant:
            day += _DAY
        return day

    def clock(self, instant: datetime) -> time:
        """What the clock on the wall shows at an instant."""
        return instant.astimezone(self._local).time()

    def zone_at(self, instant: datetime) -> str:
        """The zone as people write it beside a time: `AEDT (Australia/Sydney)`, or `UTC`."""
        short = instant.astimezone(self._local).tzname() or self.zone
        return short if short == self.zone else f"{short} ({self.zone})"

    def sod(self, day: date) -> datetime:
        """Start of day: the first instant, in UTC, whose local date is `day` or later."""
        found = self._midnights.get(day)
        if found is None:
            if len(self._midnights) >= _MOST_CACHED_DAYS:
                self._midnights.clear()
            found = self._midnights[day] = self._find_midnight(min(max(day, FIRST_DAY), LAST_DAY))
        return found

    def _find_midnight(self, day: date) -> datetime:
        midnight = datetime.combine(day, time.min, self._local)
        first = midnight.astimezone(UTC)
        if first.astimezone(self._local).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return first
        # The clocks jumped over this midnight: the day begins at the jump, which lies between the two readings of it.
        low, high = midnight.replace(fold=1).astimezone(UTC), first
        low, high = min(low, high) - timedelta(seconds=1), max(low, high)
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
            if middle.astimezone(self._local).date() >= day:
                high = middle
            else:
                low = middle
        return high

    def eod(self, day: date) -> datetime:
        """End of day, which is the start of the next one."""
        return self.sod(day + _DAY)

    def at(self, day: date, clock: time) -> datetime:
        """The instant of a local time on a day, held inside that day where the clocks skip or repeat the time."""
        instant = datetime.combine(day, clock, self._local).astimezone(UTC)
        return min(max(instant, self.sod(day)), self.eod(day))

    def is_bday(self, day: date) -> bool:
        """Whether the region works on this day: neither its weekend nor a public holiday."""
        ordinal = day.toordinal()
        return self._region.count(ordinal - 1, ordinal) == 1

    def roll(self, day: date) -> date:
        """The day itself when it is a business day, else the next one."""
        return self._region.nth(day.toordinal() - 1, 1)

    def next_bday(self, day: date) -> date:
        """The first business day after this one."""
        return self._region.nth(day.toordinal(), 1)

    def nth_bday(self, day: date, n: int) -> date:
        """The n-th business day after this one; the day itself for n = 0."""
        return self._region.nth(day.toordinal(), n) if n > 0 else day

    def bdays(self, a: date, b: date) -> int:
        """How many business days d there are with a < d <= b; none when b is not after a."""
        low, high = a.toordinal(), b.toordinal()
        return self._region.count(low, high) if high > low else 0


@lru_cache(maxsize=2048)
def calendar(zone: str, region: str) -> Calendar:
    """The calendar of a time zone and a holiday region. Raises ValueError when either is unknown."""
    if not known_zone(zone):
        raise ValueError(f"unknown time zone {zone!r}")
    if not known_region(region):
        raise ValueError(f"unknown holiday region {region!r}")
    return Calendar(zone, region)
