"""Limits counted in the memory of one process: requests of each key, and wrong keys from each address."""

from math import ceil
from uuid import UUID

from app.kit.clock import monotonic

WINDOW_SECONDS = 60
MAX_WAIT_SECONDS = 900
_MAX_STORED = 10_000


class Quota:
    """A token bucket for each key: it holds a minute's requests and is refilled evenly, `most` in a minute.

    A key that made no request for a minute may make all of them at once, and then goes on at the even rate.
    """

    def __init__(self, most: int) -> None:
        self._most, self._per_second = most, most / WINDOW_SECONDS
        self._buckets: dict[UUID, tuple[float, float]] = {}

    def take(self, key: UUID) -> tuple[int, int]:
        """Count a request: how many are left after it, below 0 when it is one too many, and seconds to the next token.

        The seconds are rounded up, so that who comes back then is not too early. A refused request takes no token.
        """
        now = monotonic()
        tokens, at = self._buckets.get(key, (self._most, now))
        tokens = min(self._most, tokens + (now - at) * self._per_second)
        taken = tokens >= 1
        if taken:
            tokens -= 1
        if key not in self._buckets and len(self._buckets) >= _MAX_STORED:
            started = now - WINDOW_SECONDS  # a bucket that nobody took from since is full again
            self._buckets = {other: bucket for other, bucket in self._buckets.items() if bucket[1] > started}
        self._buckets[key] = tokens, now
        left = int(tokens)
        return left if taken else -1, ceil((left + 1 - tokens) / self._per_second)


class WrongKeys:
    """Counts the wrong keys of each address. Beyond `most` in a minute the address waits, twice as long each time.

    0 for `most` means no limit.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, tuple[int, float, float]] = {}

    def wait_of(self, address: str) -> int:
        """Seconds until keys from this address are looked at again; 0 if they are now."""
        _, until, _ = self._counts.get(address, (0, 0.0, 0.0))
        return max(0, ceil(until - monotonic()))

    def count(self, address: str) -> int:
        """Count a wrong key; seconds that the address has to wait from now on, 0 below the limit."""
        if not self._most:
            return 0
        now = monotonic()
        number, until, forgotten = self._counts.pop(address, (0, 0.0, now + WINDOW_SECONDS))
        if forgotten <= now:
            number, forgotten = 0, now + WINDOW_SECONDS
        number += 1
        wait = 0
        if number > self._most:
            wait = min(2 ** min(number - self._most, 30), MAX_WAIT_SECONDS)
            until = now + wait
            forgotten = until + MAX_WAIT_SECONDS
        if len(self._counts) >= _MAX_STORED:
            del self._counts[next(iter(self._counts))]  # the address whose last wrong key is the oldest
        self._counts[address] = number, until, forgotten
        return wait
