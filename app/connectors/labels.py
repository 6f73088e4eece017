"""Words: a CRM's as maps compare them, and the mark by which we know what we wrote there ourselves."""

import re
from unicodedata import normalize
from uuid import UUID

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
_MARK = re.compile(r"\[keepwarm ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")


def fold_label(word: str) -> str:
    """Return a CRM's word as maps compare it: `Phone screen`, `phone-screen` and `PHONE_SCREEN` are the same."""
    return " ".join(_SEPARATORS.sub(" ", normalize("NFKC", word)).split()).casefold()


def add_marker(text: str, mark: str) -> str:
    """A text that carries our mark."""
    return f"{text}\n[keepwarm {mark}]"


def find_markers(text: str) -> list[UUID]:
    """The marks that a text carries; whether they are ours is another question."""
    return [UUID(mark) for mark in _MARK.findall(text)]
