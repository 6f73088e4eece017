"""Exceptions to a holiday region: single dates that are or are not worked, and names of holidays that are worked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class CalendarException(NamedTuple):
    """A date or a holiday's name, with `working`: True if people work then, although the region may have a holiday."""

    on: date | str
    working: bool


Exceptions = tuple[CalendarException, ...]


def merged_exceptions(*lists: Iterable[CalendarException]) -> Exceptions:
    """Return the exceptions of all lists, sorted.

    For the same date or name, the exception of the latest list is returned.
    """
    found = {exception.on: exception for exceptions in lists for exception in exceptions}
    return tuple(sorted(found.values(), key=lambda exception: (isinstance(exception.on, str), str(exception.on))))


def exceptions_from(items: Iterable[Mapping[str, Any]]) -> Exceptions:
    """Return exceptions parsed from their JSON form: `{"date": …, "working": …}` or `{"name": …, "working": true}`."""
    return merged_exceptions(
        CalendarException(date.fromisoformat(item["date"]) if item.get("date") else item["name"], item["working"])
        for item in items
    )


@lru_cache(maxsize=4096)
def exceptions_from_json(text: str) -> Exceptions:
    """Return exceptions parsed from JSON text, as stored in the database."""
    return exceptions_from(json.loads(text))


@lru_cache(maxsize=4096)
def written_exceptions(exceptions: Exceptions) -> tuple[str, ...]:
    """Return exceptions as short texts, with `-` for days off and `+` for working days.

    Examples are `-2026-12-28`, `+2026-03-07` and `+Columbus Day`.
    """
    return tuple(f"{'+' if exception.working else '-'}{exception.on}" for exception in exceptions)


@lru_cache(maxsize=4096)
def read_exceptions(texts: tuple[str, ...]) -> Exceptions:
    """Return exceptions parsed from the short texts that `written_exceptions` returns."""
    return tuple(
        CalendarException(date.fromisoformat(text[1:]) if _DATE.fullmatch(text[1:]) else text[1:], text[0] == "+")
        for text in texts
    )
