"""Comparison of the CRM's labels, such as the name of a status, with the labels in a connection's maps."""

import re
from unicodedata import normalize

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


def fold_label(label: str) -> str:
    """Return a label folded for comparison: `Phone screen`, `phone-screen` and `PHONE_SCREEN` give the same text."""
    return " ".join(_SEPARATORS.sub(" ", normalize("NFKC", label)).split()).casefold()
