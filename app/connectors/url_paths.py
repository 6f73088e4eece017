"""Checks of a CRM's ids and links before they enter request URLs, so that no request goes to another server."""

import re
from typing import Any
from urllib.parse import urlsplit

from app.connectors.parsing import id_text

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)
_PLAIN = re.compile(r"[\x21-\x7e]+")
_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+){0,9}", re.ASCII)


def safe_segment(value: Any) -> str | None:
    """Return an id as text if it is safe as a segment of a URL path, else None.

    Slashes, dots and other special characters are not safe.
    """
    id = id_text(value)
    return id if id and _SEGMENT.fullmatch(id) else None


def path_below(address: str, link: Any) -> str | None:
    """Return the path of a link relative to the API's base URL `address`, with its query.

    Return None for a link to another place or with special characters.
    """
    # urlsplit drops line breaks and tabs silently; an HTTP client may not.
    if not isinstance(link, str) or len(link) > 2000 or not _PLAIN.fullmatch(link):
        return None
    try:
        own, target = urlsplit(address), urlsplit(link)
    except ValueError:
        return None
    base = own.path.rstrip("/") + "/"
    if (
        (target.scheme, target.netloc) != (own.scheme, own.netloc)
        or not target.path.startswith(base)
        or target.fragment
    ):
        return None
    path = target.path.removeprefix(base)
    return (f"{path}?{target.query}" if target.query else path) if _PATH.fullmatch(path) else None
