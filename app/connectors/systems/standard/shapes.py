"""The event shapes of the generic endpoint: documents read strictly, and what is wrong said in one clear sentence."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from app.connectors import records
from app.connectors.connector import Translation
from app.connectors.reading import at, email, ident, instant, line, mapping, note
from app.connectors.records import AnyRecord, Kind
from app.kit.validation import sentence

_SHAPES: Mapping[str, type[Any]] = {
    "organisation": records.Organisation,
    "client_contact": records.ClientContact,
    "candidate": records.Candidate,
    "job": records.Job,
    "application": records.Application,
    "interview": records.Interview,
    "activity": records.Activity,
}
_READERS = {
    shape: TypeAdapter[Any](shape) for shape in (*_SHAPES.values(), records.Status, records.Gone, records.Merged)
}
_INSIDE: Mapping[str, Mapping[str, str]] = {
    "client_contact": {"organisation": "organisation"},
    "job": {"organisation": "organisation", "hiring_manager": "client_contact"},
    "application": {"candidate": "candidate", "job": "job"},
    "interview": {"candidate": "candidate", "job": "job", "application": "application"},
    "activity": {
        "organisation": "organisation",
        "client_contact": "client_contact",
        "candidate": "candidate",
        "job": "job",
        "application": "application",
    },
}
"""What may be told inside what, in place of its id: a whole story in one event. It never leads back to itself."""

_INSTANTS = {"starts_at", "ends_at", "booked_at", "status_at", "occurred_at", "at", "updated_at"}
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)", re.ASCII)
_FIELD = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)
_KINDS_OF_ACTIVITY = ("note", "call", "email", "sms", "meeting", "task")


class _WrongError(Exception):
    """A sentence about what is wrong. It names fields and never their values, which may be somebody's."""


def translate(type: str, document: Any, told_at: datetime) -> Translation:
    """The records of an event. What is wrong, or is not known and was left out, is told in `ignored`."""
    unknown: list[str] = []
    try:
        found = _records(type, document, told_at, unknown)
    except _WrongError as wrong:
        return Translation(ignored=str(wrong)[:500])
    left_out = f"fields that Keepwarm does not know were left out: {', '.join(dict.fromkeys(unknown))}"
    return Translation(found, left_out[:500] if unknown else None)


def _records(type: str, document: Any, told_at: datetime, unknown: list[str]) -> list[AnyRecord]:
    kind, _, verb = type.partition(".")
    if kind not in _SHAPES or (verb not in ("created", "updated", "deleted") and type != "candidate.merged"):
        raise _WrongError(f"there is no event of the type {type}")
    if (stamp := at(document, "timestamp")) is not None:
        _instant("timestamp", stamp)
    data = at(document, "data")
    if not isinstance(data, Mapping):
        raise _WrongError("data: must be an object")
    match verb:
        case "deleted":
            return [_gone(kind, data, told_at)]
        case "merged":
            return [_merged(data, told_at)]
        case _:
            return _unfolded(kind, data, told_at, "data", unknown)


def _unfolded(kind: str, data: Mapping[str, Any], told_at: datetime, path: str, unknown: list[str]) -> list[AnyRecord]:
    """The record and, before it, those that it holds inside: `candidate` instead of `candidate_id` and so on."""
    values, before = dict(data), list[AnyRecord]()
    for name, inside_kind in _INSIDE.get(kind, {}).items():
        inside = values.pop(name, None)
        if inside is None:
            continue
        if not isinstance(inside, Mapping):
            raise _WrongError(f"{path}.{name}: must be an object; its id alone goes into {name}_id")
        before += _unfolded(inside_kind, inside, told_at, f"{path}.{name}", unknown)
        values[f"{name}_id"] = inside.get("id")
    fields = {item.name for item in dataclasses.fields(_SHAPES[kind])} - {"version", "mark"}
    strange = sorted(set(values) - fields - {"updated_at"})
    unknown += [f"{path}.{name}" if _FIELD.fullmatch(name) else f"{path}.?" for name in strange]
    told = {name: value for name, value in values.items() if name in fields | {"updated_at"} and value is not None}
    if kind == "application" and "status" in told:
        told["status"] = _status(told["status"], told_at, f"{path}.status")
    record = _read(_SHAPES[kind], told, told_at, path)
    _makes_sense(record, path)
    return [*before, record]


def _read(shape: type[Any], told: Mapping[str, Any], told_at: datetime, path: str) -> Any:
    values = {name: _tidied(name, value, f"{path}.{name}") for name, value in told.items()}
    values["version"] = values.pop("updated_at", None) or told_at
    return _validated(shape, values, path)


def _validated(shape: type[Any], values: Mapping[str, Any], path: str) -> Any:
    try:
        return _READERS[shape].validate_python(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join((path, *map(str, item['loc'])))}: {sentence(item)}"
            for item in error.errors(include_input=False, include_url=False)[:5]
        )
        raise _WrongError(wrong) from None


def _tidied(name: str, value: Any, path: str) -> Any:
    """The value as the records hold it. Raises _WrongError where the sender meant something that it is not."""
    if name in _INSTANTS:
        return _instant(path, value)
    if name in ("id", "into") or name.endswith("_id"):
        if (id := ident(value)) is None:
            raise _WrongError(f"{path}: must be an id, a text or a whole number")
        return id
    if name in ("email", "recruiter_email"):
        if (address := email(value)) is None:
            raise _WrongError(f"{path}: must be an email address")
        return address
    if isinstance(value, str):
        return note(value) if name == "text" else line(value, 50 if name == "phone" else 200)
    return value


def _instant(path: str, value: Any) -> datetime:
    told = instant(value) if isinstance(value, str) and _WITH_OFFSET.fullmatch(value.strip()) else None
    if told is None:
        raise _WrongError(f"{path}: must be an instant with its offset, such as 2026-11-24T15:00:00+01:00")
    return told


def _status(status: Any, told_at: datetime, path: str) -> records.Status:
    """What recruiters read of the status, or an object with its id, its label, since when, and why."""
    values = {"value": status, "label": status} if isinstance(status, str) else dict(mapping(status))
    told = {name: _tidied(name, value, f"{path}.{name}") for name, value in values.items() if value is not None}
    if isinstance(value := told.get("value"), int):
        told["value"] = ident(value)
    if str(told.get("value", "")).startswith("@"):
        raise _WrongError(f"{path}.value: must not start with @")
    found: records.Status = _validated(records.Status, {"at": told_at, **told}, path)
    return found


def _makes_sense(record: Any, path: str) -> None:
    """What no field alone can say."""
    if isinstance(record, records.Interview):
        if record.ends_at <= record.starts_at:
            raise _WrongError(f"{path}.ends_at: must be after starts_at")
        if record.application_id is None and (record.candidate_id is None or record.job_id is None):
            raise _WrongError(f"{path}: an interview names its application, or its candidate and its job")
    if isinstance(record, records.Activity):
        if record.type.partition(":")[0] not in _KINDS_OF_ACTIVITY:
            raise _WrongError(f"{path}.type: must begin with {', '.join(_KINDS_OF_ACTIVITY[:-1])} or task")
        if not any((record.application_id, record.candidate_id, record.client_contact_id, record.organisation_id)):
            raise _WrongError(f"{path}: an activity names whom or what it is about")


def _gone(kind: str, data: Mapping[str, Any], told_at: datetime) -> records.Gone:
    found: Kind = next(known for known in get_args(Kind) if known == kind)
    told = {name: data[name] for name in ("id", "updated_at") if data.get(name) is not None}
    gone: records.Gone = _read(records.Gone, {**told, "kind": found}, told_at, "data")
    return gone


def _merged(data: Mapping[str, Any], told_at: datetime) -> records.Merged:
    told = {name: data[name] for name in ("id", "into", "updated_at") if data.get(name) is not None}
    merged: records.Merged = _read(records.Merged, told, told_at, "data")
    if merged.id == merged.into:
        raise _WrongError("data.into: must be another candidate")
    return merged
