"""Strict translation of the generic endpoint's events into canonical records."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from app.connectors import canonical_records
from app.connectors.canonical_records import AnyRecord, Kind, Subject
from app.connectors.contract import Translation
from app.connectors.crm.standard.payload_parsers import WrongError, clean, known_values, read, read_instant, read_status
from app.connectors.parsing import folded_word, value_at
from app.connectors.vendor_vocabulary import Vocabulary

_SHAPES: Mapping[str, type[Any]] = {
    "organisation": canonical_records.Organisation,
    "client_contact": canonical_records.ClientContact,
    "candidate": canonical_records.Candidate,
    "job": canonical_records.Job,
    "application": canonical_records.Application,
    "interview": canonical_records.Interview,
    "activity": canonical_records.Activity,
    "check": canonical_records.Check,
    "milestone": canonical_records.Milestone,
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
    "check": {"candidate": "candidate", "job": "job", "application": "application"},
    "milestone": {"candidate": "candidate", "job": "job", "application": "application"},
}
"""The fields that can hold a nested record in place of an id, so that one event carries several records."""
_LISTS: Mapping[str, Mapping[str, str]] = {"activity": {"applications": "application", "candidates": "candidate"}}
"""The fields that hold a list of ids or of nested records."""
_MAX_LISTED_IDS = 50
_KINDS = {folded_word(kind): kind for kind in _SHAPES}
_VERBS = ("created", "updated", "deleted")
_OURS = {"version", "mark", "also", "part_of", "undated", "at_is_day"}
"""The fields of canonical records that a sender must not set."""
_FIELD = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)


def translate(type: str, document: Any, event_time: datetime) -> Translation:
    """Return the canonical records of an event. The translation's `ignored` holds an error message, or names the
    unknown fields.
    """
    left_out: list[str] = []
    words = Vocabulary()
    try:
        found = _records(type, document, event_time, left_out, words)
    except WrongError as wrong:
        return Translation(ignored=str(wrong)[:500], unknown=words.unknown)
    sentence = f"fields that Keepwarm does not know were left out: {', '.join(dict.fromkeys(left_out))}"
    return Translation(found, sentence[:500] if left_out else None, words.unknown)


def _records(type: str, document: Any, event_time: datetime, left_out: list[str], words: Vocabulary) -> list[AnyRecord]:
    what, _, verb = type.partition(".")
    kind, verb = _KINDS.get(folded_word(what)), folded_word(verb) or ""
    if kind is None or (verb not in _VERBS and (kind, verb) != ("candidate", "merged")):
        words.miss("event", type)
        raise WrongError(f"there is no event of the type {type}")
    if (stamp := value_at(document, "timestamp")) is not None:
        read_instant("timestamp", stamp)
    data = value_at(document, "data")
    if not isinstance(data, Mapping):
        raise WrongError("data: must be an object")
    match verb:
        case "deleted":
            return [_gone(kind, data, event_time)]
        case "merged":
            return [_merged(data, event_time)]
        case _:
            return _EventRecords(event_time, left_out, words).unfolded(kind, data, "data")


@dataclasses.dataclass(frozen=True, slots=True)
class _EventRecords:
    """The canonical records of one event: the nested records, the main record, and the unknown fields."""

    event_time: datetime
    left_out: list[str]
    words: Vocabulary

    def unfolded(self, kind: str, data: Mapping[str, Any], path: str) -> list[AnyRecord]:
        """Return the record of `data` after the records nested in it, such as `candidate` in place of
        `candidate_id`.
        """
        values, before = dict(data), list[AnyRecord]()
        for name, inside_kind in _INSIDE.get(kind, {}).items():
            inside = values.pop(name, None)
            if inside is None:
                continue
            if not isinstance(inside, Mapping):
                raise WrongError(f"{path}.{name}: must be an object; its id alone goes into {name}_id")
            before += self.unfolded(inside_kind, inside, f"{path}.{name}")
            values[f"{name}_id"] = inside.get("id")
        listed = {
            name: self._listed(inside_kind, values.pop(name, None), f"{path}.{name}", before)
            for name, inside_kind in _LISTS.get(kind, {}).items()
        }
        fields = {item.name for item in dataclasses.fields(_SHAPES[kind])} - _OURS
        strange = sorted(set(values) - fields - {"updated_at"})
        self.left_out.extend(f"{path}.{name}" if _FIELD.fullmatch(name) else f"{path}.?" for name in strange)
        present = {
            name: value for name, value in values.items() if name in fields | {"updated_at"} and value is not None
        }
        if kind == "application" and "status" in present:
            present["status"] = read_status(present["status"], self.event_time, f"{path}.status")
        record = read(_SHAPES[kind], known_values(kind, present, self.words), self.event_time, path)
        if any(listed.values()):
            record = _about_all(record, listed["applications"], listed["candidates"])
        _check(record, path)
        return [*before, record]

    def _listed(self, kind: str, items: Any, path: str, before: list[AnyRecord]) -> list[str]:
        """Return the ids of a list whose items are ids or nested records. Append the nested records to `before`."""
        if items is None:
            return []
        if not isinstance(items, list) or len(items) > _MAX_LISTED_IDS:
            raise WrongError(f"{path}: must be a list of ids or objects, {_MAX_LISTED_IDS} at most")
        ids = []
        for place, item in enumerate(items):
            if isinstance(item, Mapping):
                before += self.unfolded(kind, item, f"{path}.{place}")
            ids.append(clean("id", item.get("id") if isinstance(item, Mapping) else item, f"{path}.{place}"))
        return list(dict.fromkeys(ids))


def _about_all(
    record: canonical_records.Activity, applications: list[str], candidates: list[str]
) -> canonical_records.Activity:
    """Return the activity about all listed applications and candidates: the first in the activity's own fields, all
    others in `also`.
    """
    if record.application_id is None and record.candidate_id is None:
        if applications:
            record = dataclasses.replace(record, application_id=applications[0])
        else:
            record = dataclasses.replace(record, candidate_id=candidates[0])
    also = [Subject(application_id=id) for id in applications if id != record.application_id]
    also += [Subject(candidate_id=id, job_id=record.job_id) for id in candidates if id != record.candidate_id]
    return dataclasses.replace(record, also=tuple(also))


def _check(record: Any, path: str) -> None:
    """Raise WrongError if the fields of a record contradict each other."""
    if isinstance(record, canonical_records.Interview):
        if record.ends_at <= record.starts_at:
            raise WrongError(f"{path}.ends_at: must be after starts_at")
        if record.application_id is None and (record.candidate_id is None or record.job_id is None):
            raise WrongError(f"{path}: an interview names its application, or its candidate and its job")
    if isinstance(record, canonical_records.Check | canonical_records.Milestone):
        if record.application_id is None and (record.candidate_id is None or record.job_id is None):
            raise WrongError(f"{path}: it names its application, or its candidate and its job")
        if isinstance(record, canonical_records.Milestone) and (record.kind == "start_agreed") != (
            record.on is not None
        ):
            raise WrongError(f"{path}.on: the first day, for start_agreed and no other kind")
    if isinstance(record, canonical_records.Activity):
        named = (record.application_id, record.candidate_id, record.job_id)
        if not any((*named, record.client_contact_id, record.organisation_id)):
            raise WrongError(f"{path}: an activity names whom or what it is about")


def _gone(kind: str, data: Mapping[str, Any], event_time: datetime) -> canonical_records.Gone:
    found: Kind = next(each for each in get_args(Kind) if each == kind)
    values = {name: data[name] for name in ("id", "updated_at") if data.get(name) is not None}
    gone: canonical_records.Gone = read(canonical_records.Gone, {**values, "kind": found}, event_time, "data")
    return gone


def _merged(data: Mapping[str, Any], event_time: datetime) -> canonical_records.Merged:
    values = {name: data[name] for name in ("id", "into", "updated_at") if data.get(name) is not None}
    merged: canonical_records.Merged = read(canonical_records.Merged, values, event_time, "data")
    if merged.id == merged.into:
        raise WrongError("data.into: must be another candidate")
    return merged
