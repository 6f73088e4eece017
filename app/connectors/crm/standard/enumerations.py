"""The enumerations of the generic endpoint: our own words, folded, and what stands in for one that nobody knows."""

from collections.abc import Mapping
from typing import Any

from app.connectors.parsing import word
from app.connectors.vocabulary import Vocabulary


def _folded(*words: str) -> dict[str, str]:
    return {word(each) or each: each for each in words}


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
"""Every other word that is unknown is taken as left out."""
_ACTIVITIES = _folded("note", "call", "email", "sms", "meeting", "task")


def known(kind: str, values: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
    """Return the values of a record with each enumeration as the records spell it. What is no text stays as it is."""
    found = dict(values)
    for name, meanings in _MEANINGS.get(kind, {}).items():
        if word(found.get(name)) is not None:
            default = _DEFAULTS.get((kind, name))
            found[name] = words.read(f"{kind} {name}", found[name], meanings, default)
    if kind == "activity" and isinstance(type := found.get("type"), str):
        found["type"] = _activity(type)
    return {name: value for name, value in found.items() if value is not None}


def _activity(type: str) -> str:
    """The type with its kind as we spell it. One of no kind that we know stays whole, for the activity map to name."""
    what, colon, own = type.partition(":")
    return f"{_ACTIVITIES.get(word(what) or '', what)}{colon}{own}"
