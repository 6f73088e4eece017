"""The one file that reads the clock: everywhere else time is a parameter."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present instant, aware and in UTC. Tests and the demo pass their own."""


def system_now() -> datetime:
    """Return the time of the machine's clock, in UTC."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Return the seconds of a clock that never goes back: for durations, never for dates."""
    return time.perf_counter()


def monotonic() -> float:
    """Return the seconds of the machine's monotonic clock: for caches and leases held in memory."""
    return time.monotonic()
