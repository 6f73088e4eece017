"""The document for tests: its operations and examples, and validation of responses against its schemas."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import jsonschema_rs

from app.api import create_app
from app.console.examples import EXAMPLES
from app.console.examples.insertion import with_examples
from app.kit.settings import Settings

Part = dict[str, Any]


@cache
def document() -> Part:
    """Return the document that the service serves, with neutral examples."""
    made: Part = create_app(Settings()).openapi()
    return made


@cache
def demo_document() -> Part:
    """Return the document that the console shows if the demo is loaded."""
    return with_examples(document(), EXAMPLES)


def resolved(part: Part) -> Part:
    """Resolve a `$ref`: return the referenced part, or the part itself."""
    while "$ref" in part:
        _, *steps = part["$ref"].split("/")
        part = document()
        for step in steps:
            part = part[step]
    return part


def faults(schema: Part, instance: Any) -> list[str]:
    """Return the validation errors of an instance."""
    return [error.message for error in _validator(json.dumps(schema)).iter_errors(instance)]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema once: it costs more than a thousand validations."""
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    part: Part

    @property
    def id(self) -> str:
        return str(self.part["operationId"])

    @property
    def needs_operator(self) -> bool:
        """Return True if it takes only the operator's key."""
        return "Operator" in self.part["tags"]

    @property
    def parameters(self) -> list[Part]:
        return [resolved(parameter) for parameter in self.part.get("parameters", ())]

    @property
    def bodies(self) -> dict[str, Any]:
        """The bodies of its examples, by title."""
        return {name: example["value"] for name, example in self._content.get("examples", {}).items()}

    @property
    def body_schema(self) -> Part | None:
        return self._content.get("schema")

    @property
    def _content(self) -> Part:
        """The schema of its body, in its only media type."""
        whole: Part = next(iter(self.part.get("requestBody", {}).get("content", {}).values()), {})
        return whole

    def response(self, status: int) -> Part:
        return resolved(self.part["responses"][str(status)])

    def example(self, body: str | None, move: "Move | None" = None) -> "Call":
        """Return one of its examples as a request."""
        moved = move or (lambda value: value)
        given = {
            where: {p["name"]: moved(p["example"]) for p in self.parameters if p["in"] == where and "example" in p}
            for where in ("path", "query")
        }
        path = re.sub(r"\{(\w+)\}", lambda name: str(given["path"][name[1]]), self.path)
        return Call(self.method.upper(), path, given["query"], None if body is None else moved(self.bodies[body]))


@dataclass(frozen=True)
class Call:
    """The request of an example."""

    method: str
    path: str
    query: Part
    body: Any

    @property
    def rest(self) -> dict[str, Any]:
        """The other arguments of httpx. A body that is text is a table."""
        if isinstance(self.body, str):
            return {"params": self.query, "content": self.body, "headers": {"Content-Type": "text/csv"}}
        return {"params": self.query, "json": self.body}


@cache
def operations() -> list[Operation]:
    """Return all operations in the document's order, with the demo's examples."""
    return operations_of(demo_document())


def operations_of(whole: Part) -> list[Operation]:
    """Return the operations of a document."""
    return [Operation(method, path, part) for path, item in whole["paths"].items() for method, part in item.items()]


def examples() -> Iterator[tuple[Operation, str | None]]:
    """Return every example: an operation, and the title of its body if it has one."""
    for operation in operations():
        for body in operation.bodies or [None]:
            yield operation, body


class Move:
    """Shift the dates of examples as the page does (dates.js), as of a day."""

    _DATED = re.compile(r"(?<![^\n,;/])(\d{4}-\d\d-\d\d)(?=$|T\d\d:\d\d|[\n,;/])")
    _WEEK = timedelta(weeks=1)

    def __init__(self, today: date) -> None:
        days = document()["info"]["x-example-days"]
        self._past, self._coming = date.fromisoformat(days["past"]), date.fromisoformat(days["coming"])
        self._back = (today - self._past) // self._WEEK * self._WEEK
        self._on = -((self._coming - today) // self._WEEK) * self._WEEK

    def __call__(self, value: Any) -> Any:
        match value:
            case str():
                return self._DATED.sub(self._moved, value)
            case dict():
                return {name: self(inner) for name, inner in value.items()}
            case list():
                return [self(inner) for inner in value]
            case _:
                return value

    def _moved(self, dated: re.Match[str]) -> str:
        day = date.fromisoformat(dated[1])
        nearer = self._back if abs(day - self._past) < abs(day - self._coming) else self._on
        return (day + nearer).isoformat()
