"""Dates in cells, written by spreadsheet programs or by hand. Ambiguous dates are refused."""

import re
from datetime import date
from typing import Literal

DateOrder = Literal["iso", "dmy", "mdy"]

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAME = r"[a-z]{3,9}"
_YEAR = r"(?P<year>\d{4}|'?\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_FORMS = [
    re.compile(rf"(?:(?P<weekday>{_NAME})\.?[ ,]+)?{form}", re.ASCII | re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})(?P<by>[-/. ])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
        rf"(?P<first>\d{{1,2}})(?P<by>[-/. ])(?P<second>\d{{1,2}})(?P=by){_YEAR}(?!\d)",
        rf"(?P<day>\d{{1,2}}){_ORDINAL}[-/. ]*(?:of +)?(?P<name>{_NAME})\.?[-/ ,]*{_YEAR}(?!\d)",
        rf"(?P<name>{_NAME})\.?[-/ ]*(?P<day>\d{{1,2}}){_ORDINAL}[-/ ,]+(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[-/ ](?P<name>{_NAME})[-/ ](?P<day>\d{{1,2}})",
    )
]
_BREAK = re.compile(r"t(?=\d)|[ ,]+(?:at +)?", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}([.,]\d+)?", re.ASCII)
_HINT = "pass dates=dmy (day first) or dates=mdy (month first)."


class UnreadableTime(ValueError):
    """A cell's text that is not exactly one date or time.

    `code` is `ambiguous` if the text could mean several times, else `invalid`. `detail` is a sentence for the user.
    """

    def __init__(self, detail: str, code: Literal["ambiguous", "invalid"] = "invalid") -> None:
        super().__init__(detail)
        self.detail, self.code = detail, code


def split_date(text: str, order: DateOrder) -> tuple[date, str]:
    """Return the date at the start of the text, and the rest of the text. Raises UnreadableTime.

    Dates in digits with the year last, such as 03/04/2026, are read in `order`. With `iso`, they are read only if day
    and month cannot be confused.
    """
    for form in _FORMS:
        found = form.match(text)
        if found is None:
            continue
        rest = text[found.end() :]
        gap = _BREAK.match(rest)
        if rest and gap is None:
            continue
        return _day(found, order), rest[gap.end() :] if gap else ""
    if _SERIAL.fullmatch(text):
        raise UnreadableTime(
            "This is a spreadsheet's count of days. Give the column a date format and save the file again."
        )
    raise _no_date()


def _no_date() -> UnreadableTime:
    return UnreadableTime("This date cannot be read. Write it as 2026-03-05, with a time as 2026-03-05 09:00.")


def _day(found: re.Match[str], order: DateOrder) -> date:
    parts = found.groupdict()
    weekday, text = (parts["weekday"] or "").lower(), found.group().strip()
    if not any(name.startswith(weekday) for name in _WEEKDAYS):
        raise _no_date()
    if "first" in parts:
        day = _of_numbers(int(parts["first"]), int(parts["second"]), parts["year"], order, text)
    else:
        month = _month(parts["name"]) if "name" in parts else int(parts["month"])
        day = _unambiguous(_year(parts["year"]), [(month, int(parts["day"]))], text)
    if not _WEEKDAYS[day.weekday()].startswith(weekday):
        raise UnreadableTime(f"“{text}” is a {_WEEKDAYS[day.weekday()].capitalize()}.")
    return day


def _of_numbers(first: int, second: int, year: str, order: DateOrder, text: str) -> date:
    """Return the date of three numbers of which the year is the last. Raises UnreadableTime."""
    if order == "iso":
        if len(year) != 4:
            raise UnreadableTime(f"“{text}” can mean several days; {_HINT}", "ambiguous")
        return _unambiguous(int(year), [(first, second), (second, first)], text)
    found = _valid(_year(year), *((second, first) if order == "dmy" else (first, second)))
    if found is None:
        other = "mdy" if order == "dmy" else "dmy"
        raise UnreadableTime(
            f"“{text}” is no day where dates={order}; if the file has the other order, pass dates={other}."
        )
    return found


def _unambiguous(year: int, readings: list[tuple[int, int]], text: str) -> date:
    """Return the only date that the readings can mean, each a pair of month and day.

    Raises UnreadableTime for none or two.
    """
    days = sorted({found for month, day in readings if (found := _valid(year, month, day))})
    if not days:
        raise UnreadableTime(f"“{text}” is no day of the calendar.")
    if len(days) > 1:
        one, other = (f"{found.day} {_MONTHS[found.month - 1].capitalize()}" for found in days)
        raise UnreadableTime(f"“{text}” can be {one} or {other}; {_HINT}", "ambiguous")
    return days[0]


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    """Return a year as a number. A year of two digits is in this century."""
    digits = text.lstrip("'")
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _month(name: str) -> int:
    for number, month in enumerate(_MONTHS, 1):
        if month.startswith(name.lower()) or (number == 9 and name.lower() == "sept"):
            return number
    raise UnreadableTime("The month in this cell cannot be read. Write it in English or as a number: 2026-03-05.")
