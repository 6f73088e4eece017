"""Calendar exceptions of a request body: conversion to JSON for the database, and validation."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.access.unit_of_work import UnitOfWork
from app.kit.errors import invalid
from app.rules.calendar import holiday_names

_YEARS_BACK, _YEARS_AHEAD = 1, 5


def exceptions_as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a body's values in which `calendar_exceptions` is a list for a JSON column.

    Null becomes an empty list. A missing `calendar_exceptions` stays missing.
    """
    row = dict(values)
    if "calendar_exceptions" in row:
        row["calendar_exceptions"] = [_as_json(exception) for exception in row["calendar_exceptions"] or ()]
    return row


def _as_json(exception: Mapping[str, Any]) -> dict[str, Any]:
    day = exception.get("date")
    subject = {"name": exception["name"]} if day is None else {"date": day.isoformat()}
    return subject | {"working": exception["working"]}


def check_exceptions(work: UnitOfWork, stored: Sequence[Mapping[str, Any]], region: str) -> None:
    """Raise 422 if a date or a holiday name occurs twice, or if `region` has no such holiday."""
    seen = set()
    for place, exception in enumerate(stored):
        field = "date" if "date" in exception else "name"
        subject, pointer = exception[field], f"/calendar_exceptions/{place}/{field}"
        if subject in seen:
            raise invalid(pointer, f"This {field} is there twice; remove one of them.")
        seen.add(subject)
        if field == "name" and subject not in (known := _known_names(work, region)):
            raise invalid(pointer, f"{region} has no holiday of this name. It must be one of: {'; '.join(known)}.")


def _known_names(work: UnitOfWork, region: str) -> tuple[str, ...]:
    return holiday_names(region, work.now.year - _YEARS_BACK, work.now.year + _YEARS_AHEAD)
