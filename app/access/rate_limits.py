"""Rate limits of one process, in memory: requests per API key, and wrong API keys per IP address."""

from math import ceil
from uuid import UUID

from app.kit.clock import monotonic

WINDOW_SECONDS = 60
MAX_WAIT_SECONDS = 900
_MAX_STORED = 10_000


class Quota:
    """A token bucket for each API key: at most `most` tokens, refilled evenly with `most` in a minute.

    A key that made no request for a minute may make `most` requests at once.
    """

    def __init__(self, most: int) -> None:
        self._most, self._per_second = most, most / WINDOW_SECONDS
        self._buckets: dict[UUID, tuple[float, float]] = {}

    def take(self, key: UUID) -> tuple[int, int]:
        """Count a request of an API key. Return the remaining tokens and the seconds until the next token.

        The remaining tokens are -1 if the request is above the limit; a refused request takes no token. The seconds are
        rounded up.
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
    """Counts wrong API keys per IP address and blocks an address after more than `most` in a minute.

    Each further wrong key doubles the blocked time. 0 for `most` means no limit.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, tuple[int, float, float]] = {}

    def wait_of(self, address: str) -> int:
        """Return the seconds for which an IP address is still blocked; 0 if the address is not blocked."""
        _, until, _ = self._counts.get(address, (0, 0.0, 0.0))
        return max(0, ceil(until - monotonic()))

    def count(self, address: str) -> int:
        """Count a wrong API key from an IP address. Return the seconds for which the address is now blocked, or 0."""
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
