"""Labels of the CRM, such as the name of a status, as the connection's maps compare them."""

import re
from unicodedata import normalize

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")


def fold_label(label: str) -> str:
    """Return a label in the form that is compared: `Phone screen`, `phone-screen` and `PHONE_SCREEN` are the same."""
    return " ".join(_SEPARATORS.sub(" ", normalize("NFKC", label)).split()).casefold()
