"""Strict parsers of the generic endpoint's values, with an error message in one sentence."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.connectors import canonical_records
from app.connectors.parsing import (
    folded_word,
    id_text,
    mapping,
    note_text,
    one_line,
    parse_day,
    parse_email,
    parse_instant,
)
from app.connectors.vendor_vocabulary import Vocabulary
from app.kit.validation import error_sentence

_READERS = {
    shape: TypeAdapter[Any](shape)
    for shape in (
        canonical_records.Organisation,
        canonical_records.ClientContact,
        canonical_records.Candidate,
        canonical_records.Job,
        canonical_records.Application,
        canonical_records.Interview,
        canonical_records.Activity,
        canonical_records.Check,
        canonical_records.Milestone,
        canonical_records.Status,
        canonical_records.Gone,
        canonical_records.Merged,
    )
}
_INSTANTS = {
    "starts_at",
    "ends_at",
    "booked_at",
    "status_at",
    "occurred_at",
    "at",
    "updated_at",
    "asked_at",
    "booked_for",
    "prepared_at",
    "ready_at",
    "done_at",
    "cancelled_at",
}
_DAYS = {"on", "result_by"}
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LENGTHS = {"phone": 50, "label": 120}


class WrongError(Exception):
    """Error that a value of an event is invalid. Its message names fields and never values, which may be
    personal data.
    """


def read(shape: type[Any], fields: Mapping[str, Any], event_time: datetime, path: str) -> Any:
    """Return the canonical record with these fields. The field `updated_at` becomes its version. Raise WrongError for
    an invalid value.
    """
    values = {name: clean(name, value, f"{path}.{name}") for name, value in fields.items()}
    values["version"] = values.pop("updated_at", None) or event_time
    return _validated(shape, values, path)


def _validated(shape: type[Any], values: Mapping[str, Any], path: str) -> Any:
    try:
        return _READERS[shape].validate_python(values)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)[:5]
        wrong = "; ".join(
            f"{'.'.join((path, *map(str, one['loc'])))}: {error_sentence(one).removeprefix('This ').removesuffix('.')}"
            for one in faults
        )
        raise WrongError(wrong) from None


def clean(name: str, value: Any, path: str) -> Any:
    """Return the value of a field, normalised for a canonical record. Raise WrongError for an invalid value."""
    if name in _INSTANTS:
        return read_instant(path, value)
    if name in _DAYS:
        return read_day(path, value)
    if name in ("id", "into") or name.endswith("_id"):
        if (id := id_text(value)) is None:
            raise WrongError(f"{path}: must be an id, a text or a whole number")
        return id
    if name in ("email", "recruiter_email"):
        if (address := parse_email(value)) is None:
            raise WrongError(f"{path}: must be an email address")
        return address
    if isinstance(value, str):
        return note_text(value) if name == "text" else one_line(value, _LENGTHS.get(name, 200))
    return value


def read_instant(path: str, value: Any) -> datetime:
    """Parse an instant with a UTC offset. Raise WrongError for anything else."""
    found = parse_instant(value) if isinstance(value, str) and _WITH_OFFSET.fullmatch(value.strip()) else None
    if found is None:
        raise WrongError(f"{path}: must be an instant with its offset, such as 2026-11-24T15:00:00+01:00")
    return found


def read_day(path: str, value: Any) -> date:
    """Parse a calendar day. Raise WrongError for anything else."""
    found = parse_day(value) if isinstance(value, str) and _DAY.fullmatch(value.strip()) else None
    if found is None:
        raise WrongError(f"{path}: must be a day, such as 2026-11-24")
    return found


def read_status(status: Any, event_time: datetime, path: str) -> canonical_records.Status:
    """Parse a status, given as a label or as an object with value, label, time and reason."""
    values = {"value": status, "label": status} if isinstance(status, str) else dict(mapping(status))
    fields = {name: clean(name, value, f"{path}.{name}") for name, value in values.items() if value is not None}
    if isinstance(value := fields.get("value"), int):
        fields["value"] = id_text(value)
    if str(fields.get("value", "")).startswith("@"):
        raise WrongError(f"{path}.value: must not start with @")
    found: canonical_records.Status = _validated(canonical_records.Status, {"at": event_time, **fields}, path)
    return found


def _folded(*words: str) -> dict[str, str]:
    return {folded_word(each) or each: each for each in words}


_CANCELLED = {"canceled": "cancelled"}
_MEANINGS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "client_contact": {"role": _folded("hiring_manager", "interviewer", "hr", "other")},
    "job": {"status": _folded("open", "on_hold", "filled", "closed")},
    "interview": {
        "kind": _folded("phone", "video", "in_person", "panel", "assessment", "other"),
        "status": _folded("scheduled", "completed", "cancelled", "no_show") | _CANCELLED,
    },
    "check": {
        "kind": _folded("reference", "medical", "drug_alcohol", "background", "right_to_work", "licence", "other")
        | {"license": "licence"},
        "result_from": _folded("recruiter", "client"),
    },
    "milestone": {
        "kind": _folded(
            "written_offer",
            "resigned",
            "nothing_to_resign",
            "counter_offer",
            "counter_offer_declined",
            "start_agreed",
            "started",
        )
    },
    "activity": {"direction": _folded("in", "out"), "party": _folded("candidate", "client")},
}
_DEFAULTS = {("interview", "kind"): "other", ("check", "kind"): "other"}
"""The values that replace unknown words, by kind and field. In other fields of `_MEANINGS` unknown words are removed.
"""
_ACTIVITIES = _folded("note", "call", "email", "sms", "meeting", "task")


def known_values(kind: str, values: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
    """Return the fields of an event, with words such as statuses replaced by those of the canonical records. Values
    that are no text stay unchanged.
    """
    found = dict(values)
    for name, meanings in _MEANINGS.get(kind, {}).items():
        if folded_word(found.get(name)) is not None:
            default = _DEFAULTS.get((kind, name))
            found[name] = words.read(f"{kind} {name}", found[name], meanings, default)
    if kind == "activity" and isinstance(type := found.get("type"), str):
        found["type"] = _activity(type)
    return {name: value for name, value in found.items() if value is not None}


def _activity(type: str) -> str:
    """Return the type of an activity with its first part normalised. An unknown kind stays unchanged, so that the
    activity map can translate it.
    """
    what, colon, own = type.partition(":")
    return f"{_ACTIVITIES.get(folded_word(what) or '', what)}{colon}{own}"
