"""Calendars: business days and local midnights of a time zone, a holiday region and exceptions to that region.

Dates outside the years 1900 to 2399 are moved to the nearest limit, so that date arithmetic never fails. The API
refuses such dates.
"""

from __future__ import annotations

import re
import warnings
from array import array
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, compress
from zoneinfo import ZoneInfo, available_timezones

import holidays

from app.rules.calendar_exceptions import Exceptions, merged_exceptions

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2399, 12, 31)

_DAY = timedelta(days=1)
_FIRST, _LAST = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NOT_ZONES = frozenset({"localtime", "Factory"})
_MAX_CACHED_DAYS = 8192


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NOT_ZONES)


def known_zone(name: str) -> bool:
    """Return True for the name of an IANA time zone, such as `Australia/Sydney`."""
    return name in _zones()


@lru_cache(maxsize=1024)
def known_region(code: str) -> bool:
    """Return True if the holiday library supports the region: an ISO 3166 country, or country-subdivision."""
    if not _REGION.fullmatch(code):
        return False
    country, _, subdivision = code.partition("-")
    try:
        # Checked one by one: the library's list of supported regions would load every country.
        found = holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return found.country == country and (not subdivision or subdivision in found.subdivisions)


ENGLISH = "en_US"
"""The holiday library's code for English. Nearly every region has English holiday names beside its own."""


def _holidays_of(region: str, first_year: int, last_year: int, language: str | None = None) -> holidays.HolidayBase:
    """Return the region's holidays in these years, named in `language` or else in the region's own language.

    The own language is passed to the library, which would otherwise read a language from the process environment.
    """
    country, _, subdivision = region.partition("-")
    language = language or holidays.country_holidays(country).default_language
    with warnings.catch_warnings():
        # The library warns about years for which its data are incomplete; incomplete data are acceptable here.
        warnings.simplefilter("ignore")
        return holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=range(first_year, last_year + 1),
            expand=False,
            language=language,
        )


def _named(region: str, first_year: int, last_year: int) -> dict[date, tuple[frozenset[str], ...]]:
    """Return the holidays of the region by date.

    Each holiday is a set of its names in the region's language and in English.
    """
    own = _holidays_of(region, first_year, last_year)
    english = _holidays_of(region, first_year, last_year, ENGLISH)
    return {
        day: tuple(frozenset(names) for names in zip(own.get_list(day), english.get_list(day), strict=True))
        for day in own
    }


@lru_cache(maxsize=256)
def holiday_names(region: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Return the sorted names of the region's holidays in these years, in its own language and in English."""
    return tuple(
        sorted(set().union(*(names for day in _named(region, first_year, last_year).values() for names in day)))
    )


@lru_cache(maxsize=16)
def _dates(first_year: int, last_year: int) -> tuple[date, ...]:
    """Return all dates from the first day of the first year to the last day of the last year.

    The result is cached, so that all regions share the same date objects.
    """
    first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
    return tuple(date.fromordinal(ordinal) for ordinal in range(first, last + 1))


@lru_cache(maxsize=512)
def _region_years(region: str, first_year: int, last_year: int) -> bytes:
    """Return one byte for each day of the years: 1 for a working day of the region, 0 for any other day."""
    calendar = _holidays_of(region, first_year, last_year)
    return bytes(calendar.is_working_day(day) for day in _dates(first_year, last_year))


@lru_cache(maxsize=128)
def _holidays_of_the_week(
    region: str, first_year: int, last_year: int
) -> tuple[tuple[int, tuple[frozenset[str], ...]], ...]:
    """Return the holidays of the region that do not fall on a weekend.

    Each is a pair: the index of the day, counted from the first day of the years, and the names of each holiday.
    """
    calendar, dates = _holidays_of(region, first_year, last_year), _dates(first_year, last_year)
    first = dates[0].toordinal()
    return tuple(
        (day.toordinal() - first, named)
        for day, named in _named(region, first_year, last_year).items()
        if dates[0] <= day <= dates[-1] and not calendar.is_weekend(day)
    )


class _Days:
    """Business days of a region in consecutive whole years, indexed so that a lookup takes constant time."""

    __slots__ = ("days", "first", "last", "upto")

    def __init__(self, region: str, exceptions: Exceptions, first_year: int, last_year: int) -> None:
        dates = _dates(first_year, last_year)
        self.first, self.last = dates[0].toordinal(), dates[-1].toordinal()
        working = bytearray(_region_years(region, first_year, last_year))
        if names := {exception.on for exception in exceptions if isinstance(exception.on, str)}:
            for place, named in _holidays_of_the_week(region, first_year, last_year):
                if not any(names.isdisjoint(holiday) for holiday in named):
                    working[place] = True
        for on, works in exceptions:
            if isinstance(on, date) and dates[0] <= on <= dates[-1]:
                working[on.toordinal() - self.first] = works
        self.days = list(compress(dates, working))
        self.upto = array("i", accumulate(working))
        """The number of business days up to and including each day of these years."""


class _Region:
    """Business days of one region with exceptions. Years are computed on demand, in whole decades."""

    __slots__ = ("code", "exceptions", "known")

    def __init__(self, code: str, exceptions: Exceptions) -> None:
        self.code, self.exceptions = code, exceptions
        self.known = _Days(code, exceptions, 2020, 2029)

    def reaching(self, low: int, high: int) -> _Days:
        """Extend the computed years so that they include the days `low` and `high`, given as date ordinals.

        Return the business days of these years. A new object replaces the old, so that other threads never see a part.
        """
        known = self.known
        first = date.fromordinal(min(max(low, _FIRST), known.first)).year // 10 * 10
        last = date.fromordinal(max(min(high, _LAST), known.last)).year // 10 * 10 + 9
        self.known = known = _Days(self.code, self.exceptions, first, last)
        return known

    def count(self, low: int, high: int) -> int:
        """Return the number of business days d with low < d <= high. Days are date ordinals, and low <= high."""
        known = self.known
        if low < known.first or high > known.last:
            low, high = min(max(low, _FIRST), _LAST), max(min(high, _LAST), _FIRST)
            known = self.reaching(low, high)
        return known.upto[high - known.first] - known.upto[low - known.first]

    def nth(self, ordinal: int, n: int) -> date:
        """Return the n-th business day after the day with this date ordinal, for n >= 1."""
        known = self.known
        while True:
            if known.first <= ordinal <= known.last:
                index = known.upto[ordinal - known.first] + n - 1
                if index < len(known.days):
                    return known.days[index]
                if known.last >= _LAST:
                    return LAST_DAY
            ordinal = min(max(ordinal, _FIRST), _LAST)
            known = self.reaching(ordinal, min(max(ordinal, known.last) + 2 * n, _LAST))


@lru_cache(maxsize=1024)
def _region(code: str, exceptions: Exceptions) -> _Region:
    return _Region(code, exceptions)


@lru_cache(maxsize=1024)
def _clock(zone: str) -> tuple[ZoneInfo, dict[date, datetime], dict[int, tuple[date, datetime, date]]]:
    """Return the time zone with two caches that all calendars of the zone share.

    The first maps a date to the instant of its local midnight. The second maps the ordinal of a UTC day to local dates.
    """
    return ZoneInfo(zone), {}, {}


class Calendar:
    """A calendar of one time zone and one holiday region with exceptions.

    It converts instants to local dates and back, and counts business days. Get an instance from `calendar`: equal
    arguments return the same instance.
    """

    __slots__ = ("_local", "_midnights", "_region", "_utc_days", "exceptions", "region", "zone")

    def __init__(self, zone: str, region: str, exceptions: Exceptions) -> None:
        self.zone, self.region, self.exceptions = zone, region, exceptions
        self._local, self._midnights, self._utc_days = _clock(zone)
        self._region = _region(region, exceptions)

    def __repr__(self) -> str:
        exceptions = f", {self.exceptions!r}" if self.exceptions else ""
        return f"calendar({self.zone!r}, {self.region!r}{exceptions})"

    def __reduce__(self) -> tuple[object, tuple[str, str, Exceptions]]:
        return calendar, (self.zone, self.region, self.exceptions)

    def day(self, instant: datetime) -> date:
        """Return the local date of an instant: the date d with sod(d) <= instant < sod(d + 1).

        Later instants never have an earlier date, even where the clocks are set back across midnight.
        """
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
        try:
            early, midnight, late = self._utc_days[instant.toordinal()]
        except KeyError:
            return self._look_up_day(instant)
        return late if instant >= midnight else early

    def _look_up_day(self, instant: datetime) -> date:
        """Return the local date of an instant whose UTC day is not cached, and cache that UTC day.

        A UTC day that contains two local midnights is not cached.
        """
        ordinal = instant.toordinal()
        start = datetime.combine(instant.date(), time.min, UTC)
        early = self._day_from_clock(start)
        late = self._day_from_clock(start + _DAY - timedelta(microseconds=1))
        midnight = start if late == early else self.sod(late)
        if late == early or self.sod(early + _DAY) == midnight:
            if len(self._utc_days) >= _MAX_CACHED_DAYS:
                self._utc_days.clear()
            self._utc_days[ordinal] = early, midnight, late
        return self._day_from_clock(instant)

    def _day_from_clock(self, instant: datetime) -> date:
        day = instant.astimezone(self._local).date()
        while day < LAST_DAY and self.sod(day + _DAY) <= instant:
            day += _DAY
        return day

    def clock(self, instant: datetime) -> time:
        """Return the local time of day at an instant."""
        return instant.astimezone(self._local).time()

    def zone_at(self, instant: datetime) -> str:
        """Return the time zone at an instant as people write it after a time: `AEDT (Australia/Sydney)`, or `UTC`."""
        short = instant.astimezone(self._local).tzname() or self.zone
        return short if short == self.zone else f"{short} ({self.zone})"

    def sod(self, day: date) -> datetime:
        """Return the start of a local day: the first instant, in UTC, whose local date is `day` or later."""
        found = self._midnights.get(day)
        if found is None:
            if len(self._midnights) >= _MAX_CACHED_DAYS:
                self._midnights.clear()
            found = self._midnights[day] = self._find_midnight(min(max(day, FIRST_DAY), LAST_DAY))
        return found

    def _find_midnight(self, day: date) -> datetime:
        midnight = datetime.combine(day, time.min, self._local)
        first = midnight.astimezone(UTC)
        if first.astimezone(self._local).replace(tzinfo=None) == midnight.replace(tzinfo=None):
            return first
        # The clocks skip this midnight: the day begins at the jump, which lies between the two readings of it.
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
        """Return the end of a local day in UTC, which is the start of the next day."""
        return self.sod(day + _DAY)

    def at(self, day: date, clock: time) -> datetime:
        """Return the instant, in UTC, at which a local day has this time of day.

        A time that the clocks skip or repeat stays inside that day.
        """
        instant = datetime.combine(day, clock, self._local).astimezone(UTC)
        return min(max(instant, self.sod(day)), self.eod(day))

    def is_bday(self, day: date) -> bool:
        """Return True for a business day: no weekend and no public holiday of the region, exceptions applied."""
        ordinal = day.toordinal()
        return self._region.count(ordinal - 1, ordinal) == 1

    def roll(self, day: date) -> date:
        """Return the day itself if it is a business day, else the next business day."""
        return self._region.nth(day.toordinal() - 1, 1)

    def next_bday(self, day: date) -> date:
        """Return the first business day after `day`."""
        return self._region.nth(day.toordinal(), 1)

    def nth_bday(self, day: date, n: int) -> date:
        """Return the n-th business day after `day`, or `day` itself for n = 0."""
        return self._region.nth(day.toordinal(), n) if n > 0 else day

    def bdays(self, a: date, b: date) -> int:
        """Return the number of business days d with a < d <= b, or 0 if b is not after a."""
        low, high = a.toordinal(), b.toordinal()
        return self._region.count(low, high) if high > low else 0


@lru_cache(maxsize=4096)
def calendar(zone: str, region: str, exceptions: Exceptions = ()) -> Calendar:
    """Return the calendar of a time zone and a holiday region. `exceptions` can be in any order.

    Raises ValueError for an unknown zone or region. An exception with a holiday name that the region lacks has no
    effect.
    """
    if not known_zone(zone):
        raise ValueError(f"unknown time zone {zone!r}")
    if not known_region(region):
        raise ValueError(f"unknown holiday region {region!r}")
    return _calendar(zone, region, merged_exceptions(exceptions))


@lru_cache(maxsize=4096)
def _calendar(zone: str, region: str, exceptions: Exceptions) -> Calendar:
    return Calendar(zone, region, exceptions)


def party_calendar(agency: Calendar, zone: str | None, region: str | None, exceptions: Exceptions = ()) -> Calendar:
    """Return the calendar of a candidate or an organisation.

    A missing zone or region is taken from the agency's calendar. The agency's exceptions apply only if its holiday
    region applies. The exceptions of the candidate or organisation override them.
    """
    inherited = () if region else agency.exceptions
    merged = merged_exceptions(inherited, exceptions) if inherited and exceptions else inherited or exceptions
    return calendar(zone or agency.zone, region or agency.region, merged)
