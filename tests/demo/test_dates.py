"""Relative dates count the days on which both the agency and the client work."""

from datetime import UTC, date, datetime

import pytest

from app.demo.dates import RelativeDates
from app.rules.calendar import calendar

SYDNEY, TOKYO = calendar("Australia/Sydney", "AU-NSW"), calendar("Asia/Tokyo", "JP")
WEDNESDAY_NOON = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "instant"),
    [
        ("-3 10:15", datetime(2026, 11, 12, 23, 15, tzinfo=UTC)),
        ("+2 09:00", datetime(2026, 11, 19, 22, 0, tzinfo=UTC)),
        ("-3d 18:45", datetime(2026, 11, 15, 7, 45, tzinfo=UTC)),
        ("-45m", datetime(2026, 11, 18, 0, 15, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_recruiters_say_it(when: str, instant: datetime):
    assert RelativeDates(WEDNESDAY_NOON, SYDNEY).at(when) == instant


def test_before_the_office_opens_minutes_count_from_last_evening():
    monday_at_six = datetime(2026, 11, 15, 19, 0, tzinfo=UTC)
    assert RelativeDates(monday_at_six, SYDNEY).at("-60m") == datetime(2026, 11, 13, 6, 0, tzinfo=UTC)


def test_a_holiday_of_the_client_is_no_day_for_an_interview():
    dates = RelativeDates(datetime(2026, 11, 25, 1, 0, tzinfo=UTC), SYDNEY)
    assert dates.day(-2) == date(2026, 11, 23)
    assert dates.also_in(TOKYO).day(-2) == date(2026, 11, 20)


def test_what_is_no_time_is_refused():
    with pytest.raises(ValueError, match="tomorrow"):
        RelativeDates(WEDNESDAY_NOON, SYDNEY).at("tomorrow")
