"""The `Retry-After` header of other services."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_DIGITS = 9


def parse_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return the delay that the header asks for, in whole seconds or as a date; None if it is absent or invalid.

    A date in the past gives zero. The delay is not limited: callers limit it.
    """
    if header is None:
        return None
    value = header.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value[:_MAX_DIGITS]))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(at - now, timedelta(0))
