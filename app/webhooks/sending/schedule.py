"""When an attempt that failed is made again: the schedule is data, with jitter, and Retry-After is heard."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

GAPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""Before each attempt, from the specification's own example: ten attempts over 75 hours and 35 minutes."""
JITTER = 0.2
"""Each gap is up to a fifth longer or shorter, so that what failed together does not come back together."""
MOST_ATTEMPTS = len(GAPS)
LONGEST_WAIT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(hours=120)
"""An endpoint that has answered nothing but failures for so long is disabled."""
SILENCE = timedelta(hours=48)
"""An endpoint that was sent nothing for so long, longer than any gap, has not failed all the while."""
FIRST_THROTTLE, LONGEST_THROTTLE = timedelta(seconds=5), timedelta(hours=1)


def next_gap(made: int, chance: Callable[[], float]) -> timedelta | None:
    """How long to wait after `made` attempts have failed; None after the last. `chance` answers from 0 to 1."""
    if made >= MOST_ATTEMPTS:
        return None
    return GAPS[made] * (1 + JITTER * (2 * chance() - 1))


def retry_after(told: str | None, now: datetime) -> timedelta:
    """What a receiver asks for, in whole seconds or as a date; nothing where it asks for nothing that makes sense."""
    if told is None:
        return timedelta(0)
    told = told.strip()
    if told.isascii() and told.isdigit():
        return min(timedelta(seconds=min(int(told[:12]), 10**7)), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return timedelta(0)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return min(max(at - now, timedelta(0)), LONGEST_WAIT)


def next_throttle(before: int) -> timedelta:
    """How long to leave a receiver in a hurry alone: twice as long each time, up to an hour."""
    return min(max(timedelta(seconds=2 * before), FIRST_THROTTLE), LONGEST_THROTTLE)
