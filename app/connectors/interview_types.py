"""Which appointments of a CRM are interviews, by the types that an agency names, and how an interview is held."""

import re
from collections.abc import Collection
from typing import Any, Literal

from app.connectors.parsing import word

InterviewKind = Literal["phone", "video", "in_person", "panel", "assessment", "other"]

_INTERVIEW = re.compile(r"(?!internal).*interview\d*")
"""What the folded type of an interview looks like where the agency names none: Interview, Phone Interview, Interview 2.
An internal interview is the agency's own talk with the candidate."""
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
    """Return the types of a setting, between commas, folded; empty where the agency names none."""
    return frozenset(folded for part in (setting or "").split(",") if (folded := word(part)))


def is_interview(type: Any, named: Collection[str]) -> bool:
    """Return True for a type that the agency names, or that is an interview by its name where it names none."""
    folded = word(type) or ""
    return folded in named if named else _INTERVIEW.fullmatch(folded) is not None


def interview_kind(*texts: Any) -> InterviewKind | None:
    """Return how an interview is held, by the first text that tells it."""
    for text in texts:
        folded = word(text) or ""
        if kind := next((kind for part, kind in _KINDS if part in folded), None):
            return kind
    return None
