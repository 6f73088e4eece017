"""Interview rounds of several days: one interview for each local day, because each day has its own follow-up."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from app.rules.calendar import known_zone

T = TypeVar("T")

MAX_DAYS = 31
"""The most interviews that a round is split into. Slots of later days are added to the last one."""


def group_by_day(slots: Iterable[tuple[datetime, T]], zone: str | None) -> list[list[T]]:
    """Group the slots of an interview round by local day: one list for each day, the earliest first.

    A slot comes with its start. An unknown time zone counts as UTC.
    """
    local = ZoneInfo(zone) if zone is not None and known_zone(zone) else UTC
    days: dict[date, list[T]] = {}
    for start, slot in sorted(slots, key=lambda pair: pair[0]):
        days.setdefault(start.astimezone(local).date(), []).append(slot)
    found = list(days.values())
    rest = [slot for day in found[MAX_DAYS:] for slot in day]
    return [*found[: MAX_DAYS - 1], [*found[MAX_DAYS - 1], *rest]] if rest else found


def round_day_id(id: str, number: int) -> str:
    """Return the CRM id for one day of an interview round. The first day has the id of the round itself."""
    return id if number == 1 else f"{id[:190]}:{number}"


def round_day_ids(id: str, first: int) -> list[str]:
    """Return the ids of all days that an interview round can have, from day `first` to the last."""
    return [round_day_id(id, number) for number in range(first, MAX_DAYS + 1)]
