"""Local dates, midnights and business days, in zones whose clocks do odd things at odd times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.rules.calendar import Calendar, calendar, known_region, known_zone
from app.rules.presence import Presence, merged
from tests.rules.histories import REGIONS, TURNS, ZONES

DAY = timedelta(days=1)
HALF_HOUR = timedelta(minutes=30)
MICROSECOND = timedelta(microseconds=1)


def place(zone: str, region: str = "AU-NSW") -> Calendar:
    return calendar(zone, region)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "midnight"),
    [
        ("Australia/Sydney", "2026-03-05", "2026-03-04T13:00"),
        ("Asia/Kolkata", "2026-03-05", "2026-03-04T18:30"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),  # no midnight: the day begins at one
        ("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00"),  # the day before has twenty-five hours
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00"),
        ("Asia/Beirut", "2025-03-30", "2025-03-29T22:00"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),  # a day that never was begins when the next one does
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30"),  # the first of two midnights
        ("America/St_Johns", "2011-03-13", "2011-03-13T03:30"),
        ("Australia/Lord_Howe", "2026-04-06", "2026-04-05T13:30"),
        ("UTC", "2026-03-05", "2026-03-05T00:00"),
    ],
)
def test_a_day_starts_at_the_first_instant_that_shows_its_date_or_a_later_one(zone, day, midnight):
    assert place(zone).sod(date.fromisoformat(day)) == utc(midnight)
    assert place(zone).eod(date.fromisoformat(day) - DAY) == utc(midnight)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("turn", TURNS)
def test_the_local_date_is_the_latest_that_the_clock_has_shown(zone, turn):
    there, local = place(zone), ZoneInfo(zone)
    shown = date.min
    for n in range(-3 * 48, 4 * 48):
        at = turn.replace(minute=0) + n * HALF_HOUR
        shown = max(shown, at.astimezone(local).date(), (at - 29 * timedelta(minutes=1)).astimezone(local).date())
        day = there.day(at)
        assert day == shown
        assert there.sod(day) <= at < there.sod(day + DAY)
        assert there.day(there.sod(day) - MICROSECOND) < day <= there.day(there.sod(day))


def test_the_local_date_of_an_instant_in_another_zones_words_is_the_same():
    at = datetime(2026, 3, 5, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    assert place("Australia/Sydney").day(at) == date(2026, 3, 6)


def test_a_local_time_that_the_clock_skips_stays_inside_its_day():
    sao_paulo = place("America/Sao_Paulo")
    skipped = sao_paulo.at(date(2018, 11, 4), time(0, 30))
    assert sao_paulo.sod(date(2018, 11, 4)) <= skipped < sao_paulo.eod(date(2018, 11, 4))
    apia = place("Pacific/Apia")
    assert apia.at(date(2011, 12, 30), time(12)) == apia.sod(date(2011, 12, 31))
    assert place("Australia/Sydney").at(date(2026, 3, 9), time(12)) == utc("2026-03-09T01:00")
    assert place("Australia/Sydney").clock(utc("2026-03-09T01:30")) == time(12, 30)


@pytest.mark.parametrize("region", REGIONS)
def test_business_days_are_counted_one_by_one(region):
    there = place("UTC", region)
    start = date(2025, 12, 15)
    for length in (0, 1, 2, 5, 9, 30, 100):
        one_by_one = [start + n * DAY for n in range(1, length + 1) if there.is_bday(start + n * DAY)]
        assert there.bdays(start, start + length * DAY) == len(one_by_one)
        for n, day in enumerate(one_by_one, 1):
            assert there.nth_bday(start, n) == day
    assert there.bdays(start, start - DAY) == 0
    assert there.nth_bday(start, 0) == start
    assert there.next_bday(start) == there.nth_bday(start, 1) == there.roll(start + DAY)


def test_each_region_has_its_own_weekend_and_holidays():
    assert not place("UTC", "AU-NSW").is_bday(date(2026, 1, 26))  # Australia Day
    assert place("UTC", "EG").is_bday(date(2023, 4, 30))  # a Sunday
    assert not place("UTC", "EG").is_bday(date(2023, 4, 28))  # a Friday
    assert place("UTC", "CN").is_bday(date(2025, 9, 28))  # a Sunday worked for a long holiday
    assert place("UTC", "AU-NSW").roll(date(2026, 4, 3)) == date(2026, 4, 7)  # over Easter


def test_a_calendar_reaches_far_and_never_fails():
    there = place("Australia/Sydney")
    assert there.nth_bday(date(2190, 1, 1), 10_000) > date(2225, 1, 1)
    assert there.nth_bday(date(2399, 12, 1), 10_000) == date(2399, 12, 31)
    assert there.bdays(date(1950, 1, 1), date(1960, 1, 1)) > 2000
    assert there.bdays(date(1, 1, 1), date(1, 2, 1)) == 0
    assert there.sod(date(9000, 1, 1)) == there.sod(date(2399, 12, 31))


def test_zones_and_regions_are_known_by_their_names():
    assert known_zone("Australia/Sydney")
    assert not known_zone("Sydney")
    assert not known_zone("../etc/passwd")
    assert known_region("AU-NSW")
    assert known_region("MK")
    assert not known_region("AU-XXX")
    assert not known_region("XX")
    assert not known_region("au-nsw")
    with pytest.raises(ValueError, match="unknown time zone"):
        calendar("Mars/Olympus", "AU")
    with pytest.raises(ValueError, match="unknown holiday region"):
        calendar("UTC", "Mars")
    assert calendar("UTC", "MK") is calendar("UTC", "MK")


def test_away_days_are_left_out_whatever_their_order_and_overlaps():
    there = place("Australia/Sydney")
    away = (
        (date(2026, 3, 16), date(2026, 3, 17)),
        (date(2026, 3, 9), date(2026, 3, 11)),
        (date(2026, 3, 10), date(2026, 3, 12)),
        (date(2026, 3, 20), date(2026, 3, 19)),  # ends before it begins
    )
    assert merged(away) == ((date(2026, 3, 9), date(2026, 3, 12)), (date(2026, 3, 16), date(2026, 3, 17)))
    presence = Presence(there, merged(away))
    for start in (date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 17)):
        here = [
            start + n * DAY
            for n in range(1, 40)
            if there.is_bday(start + n * DAY) and not any(a <= start + n * DAY <= b for a, b in away)
        ]
        for n, day in enumerate(here, 1):
            assert presence.nth_bday(start, n) == day
            assert presence.bdays(start, day) == n
            assert presence.bdays(start, day - DAY) == n - 1
