"""Tolerant parsers for fields in a CRM's JSON: a missing, empty or wrongly typed field gives None."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

from app.connectors.contract import RejectedRequest
from app.kit.field_types import EARLIEST, LATEST

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
_MAX_ADDRESS_HEADER = 20_000
_NAMES = re.compile(r'"(?:[^"\\]|\\.){0,300}"|\([^()]{0,300}\)')
"""Quoted names and comments in an email header, which can contain an email address."""
_SEPARATORS = re.compile(r"[,;\r\n]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CONTROLS_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]+")
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_AMERICAN_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)


def parse_json(body: bytes) -> Any:
    """Parse a body as JSON. Raise RejectedRequest if it is not JSON or is nested too deeply."""
    if body.count(b"[") + body.count(b"{") > 100_000:
        raise RejectedRequest("the body is nested beyond reason")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise RejectedRequest("the body is not JSON") from None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a JSON object, else an empty mapping."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> Sequence[Any]:
    """Return the value if it is a JSON array, else an empty sequence."""
    return value if isinstance(value, list) else ()


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the JSON objects in an array; an empty list for any other value."""
    return [each for each in sequence(value) if isinstance(each, Mapping)]


def value_at(document: Any, *path: str) -> Any:
    """Return the value at a path of keys in nested JSON objects; None if the path does not exist."""
    for step in path:
        document = mapping(document).get(step)
    return document


def id_text(value: Any) -> str | None:
    """Return a CRM's id, a number or a string, as text; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return _CONTROLS.sub("", str(value)).strip()[:200] or None


def one_line(value: Any, most: int = 200) -> str | None:
    """Return a text as one line without control characters, cut to `most` characters. None if empty or no text."""
    if not isinstance(value, str):
        return None
    return _CONTROLS.sub(" ", value).strip()[:most].strip() or None


def folded_word(value: Any) -> str | None:
    """Return a text in lower case without anything but letters and digits, for comparison; None for any other value."""
    if not isinstance(value, str):
        return None
    return "".join(ch for ch in value.casefold() if ch.isalnum()) or None


def note_text(value: Any) -> str | None:
    """Return a text of several lines without HTML tags, cut to 10,000 characters. None if empty or no text."""
    if not isinstance(value, str):
        return None
    return _CONTROLS_IN_TEXT.sub("", unescape(_TAGS.sub(" ", value))).strip()[:10_000].strip() or None


def parse_email(value: Any) -> str | None:
    """Return an email address without spaces around it; None if the value is not an email address."""
    text = one_line(value, 320)
    return text if text and _EMAIL.fullmatch(text) else None


def parse_addresses(value: Any) -> frozenset[str]:
    """Return the set of email addresses in a header, a JSON object or a list, in lower case, without names."""
    if isinstance(value, Mapping):
        value = next((text for key in ("email", "address", "value") if isinstance(text := value.get(key), str)), None)
    if isinstance(value, str):
        # Not `email.utils.getaddresses`: its result for a name with a comma differs between Python's patch releases.
        parts = _SEPARATORS.split(_NAMES.sub(" ", value[:_MAX_ADDRESS_HEADER]))
        found = (parse_email(_in_brackets(part).removeprefix("mailto:")) for part in parts)
        return frozenset(each.casefold() for each in found if each)
    return frozenset().union(*(parse_addresses(each) for each in sequence(value) if not isinstance(each, list)))


def _in_brackets(part: str) -> str:
    """Return the email address between angle brackets, or the whole text if there are none."""
    return part.rpartition("<")[2].partition(">")[0].strip(" \t'")


def full_name(*parts: Any) -> str | None:
    """Return a person's name from parts such as first and last name; empty parts are skipped. None without any."""
    return one_line(" ".join(part for part in (one_line(value) for value in parts) if part))


def parse_instant(value: Any) -> datetime | None:
    """Parse an instant from RFC 3339 text (UTC without an offset) or Unix milliseconds; None for any other value."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        elif isinstance(value, int) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return found if EARLIEST.year <= found.year <= LATEST.year else None


def parse_day(value: Any) -> date | None:
    """Return a calendar day from `2026-06-15`, from `06/15/2026` (Greenhouse), or from an instant.

    An instant that is midnight in some time zone is the day that begins there. CRMs write days as local midnights and
    do not name the zone. Any other instant is its day in UTC.
    """
    text = value.strip() if isinstance(value, str) else ""
    if american := _AMERICAN_DAY.fullmatch(text):
        month, of_month, year = american.groups()
        value = f"{year}-{month}-{of_month}"
    found = parse_instant(value)
    if found is None:
        return None
    is_midnight = found.minute % 15 == 0 and not (found.second or found.microsecond)
    # From 11:00 UTC on it is already the next midnight east of Greenwich, up to UTC+13.
    result = (found + timedelta(hours=13)).date() if is_midnight else found.date()
    return result if EARLIEST.year <= result.year <= LATEST.year else None


def noon_of(value: date | None) -> datetime | None:
    """Return noon in UTC of a day. In nearly every time zone that instant is on the same day."""
    return None if value is None else datetime.combine(value, time(12), UTC)


def initials(*names: Any) -> str | None:
    """Return a person's initials, such as `T.S.`; None without a name. Of a referee, nothing else is stored."""
    letters = [part[0].upper() for each in names for part in (one_line(each) or "").split() if part[0].isalpha()]
    return ".".join(letters[:4]) + "." if letters else None


def content_digest(*parts: bytes) -> str:
    """Return a SHA-256 digest as hex. It serves as the idempotency key of an event without an id."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()
