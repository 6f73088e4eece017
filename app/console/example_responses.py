"""Example responses: one for each successful response, built from its schema, with placeholders for ids."""

import json
from collections.abc import Mapping
from typing import Any

from app.console import fixture_ids
from app.console.example_values import ABSENT, DATES, IDS, INSTANTS, MAPS, NUMBERS, TEXTS
from app.console.examples.placeholder_examples import BODIES, neutral_ids
from app.console.outgoing_events import example_of

_REF = "#/components/schemas/"


class Answers:
    """Builds example responses from the schemas of the OpenAPI document. Responses with the same schema share one
    example.
    """

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas
        self.examples: dict[str, Any] = {}

    def complete(self, operation: dict[str, Any]) -> None:
        """Add an example to each successful response of an operation, if the response has a body."""
        for status, response in operation["responses"].items():
            for media_type, content in response.get("content", {}).items() if status.startswith("2") else ():
                self._complete(media_type, content, operation["operationId"])

    def _complete(self, media_type: str, content: dict[str, Any], operation_id: str) -> None:
        reference = content.get("schema", {}).get("$ref", "")
        if not reference.startswith(_REF):
            content["example"] = _body(media_type, operation_id)
            return
        name = reference.removeprefix(_REF)
        self.examples.setdefault(name, {"summary": _words(name), "value": self.made(content["schema"], "", "")})
        content["examples"] = {"example": {"$ref": f"#/components/examples/{name}"}}

    def made(self, schema: Mapping[str, Any], owner: str, name: str) -> Any:
        """Build an example value for a schema. `owner` is the schema that has the property `name`; the pair selects the
        value.
        """
        if "$ref" in schema:
            owner = schema["$ref"].removeprefix(_REF)
            return self.made(self._schemas[owner], owner, name)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            nullable = {"type": "null"} in options
            if nullable and name in ABSENT:
                return None
            return self.made(next(option for option in options if option != {"type": "null"}), owner, name)
        if schema.get("examples"):
            return schema["examples"][0]
        if "enum" in schema:
            return _chosen(schema["enum"], owner, name)
        if "default" in schema:
            return schema["default"]
        kind = schema.get("type")
        if isinstance(kind, list):
            return None
        if kind == "object":
            return self._object(schema, owner, name)
        if kind == "array":
            return [] if name in ABSENT else [self.made(schema["items"], owner, name)]
        if kind == "string":
            return _text(schema, owner, name)
        return _number(schema, name)

    def _object(self, schema: Mapping[str, Any], owner: str, name: str) -> Any:
        if isinstance(MAPS.get(name), dict):
            return MAPS[name]
        parts = schema.get("properties", {})
        if not parts and isinstance(schema.get("additionalProperties"), dict):
            key, value = MAPS.get(name, (name, None))
            return {key: self.made(schema["additionalProperties"], owner, name) if value is None else value}
        return {inner: self.made(part, owner, inner) for inner, part in parts.items()}


def _body(media_type: str, operation_id: str) -> str:
    """Return an example body that is not JSON: an event stream, a CSV file or metrics. A CSV export shows the import's
    example.
    """
    if media_type == "text/event-stream":
        type = "follow_up.missed"
        return f"retry: 2000\n\nid: 4711\nevent: {type}\ndata: {json.dumps(example_of(type))}\n\n"
    if media_type == "text/csv":
        return str(next(iter(BODIES[operation_id.replace("export_", "import_", 1)].values())))
    return 'http_requests_total{method="GET",route="/v1/worklist",status="200"} 12.0\n'


def _chosen(values: list[Any], owner: str, name: str) -> Any:
    preferred = TEXTS.get(f"{owner}.{name}", TEXTS.get(name))
    return preferred if preferred in values else values[0]


def _text(schema: Mapping[str, Any], owner: str, name: str) -> str:
    match schema.get("format"):
        case "uuid":
            return _id(owner, name)
        case "date-time":
            return INSTANTS.get(name, INSTANTS[""])
        case "date":
            return DATES.get(name, DATES[""])
        case _:
            return TEXTS.get(f"{owner}.{name}") or TEXTS.get(name) or f"{_words(name).capitalize()}"


def _id(owner: str, name: str) -> str:
    thing = name.removesuffix("_id") if name != "id" else "_".join(_words(owner).split())
    constant = IDS.get(thing, thing).upper()
    return neutral_ids(str(getattr(fixture_ids, constant, IDS[""])))


def _number(schema: Mapping[str, Any], name: str) -> Any:
    if schema.get("type") == "boolean":
        return NUMBERS.get(name, False)
    return NUMBERS.get(name, schema.get("minimum", 1))


def _words(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip()
