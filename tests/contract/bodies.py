"""Bodies made from a schema: right ones, and right ones with a single hostile value in one place."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.contract.operations import alternatives

Place = tuple[str | int, ...]
"""Where in a body a field stands: names, and 0 for the first of a list."""

Ids = Callable[[str], str | None]
"""Answers the id of the thing that a field of some name may hold."""


def nobodys(name: str) -> str:
    """The id of nothing."""
    return "0197d1a0-0000-7000-8000-000000000001"


_HERE = "«here»"

_BY_NAME: Mapping[str, Any] = {
    "to_party": "recruiter",
    "from_party": "client",
    "time_zone": "Australia/Sydney",
    "holiday_region": "AU-NSW",
    "email": "kim@example.com",
    "system": "crm",
    "url": "https://hooks.example.com/keepwarm",
    "role": "hr",
    "to": "2026-06-02",
    "until": "2026-06-02T00:00:00Z",
    "expires_at": "2026-06-02T00:00:00Z",
}


@dataclass(frozen=True)
class Field:
    """One field of a body: where it stands, what it takes, and whether it may be null or be left out."""

    place: Place
    schema: Mapping[str, Any]
    nullable: bool
    required: bool

    @property
    def pointer(self) -> str:
        """Return the JSON pointer that a problem document has for it."""
        return "".join(f"/{step}" for step in self.place)


def fields(schema: Mapping[str, Any], place: Place = ()) -> Iterator[Field]:
    """Every field, those inside objects and lists too."""
    for name, inner in schema.get("properties", {}).items():
        found, nullable = alternatives(inner)
        here = (*place, name)
        yield Field(here, found, nullable, name in schema.get("required", ()))
        if found.get("type") == "object":
            yield from fields(found, here)
        elif found.get("type") == "array":
            item, _ = alternatives(found["items"])
            yield Field((*here, 0), item, nullable=False, required=True)
            yield from fields(item, (*here, 0))


def sample(schema: Mapping[str, Any], name: str | int = "", ids: Ids = nobodys) -> Any:
    """A value that the schema takes; of an object only what is required. `ids` knows the things that it may name."""
    found, _ = alternatives(schema)
    match found:
        case {"enum": [first, *others]}:
            return _BY_NAME[str(name)] if _BY_NAME.get(str(name)) in others else first
        case {"type": "object"}:
            properties, one_of = found.get("properties", {}), found.get("anyOf", [{}])[0]
            needed = [*found.get("required", ()), *one_of.get("required", ())]
            needed += [
                name for rule in found.get("allOf", ()) for name in rule.get("oneOf", [{}])[0].get("required", ())
            ]
            return {key: sample(properties[key], key, ids) for key in needed}
        case {"type": "array"}:
            return []
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return found.get("minimum", 1)
        case {"format": "date"}:
            return "2026-06-02"
        case {"format": "date-time"}:
            return _BY_NAME.get(str(name), "2026-05-02T00:00:00Z")
        case {"format": "uuid"}:
            return ids(str(name))
        case _:
            return _BY_NAME.get(str(name), "Kim")


def with_value(schema: Mapping[str, Any], place: Place, raw: str, ids: Ids = nobodys) -> bytes:
    """Return a body with the required fields, and with the JSON text `raw` at `place`, valid or not."""
    text = json.dumps(_placed(schema, place, ids), ensure_ascii=False).replace(f'"{_HERE}"', raw, 1)
    return text.encode("utf-8", "surrogatepass")


def _placed(schema: Mapping[str, Any], place: Place, ids: Ids) -> Any:
    if not place:
        return _HERE
    found, _ = alternatives(schema)
    step, *rest = place
    if step == 0:
        return [_placed(found["items"], tuple(rest), ids)]
    whole = sample(found, ids=ids) | {str(step): _placed(found["properties"][str(step)], tuple(rest), ids)}
    return {name: value for name, value in whole.items() if name not in rivals(found, str(step))}


def rivals(schema: Mapping[str, Any], name: str) -> set[str]:
    """The names that may not stand in an object beside this one."""
    found: set[str] = set()
    for rule in schema.get("allOf", ()):
        names = {one for part in (*rule.get("oneOf", ()), rule.get("not", {})) for one in part.get("required", ())}
        if name in names:
            found |= names - {name}
    return found
