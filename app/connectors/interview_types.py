"""Interview types: which appointments of a CRM are interviews, and how an interview is held."""

import re
from collections.abc import Collection
from typing import Any, Literal

from app.connectors.parsing import folded_word

InterviewKind = Literal["phone", "video", "in_person", "panel", "assessment", "other"]

_INTERVIEW = re.compile(r"(?!internal).*interview\d*")
"""The folded types that are interviews if the agency names none: Interview, Phone Interview, Interview 2. An internal
interview is between the agency and the candidate.
"""
_KINDS: tuple[tuple[str, InterviewKind], ...] = (
    ("phone", "phone"),
    ("video", "video"),
    ("zoom", "video"),
    ("teams", "video"),
    ("skype", "video"),
    ("onsite", "in_person"),
    ("offsite", "in_person"),
    ("inperson", "in_person"),
    ("facetoface", "in_person"),
    ("panel", "panel"),
    ("assessment", "assessment"),
)


def named_types(setting: str | None) -> frozenset[str]:
    """Parse a comma-separated setting into the set of its folded appointment types; empty if the setting is not set."""
    return frozenset(folded for part in (setting or "").split(",") if (folded := folded_word(part)))


def is_interview(type: Any, named: Collection[str]) -> bool:
    """Return True if an appointment type means an interview.

    The types that the agency names decide. If it names none, types that end in `interview` count, internal interviews
    excepted.
    """
    folded = folded_word(type) or ""
    return folded in named if named else _INTERVIEW.fullmatch(folded) is not None


def interview_kind(*texts: Any) -> InterviewKind | None:
    """Return how an interview is held, such as `phone`, by the first text that contains a keyword; None without any."""
    for text in texts:
        folded = folded_word(text) or ""
        if kind := next((kind for part, kind in _KINDS if part in folded), None):
            return kind
    return None
