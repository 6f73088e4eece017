"""The retry schedule of webhook deliveries: delays with jitter, throttling, and when to disable an endpoint."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.kit.retry_after import parse_retry_after

RETRY_DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""The delay before each attempt, from the example in Standard Webhooks: ten attempts over 75 hours and 35 minutes."""
JITTER = 0.2
"""The fraction by which each delay varies at random, so that deliveries that failed together are not
retried together.
"""
MAX_DELIVERY_ATTEMPTS = len(RETRY_DELAYS)
MAX_RETRY_DELAY = timedelta(hours=24)
DISABLE_AFTER = timedelta(hours=120)
"""An endpoint whose attempts have all failed for this long is disabled."""
FAILURES_EXPIRE_AFTER = timedelta(hours=48)
"""A period without attempts, longer than any retry delay, after which earlier failures no longer count."""
MIN_THROTTLE, MAX_THROTTLE = timedelta(seconds=5), timedelta(hours=1)


def retry_delay(made: int, chance: Callable[[], float]) -> timedelta | None:
    """Return the delay with jitter after `made` failed attempts; None after the last.

    `chance` returns a number from 0 to 1.
    """
    if made >= MAX_DELIVERY_ATTEMPTS:
        return None
    return RETRY_DELAYS[made] * (1 + JITTER * (2 * chance() - 1))


def retry_after(header: str | None, now: datetime) -> timedelta:
    """Return the delay that a `Retry-After` header asks for, at most MAX_RETRY_DELAY; zero if absent or invalid."""
    return min(parse_retry_after(header, now) or timedelta(0), MAX_RETRY_DELAY)


def next_throttle(before: int) -> timedelta:
    """Return the next pause of a throttled endpoint: twice the pause before, from 5 seconds to an hour.

    `before` is in seconds.
    """
    return min(max(timedelta(seconds=2 * before), MIN_THROTTLE), MAX_THROTTLE)
