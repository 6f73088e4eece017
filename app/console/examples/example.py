"""The type of an example, and the days around which the dates of all examples lie.

The document is the same on every day, so its dates are fixed. Past dates lie around `PAST_DAY`, future ones soon after
`COMING_DAY`. The page shifts both by whole weeks to the reader's today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.console import fixture_ids

PAST_DAY = date(2026, 11, 16)
COMING_DAY = date(2036, 11, 17)


@dataclass(frozen=True, slots=True)
class Example:
    """One request: its parameters, and alternative bodies by title."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)


def of(bodies: Mapping[str, Any] | None = None, /, **parameters: Any) -> Example:
    """Return an example: `of({"Title of the body": body}, application_id=…)`."""
    return Example(_plain(parameters), _plain(bodies or {}))


def by_ref(id: str, bodies: Mapping[str, Any] | None = None) -> Example:
    """Return an example of a by-ref address in the demo agency's own CRM."""
    return of(bodies, system=fixture_ids.CRM, id=id)


def _plain(value: Any) -> Any:
    """Return the value as JSON values."""
    match value:
        case UUID():
            return str(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
