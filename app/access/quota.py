"""How many requests a key may make: windows of a minute, counted in the memory of one process."""

from math import ceil
from uuid import UUID

from app.kit.clock import monotonic

WINDOW_SECONDS = 60
_MOST_REMEMBERED = 10_000


class Quota:
    """Counts the requests of each key. A key's window begins with its first request and ends a minute later."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._windows: dict[UUID, tuple[float, int]] = {}

    def take(self, key: UUID) -> tuple[int, int]:
        """Count a request: how many are left after it, below 0 when it is one too many, and seconds to the next window.

        The seconds are rounded up, so that who comes back then is not too early.
        """
        now = monotonic()
        ends, taken = self._windows.get(key, (now, 0))
        if ends <= now:
            ends, taken = now + WINDOW_SECONDS, 0
            if len(self._windows) >= _MOST_REMEMBERED:
                self._windows = {other: window for other, window in self._windows.items() if window[0] > now}
        self._windows[key] = ends, taken + 1
        return self._most - taken - 1, ceil(ends - now)
