"""Validation of policy overrides: unknown fields, types, ranges, and the order of thresholds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any

MAX_VALUE = 10_000
"""The maximum of every number of a policy. The limit keeps all computed dates inside the years of the calendar."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

Fault = tuple[str, str]
"""A fault of an override: a JSON pointer to the field, and a sentence that says what is wrong."""


def field_names(section: Any) -> tuple[str, ...]:
    """Return the names of the fields of a policy or of one of its sections."""
    return tuple(part.name for part in fields(section))


def field_faults(section: Any, overrides: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """Yield the faults of each overridden field by itself: unknown names, wrong types and numbers out of range.

    `section` has the inherited values, and `pointer` is the JSON pointer of the section.
    """
    known = field_names(section)
    for name, value in overrides.items():
        here = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if name not in known:
            yield here, "There is no such field in the policy."
        elif value is None:
            continue
        else:
            inherited = getattr(section, name)
            if not is_dataclass(inherited):
                yield from ((here, fault) for fault in _value_faults(name, inherited, value))
            elif isinstance(value, Mapping):
                yield from field_faults(inherited, value, here)
            else:
                yield here, "This must be an object."


def _value_faults(name: str, inherited: Any, value: Any) -> Iterator[str]:
    if isinstance(inherited, bool):
        if not isinstance(value, bool):
            yield "This must be true or false."
    elif isinstance(inherited, int):
        lowest = 0 if name == "grace" else 1
        if isinstance(value, bool) or not isinstance(value, int):
            yield "This must be a whole number."
        elif not lowest <= value <= MAX_VALUE:
            yield f"This must be between {lowest} and {MAX_VALUE}."
    elif not isinstance(value, str) or not _CLOCK.fullmatch(value):
        yield "This must be a time of day such as 12:00."


def threshold_faults(section: Any, overrides: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """Yield a fault for each threshold that is lower than the threshold of the next lower severity.

    `section` has the overrides applied; the sections inside `section` are checked too.
    """
    levels = [name for name in ("watch", "warning", "critical") if name in field_names(section)]
    for lower, higher in pairwise(levels):
        if getattr(section, higher) < getattr(section, lower):
            named = lower if lower in overrides and higher not in overrides else higher
            yield f"{pointer}/{named}", f"`{higher}` must not be below `{lower}`: thresholds must not decrease."
    for name in field_names(section):
        inner = getattr(section, name)
        if is_dataclass(inner):
            yield from threshold_faults(inner, overrides.get(name) or {}, f"{pointer}/{name}")
