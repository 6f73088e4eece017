"""Times in cells: instants and days, read in the time zone and the order of dates of their file."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from app.kit.field_types import EARLIEST, LATEST
from app.spreadsheets.dates import DateOrder, UnreadableTime, split_date

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<zone>z|(?:utc|gmt)?(?P<offset>[+-]\d\d(?::?\d\d)?)|utc|gmt))?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d\d)(\d\d)(\d\d)?(?=z|[+-]\d|$)", re.ASCII | re.IGNORECASE)
_MIDNIGHT = re.compile(r"0?0[:.]00(?:[:.]00(?:[.,]0+)?)?|12:00(?::00)? ?a\.?m\.?", re.IGNORECASE)
_MAX_OFFSET = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """The format of a file's times: the zone of times without an offset, and the order of numbers in dates."""

    zone: ZoneInfo
    dates: DateOrder = "iso"


def read_day(text: str, times: TimeFormat) -> date:
    """Return the day that a cell's text names. A time of 00:00 after the day is ignored. Raises UnreadableTime."""
    day, rest = split_date(_plain(text), times.dates)
    if rest and not _MIDNIGHT.fullmatch(rest):
        raise UnreadableTime(f"The cell holds more than a day. Write only the day, such as {day}.")
    return day


def read_instant(text: str, times: TimeFormat) -> datetime:
    """Return the instant that a cell's text names. Raises UnreadableTime.

    The `tzinfo` of the instant is the file's zone, or a fixed offset if the text has its own offset.
    """
    plain = _plain(text)
    day, rest = split_date(plain, times.dates)
    if not EARLIEST <= day <= LATEST:  # local mean time has seconds in its offset, which RFC 3339 does not allow
        raise UnreadableTime(f"“{plain}” must lie between {EARLIEST.year} and {LATEST.year}.")
    if not rest:
        raise UnreadableTime(f"“{plain}” names a day and no time; write both, such as {day} 09:00.")
    if compact := _COMPACT.match(rest):
        rest = ":".join(filter(None, compact.groups())) + rest[compact.end() :]
    found = _TIME.fullmatch(rest)
    if found is None or (found["minute"] is None and found["half"] is None):
        raise UnreadableTime(
            f"The time in this cell cannot be read. Write it as {day} 09:00, {day} 9:00 AM, or with an offset as "
            f"{day}T09:00:00+11:00."
        )
    local = _local(day, found, plain)
    return _in_zone(local, times.zone) if found["zone"] is None else local.replace(tzinfo=_offset(found, plain))


def _plain(text: str) -> str:
    """Return the text with plain blanks and without invisible characters.

    ICU 72 writes U+202F before AM, and other programs write direction marks.
    """
    return re.sub(r"\s+", " ", re.sub(r"[\u200b-\u200f\u2060\ufeff]", "", text)).strip()


def _local(day: date, found: re.Match[str], text: str) -> datetime:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise UnreadableTime(f"“{text}” has an hour of {hour} beside {half.upper()}M.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    second, fraction = int(found["second"] or 0), int((found["fraction"] or "").ljust(6, "0")[:6])
    try:
        # The caller adds the time zone.
        return datetime(day.year, day.month, day.day, hour, int(found["minute"] or 0), second, fraction)  # noqa: DTZ001
    except ValueError:
        raise UnreadableTime(f"“{text}” is no time of a day.") from None


def _offset(found: re.Match[str], text: str) -> timezone:
    if found["offset"] is None:
        return UTC
    sign, digits = found["offset"][0], found["offset"][1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if away > _MAX_OFFSET or int(digits[2:] or 0) > 59:
        raise UnreadableTime(f"“{text}” has an offset that no zone has.")
    return timezone(away if sign == "+" else -away)


def _in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time as an instant in the zone. Raises UnreadableTime if the clocks skip or repeat that time."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    shown = f"{local:%Y-%m-%d %H:%M}"
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise UnreadableTime(
            f"{shown} does not exist in {zone.key}: the clocks go forward over it. Write the time that is meant."
        )
    raise UnreadableTime(
        f"{shown} comes twice in {zone.key}, where the clocks go back. Write its offset: {first.isoformat()} or "
        f"{second.isoformat()}.",
        "ambiguous",
    )
