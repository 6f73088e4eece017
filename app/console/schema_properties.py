"""Completion of the properties of schemas: descriptions and formats."""

import re
from collections.abc import Iterator
from typing import Any

from app.console.property_descriptions import INSTANTS, SENTENCES

_FORMATS = {
    "email": "email",
    "hook_url": "uri",
    "url": "uri",
    "time_zone": "iana-time-zone",
    "holiday_region": "holiday-region",
}
_GENERIC = {
    "Page": "One page of a list. `next_cursor` is null on the last page.",
    "Envelope": "An event. It may arrive twice and out of order: `id` identifies it, and `sequence` orders it.",
}
"""Descriptions by the ending of a schema's name, for generic classes without a docstring."""


def complete_properties(schemas: dict[str, Any]) -> None:
    """Add missing descriptions and formats to the properties of all schemas, at any depth."""
    for owner, schema in schemas.items():
        if "description" not in schema and (
            sentence := _GENERIC.get(next((end for end in _GENERIC if owner.endswith(end)), ""))
        ):
            schema["description"] = sentence
        _complete(_words(owner), schema)


def properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pairs of name and schema for all properties within a schema, nested properties included."""
    if isinstance(schema, list):
        for item in schema:
            yield from properties(item)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key == "properties":
            yield from value.items()
            yield from properties(list(value.values()))
        elif key not in ("const", "default", "enum", "example", "examples"):
            yield from properties(value)


def _complete(owner: str, schema: dict[str, Any]) -> None:
    for name, part in properties(schema):
        if "description" not in part and "const" not in part and (sentence := _sentence(owner, name)):
            part["description"] = sentence
        if name in _FORMATS:
            for option in (part, *part.get("anyOf", ())):
                if option.get("type") == "string":
                    option.setdefault("format", _FORMATS[name])


def _sentence(owner: str, name: str) -> str | None:
    if name in SENTENCES:
        return SENTENCES[name]
    if name == "id":
        return f"The id of the {owner}."
    if name == "name":
        return f"The name of the {owner}."
    if name.endswith("_id"):
        return f"The id of the {name.removesuffix('_id').replace('_', ' ').replace('api', 'API')}."
    if happened := INSTANTS.get(name.removesuffix("_at")):
        return f"The instant at which {happened}."
    return None


def _words(name: str) -> str:
    """Return the words of a schema's name without its suffix: `client contact` for `ClientContactInput`."""
    thing = re.sub(r"(Input|Change|Put|Created|Envelope|Page|Entry|Reference)$", "", name)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", thing).lower()
    return words.replace("api ", "API ") or name.lower()
