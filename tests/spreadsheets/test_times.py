"""Times in cells, without a database: the forms of spreadsheets are read, and ambiguous ones are refused."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spreadsheets.cells import PERIODS
from app.spreadsheets.dates import UnreadableTime
from app.spreadsheets.times import TimeFormat, read_day, read_instant

SYDNEY = ZoneInfo("Australia/Sydney")


def instant(text, dates="iso", zone=SYDNEY):
    return read_instant(text, TimeFormat(zone, dates)).isoformat()


def refusal(text, dates="iso", read=read_instant):
    with pytest.raises(UnreadableTime) as caught:
        read(text, TimeFormat(SYDNEY, dates))
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-13 09:05", "2026-03-13T09:05", "2026-03-13 9:05", "2026-03-13 09:05:00", "2026/03/13 09:05",
        "2026-03-13 9:05 AM", "2026-03-13 09:05am", "2026-03-13 9:05 a.m.", "20260313T090500", "2026-03-13 09.05",
        "13/03/2026 09:05", "13.03.2026 09:05", "13.3.2026, 9:05", "03/13/2026 9:05 AM", "13-03-2026 09:05:00",
        "13 Mar 2026 09:05", "13-Mar-26 09:05", "13-Mar-2026 9:05", "13 March 2026 at 9:05", "March 13, 2026 9:05 AM",
        "Fri 13 Mar 2026 09:05", "Friday, 13 March 2026, 9:05", "13th March 2026 09:05", "2026-Mar-13 09:05",
        "2026-03-13T09:05:00.000", "3/13/2026, 9:05:00\u202fAM", "\u200e13/\u200e03/\u200e2026\u200e 9:05",
        "2026-03-13T09:05:00+11:00", "2026-03-12T22:05:00Z", "2026-03-12 22:05 UTC", "2026-03-13 09:05 +1100",
        "Fri, 13 Mar 2026 09:05:00 +1100", "2026-03-13T09:05+11",
    ],
)  # fmt: skip
def test_the_forms_of_spreadsheets_and_of_mail_are_read(text):
    """Among them the blank of ICU 72 before AM (date-fns/date-fns#3348) and the marks of .NET and older browsers."""
    assert read_instant(text, TimeFormat(SYDNEY)).astimezone(SYDNEY).isoformat() == "2026-03-13T09:05:00+11:00"


def test_numbers_are_read_in_the_order_that_is_passed():
    """dannymcc/may#250: `12/01/2026` of a US file was read as 12 January, and `12/31/2026` beside it correctly."""
    assert instant("12/01/2026 10:00", "mdy") == "2026-12-01T10:00:00+11:00"
    assert instant("12/01/2026 10:00", "dmy") == "2026-01-12T10:00:00+11:00"
    assert instant("12/01/26 10:00", "dmy") == "2026-01-12T10:00:00+11:00"
    assert instant("2026-01-12 10:00", "mdy") == "2026-01-12T10:00:00+11:00"


@pytest.mark.parametrize("text", ["03/04/2026 10:00", "3.4.2026 10:00", "03-04-2026 10:00", "03/04/26 10:00",
                                  "13/04/26 10:00"])  # fmt: skip
def test_what_can_be_two_days_is_refused_with_what_to_pass(text):
    """BEXIS2/Core#22: from the 13th of a month on, day and month were swapped."""
    refused = refusal(text)
    assert refused.code == "ambiguous"
    assert "dates=dmy" in refused.detail
    assert "dates=mdy" in refused.detail


def test_the_two_days_are_named():
    assert "can be 4 March or 3 April" in refusal("03/04/2026 10:00").detail
    assert instant("05/05/2026 10:00") == "2026-05-05T10:00:00+10:00"


def test_a_day_that_the_order_does_not_have_names_the_other_order():
    """moneymanagerex/moneymanagerex#4317: with the wrong order some rows were rejected and others read wrongly."""
    assert "pass dates=dmy" in refusal("13/03/2026 10:00", "mdy").detail
    assert "pass dates=mdy" in refusal("03/13/2026 10:00", "dmy").detail


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("2026-03-13", "names a day and no time"),
        ("13/03/2026", "2026-03-13 09:00"),
        ("09:05", "date cannot be read"),
        ("yesterday", "date cannot be read"),
        ("46086.375", "count of days"),
        ("46086,375", "count of days"),
        ("2026-02-30 09:00", "no day of the calendar"),
        ("31/04/2026 09:00", "no day of the calendar"),
        ("2026-03-13 24:00", "no time of a day"),
        ("2026-03-13 9:60", "no time of a day"),
        ("2026-03-13 13:00 PM", "an hour of 13 beside PM"),
        ("2026-03-13 0:30 AM", "an hour of 0 beside AM"),
        ("2026-03-13 9", "cannot be read"),
        ("2026-03-13 09:05 AEDT", "an offset"),
        ("2026-03-13 09:05 +25:00", "no zone has"),
        ("Thu 13 Mar 2026 09:05", "is a Friday"),
        ("Kim 13 Mar 2026 09:05", "date cannot be read"),
        ("13 März 2026 09:05", "date cannot be read"),
        ("13 Foo 2026 09:05", "month"),
        ("", "date cannot be read"),
    ],
)
def test_what_is_no_instant_is_refused_in_words(text, word):
    refused = refusal(text)
    assert word in refused.detail
    assert refused.code == "invalid"


def test_noon_and_midnight_are_those_of_the_clock():
    assert instant("2026-03-13 12:05 AM")[11:16] == "00:05"
    assert instant("2026-03-13 12:05 PM")[11:16] == "12:05"
    assert instant("2026-03-13 00:00")[11:16] == "00:00"


def test_a_time_that_the_clocks_skip_is_refused():
    refused = refusal("2026-10-04 02:30")
    assert (refused.code, "does not exist in Australia/Sydney" in refused.detail) == ("invalid", True)
    assert instant("2026-10-04 03:00") == "2026-10-04T03:00:00+11:00"


def test_a_time_that_comes_twice_is_refused_with_its_two_offsets():
    refused = refusal("2026-04-05 02:30")
    assert refused.code == "ambiguous"
    assert "2026-04-05T02:30:00+11:00 or 2026-04-05T02:30:00+10:00" in refused.detail
    assert instant("2026-04-05 02:30 +10:00") == "2026-04-05T02:30:00+10:00"
    assert instant("2026-04-05 03:00") == "2026-04-05T03:00:00+10:00"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)), st.sampled_from(["iso", "dmy", "mdy"]))  # noqa: DTZ001
def test_what_is_read_is_what_was_written_or_refused(moment, dates):
    forms = {"dmy": "%d/%m/", "mdy": "%m/%d/", "iso": "%d/%m/"}
    text = f"{moment.strftime(forms[dates])}{moment.year:04} {moment:%H:%M:%S}"
    times = TimeFormat(ZoneInfo("UTC"), dates)
    if dates == "iso" and moment.day <= 12 and moment.day != moment.month:
        with pytest.raises(UnreadableTime, match="pass dates=dmy"):
            read_instant(text, times)
    else:
        assert read_instant(text, times).replace(tzinfo=None) == moment.replace(microsecond=0)


def test_a_day_may_carry_midnight_and_no_other_time():
    assert {read_day(text, TimeFormat(SYDNEY)) for text in (
        "2026-03-13", "13/03/2026", "2026-03-13 00:00:00", "13/03/2026 0:00", "13 Mar 2026 12:00 AM",
    )} == {date(2026, 3, 13)}  # fmt: skip
    assert "only the day" in refusal("2026-03-13 09:00", read=read_day).detail
    assert "Kim" not in refusal("2026-03-13 Kim is ill", read=read_day).detail


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-21/2027-01-14", "2026-12-21 / 2027-01-14", "2026-12-21 to 2027-01-14", "21/12/2026/14/01/2027",
        "21/12/2026 - 14/01/2027", "21.12.2026–14.01.2027", "21 Dec 2026 until 14 Jan 2027",
    ],
)  # fmt: skip
def test_an_absence_has_a_first_and_a_last_day(text):
    times = TimeFormat(SYDNEY, "dmy")
    assert PERIODS.read(f"{text}; 01/02/2027", times) == [
        {"from": "2026-12-21", "to": "2027-01-14"}, {"from": "2027-02-01", "to": "2027-02-01"},
    ]  # fmt: skip
    with pytest.raises(UnreadableTime, match="dates=dmy"):
        PERIODS.read(f"{text}; 01/02/2027", TimeFormat(SYDNEY))


@pytest.mark.parametrize("text", ["30/12/1899 09:05", "1066-10-14 09:05", "0001-01-01 00:00", "2200-01-01 00:00"])
def test_a_year_that_no_instant_may_have_is_named_in_the_refusal(text):
    """Excel's time without a date is of 1899. Local mean time has seconds in its offset, which was refused."""
    assert "must lie between 1970 and 2199" in refusal(text).detail
