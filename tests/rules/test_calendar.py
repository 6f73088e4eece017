"""Local dates, midnights and business days, in zones whose clocks do odd things at odd times."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.rules.availability import Availability, merged
from app.rules.calendar import Calendar, calendar, holiday_names, known_region, known_zone, party_calendar
from app.rules.calendar_exceptions import (
    CalendarException,
    exceptions_from,
    exceptions_from_json,
    merged_exceptions,
    read_exceptions,
    written_exceptions,
)
from app.rules.finding_collector import calendar_fields as detail_of
from app.rules.wording import DetailReader
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
    availability = Availability(there, merged(away))
    for start in (date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 17)):
        here = [
            start + n * DAY
            for n in range(1, 40)
            if there.is_bday(start + n * DAY) and not any(a <= start + n * DAY <= b for a, b in away)
        ]
        for n, day in enumerate(here, 1):
            assert availability.nth_bday(start, n) == day
            assert availability.bdays(start, day) == n
            assert availability.bdays(start, day - DAY) == n - 1


CLOSED: Any = {"date": "2026-12-29", "working": False}
OPEN: Any = {"date": "2026-03-07", "working": True}


def works_on(name: str) -> dict[str, Any]:
    return {"name": name, "working": True}


def with_exceptions(region: str, *items: dict[str, Any]) -> Calendar:
    return calendar("UTC", region, exceptions_from(items))


def business_days(there: Calendar, first: date, last: date) -> set[date]:
    return {first + n * DAY for n in range((last - first).days + 1) if there.is_bday(first + n * DAY)}


def test_a_date_closes_an_office_and_opens_one_on_a_weekend():
    plain, there = calendar("UTC", "AU-NSW"), with_exceptions("AU-NSW", CLOSED, OPEN)
    year = date(2026, 1, 1), date(2026, 12, 31)
    assert business_days(plain, *year) ^ business_days(there, *year) == {date(2026, 12, 29), date(2026, 3, 7)}
    assert date(2026, 12, 29) in business_days(plain, *year), "the region stays as it is"
    assert there.next_bday(date(2026, 3, 6)) == there.roll(date(2026, 3, 7)) == date(2026, 3, 7)
    assert there.bdays(date(2026, 12, 28), date(2026, 12, 31)) == 2


@pytest.mark.parametrize("region", REGIONS)
def test_business_days_with_exceptions_are_counted_one_by_one(region):
    start = date(2025, 12, 15)
    dates: list[Any] = [{"date": str(start + n * DAY), "working": n % 2 == 0} for n in range(0, 60, 7)]
    there = with_exceptions(region, *dates, *map(works_on, holiday_names(region, 2025, 2026)[:4]))
    for length in (0, 1, 2, 5, 9, 30, 100):
        one_by_one = [start + n * DAY for n in range(1, length + 1) if there.is_bday(start + n * DAY)]
        assert there.bdays(start, start + length * DAY) == len(one_by_one)
        for n, day in enumerate(one_by_one, 1):
            assert there.nth_bday(start, n) == day
    for one in dates:
        assert there.is_bday(date.fromisoformat(one["date"])) is one["working"]


def test_a_named_holiday_is_an_ordinary_day_of_its_week_in_every_year():
    there = with_exceptions("US-NY", works_on("Columbus Day"), works_on("Independence Day"))
    assert not calendar("UTC", "US-NY").is_bday(date(2026, 10, 12))
    for monday in (date(2026, 10, 12), date(2027, 10, 11), date(1999, 10, 11), date(2051, 10, 9)):
        assert there.is_bday(monday)
    assert not there.is_bday(date(2026, 7, 4)), "a Saturday stays one"
    assert not there.is_bday(date(2026, 7, 3)), "the day instead of it has a name of its own"
    assert there.is_bday(date(2028, 7, 4))


def test_a_day_with_several_holidays_is_ordinary_only_if_all_are_named():
    both = date(2027, 2, 15)  # Susan B. Anthony Day; Washington's Birthday
    one, other = works_on("Susan B. Anthony Day"), works_on("Washington's Birthday")
    assert not with_exceptions("US-NY", one).is_bday(both)
    assert not with_exceptions("US-NY", other).is_bday(both)
    assert with_exceptions("US-NY", other, one).is_bday(both)
    assert with_exceptions("US-NY", other).is_bday(date(2026, 2, 16)), "in this year it is alone"
    assert {"Susan B. Anthony Day", "Washington's Birthday"} <= set(holiday_names("US-NY", 2027, 2027))


def test_a_date_decides_before_a_name():
    closed = {"date": "2026-10-12", "working": False}
    assert not with_exceptions("US-NY", works_on("Columbus Day"), closed).is_bday(date(2026, 10, 12))
    assert with_exceptions("US-NY", works_on("Columbus Day"), closed).is_bday(date(2027, 10, 11))


def test_a_worked_weekend_of_the_region_stays_one_beside_a_named_holiday():
    there = with_exceptions("CN", *map(works_on, holiday_names("CN", 2025, 2025)))
    assert there.is_bday(date(2025, 9, 28)), "a Sunday worked for a long holiday"
    assert there.is_bday(date(2025, 10, 1))
    assert not there.is_bday(date(2025, 10, 4)), "a Saturday in that holiday"


def test_exceptions_hold_far_away_and_one_outside_the_calendar_harms_nothing():
    far = exceptions_from([{"date": "2150-06-03", "working": False}, {"date": "9999-12-31", "working": True}])
    there = calendar("UTC", "AU-NSW", far)
    assert not there.is_bday(date(2150, 6, 3))
    assert there.is_bday(date(2150, 6, 4))
    assert there.nth_bday(date(2399, 12, 1), 10_000) == date(2399, 12, 31)


def test_equal_exceptions_give_the_same_calendar_in_any_order():
    one, other = exceptions_from([CLOSED, OPEN]), exceptions_from([OPEN, CLOSED])
    assert calendar("UTC", "AU-NSW", one) is calendar("UTC", "AU-NSW", other) is calendar("UTC", "AU-NSW", one[::-1])
    assert calendar("UTC", "AU-NSW") is calendar("UTC", "AU-NSW", ()) is not calendar("UTC", "AU-NSW", one)
    there = calendar("UTC", "AU-NSW", one)
    assert pickle.loads(pickle.dumps(there)) is there


def test_exceptions_come_back_from_every_form_they_are_written_in():
    items = [works_on("Columbus Day"), CLOSED, OPEN, works_on("\u00a7 1-2")]
    exceptions = exceptions_from(items)
    assert exceptions_from_json(json.dumps(items)) == exceptions
    assert written_exceptions(exceptions) == ("+2026-03-07", "-2026-12-29", "+Columbus Day", "+\u00a7 1-2")
    assert read_exceptions(written_exceptions(exceptions)) == exceptions


def test_the_agencys_exceptions_go_with_its_region_and_the_partys_own_come_on_top():
    agency = calendar("UTC", "AU-NSW", exceptions_from([{"date": "2026-12-29", "working": False}, OPEN]))
    assert party_calendar(agency, None, None) is agency
    assert party_calendar(agency, "Asia/Tokyo", None).exceptions == agency.exceptions, "a zone alone takes them along"
    assert party_calendar(agency, None, "AU-NSW").exceptions == (), "a region of its own does not, even the same"
    own = exceptions_from([{"date": "2026-12-29", "working": True}, works_on("Good Friday")])
    client = party_calendar(agency, None, None, own)
    assert client.is_bday(date(2026, 12, 29)), "the organisation's date decides before the agency's"
    assert client.is_bday(date(2026, 3, 7))
    assert client.is_bday(date(2026, 4, 3))
    assert not agency.is_bday(date(2026, 4, 3))
    assert party_calendar(agency, None, "AU-VIC", own) is calendar("UTC", "AU-VIC", own)
    closed = exceptions_from([{"date": "2026-04-03", "working": False}])
    named = calendar("UTC", "AU-NSW", exceptions_from([works_on("Good Friday")]))
    assert not party_calendar(named, None, None, closed).is_bday(date(2026, 4, 3)), "a date before a name"
    dated = calendar("UTC", "AU-NSW", closed)
    assert not party_calendar(dated, None, None, exceptions_from([works_on("Good Friday")])).is_bday(date(2026, 4, 3))


def test_a_later_list_decides():
    closed, opened = (exceptions_from([{"date": "2026-12-28", "working": works}]) for works in (False, True))
    assert merged_exceptions(closed, opened) == opened
    assert merged_exceptions(opened, closed) == closed


def test_the_names_of_a_region_are_single_and_in_order():
    names = holiday_names("US-NY", 2025, 2031)
    assert "Columbus Day" in names
    assert list(names) == sorted(set(names))
    assert not [name for name in names if ";" in name]


def test_a_detail_is_read_with_the_exceptions_it_was_written_with():
    closed = calendar(
        "UTC", "AU-NSW", exceptions_from([{"date": f"2026-03-0{day}", "working": False} for day in (5, 6)])
    )
    detail = json.loads(json.dumps(detail_of(closed)))
    assert DetailReader(detail, utc("2026-03-09T12:00")).calendar is closed
    assert DetailReader(detail, utc("2026-03-09T12:00")).business_days(date(2026, 3, 4)) == "1 business day"
    plain = detail_of(calendar("UTC", "AU-NSW"))
    assert plain == {"zone": "UTC", "region": "AU-NSW"}, "where there are none, nothing is kept"
    assert DetailReader(plain, utc("2026-03-09T12:00")).business_days(date(2026, 3, 4)) == "3 business days"


@pytest.mark.parametrize("language", ["", "en_US", "de_DE.UTF-8", "C.UTF-8"])
def test_a_holiday_has_its_own_name_and_an_english_one_whatever_the_process_speaks(
    monkeypatch: pytest.MonkeyPatch, language: str
):
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(variable, language)
    holiday_names.cache_clear()
    names = holiday_names("DE-BY", 2026, 2026)
    assert {"Neujahr", "New Year's Day", "Karfreitag", "Good Friday"} <= set(names)
    for name in ("Karfreitag", "Good Friday"):
        works = calendar("Europe/Berlin", "DE-BY", (CalendarException(name, working=True),))
        assert works.is_bday(date(2026, 4, 3)), name
        assert not works.is_bday(date(2026, 1, 1)), name
