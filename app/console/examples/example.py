"""What an example is, and the days that the dates of all examples lie around.

The document is the same on every day, so its dates are too. Those that may pass lie around `PAST_DAY`, and those that
must still lie ahead when they are sent, soon after `COMING_DAY`. The page moves both by whole weeks to its reader's
today.
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
    """One request: its parameters, and the bodies to choose from, each under a few words that say what it tells."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    bodies: Mapping[str, Any] = field(default_factory=dict)


def of(bodies: Mapping[str, Any] | None = None, /, **parameters: Any) -> Example:
    """An example in short: `of({"What it tells": body}, application_id=…)`."""
    return Example(_plain(parameters), _plain(bodies or {}))


def by_ref(id: str, bodies: Mapping[str, Any] | None = None) -> Example:
    """An example of a by-ref address in the demo agency's own CRM."""
    return of(bodies, system=fixture_ids.CRM, id=id)


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    match value:
        case UUID():
            return str(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
