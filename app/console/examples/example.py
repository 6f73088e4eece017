"""The type of an example request, and the two days around which all dates in the examples lie.

The OpenAPI document is the same on every day, so its dates are fixed. Past dates lie around `PAST_DAY`, future dates
soon after `COMING_DAY`. The console's page moves both by whole weeks, so that they lie around the current day.
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
    """An example request: parameter values by name, and alternative request bodies by title."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)


def of(bodies: Mapping[str, Any] | None = None, /, **parameters: Any) -> Example:
    """Return an example request, with JSON values: `of({"Title of the body": body}, application_id=…)`."""
    return Example(_plain(parameters), _plain(bodies or {}))


def by_ref(id: str, bodies: Mapping[str, Any] | None = None) -> Example:
    """Return an example request to a `by-ref` URL. `id` is the record's id in the CRM of the demo agency."""
    return of(bodies, system=fixture_ids.CRM, id=id)


def _plain(value: Any) -> Any:
    """Convert the UUIDs in a value to text, at any depth, so that the value can be written as JSON."""
    match value:
        case UUID():
            return str(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
