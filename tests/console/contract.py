"""The document as a reader meets it: its operations, its examples, and what its schemas say of an answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import jsonschema_rs

from app.api import create_app
from app.console.examples import EXAMPLES
from app.console.examples.placing import with_examples
from app.kit.settings import Settings

Part = dict[str, Any]


@cache
def document() -> Part:
    """The document that the service answers: its examples are neutral."""
    made: Part = create_app(Settings()).openapi()
    return made


@cache
def demo_document() -> Part:
    """The document that the console shows where the demo is loaded."""
    return with_examples(document(), EXAMPLES)


def resolved(part: Part) -> Part:
    """The part itself, or what it refers to."""
    while "$ref" in part:
        _, *steps = part["$ref"].split("/")
        part = document()
        for step in steps:
            part = part[step]
    return part


def faults(schema: Part, instance: Any) -> list[str]:
    """What of an instance is not as its schema says."""
    whole = {**schema, "components": document()["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(instance)]


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
        """Whether it takes the operator's key and no other."""
        return "Operator" in self.part["tags"]

    @property
    def parameters(self) -> list[Part]:
        return [resolved(parameter) for parameter in self.part.get("parameters", ())]

    @property
    def bodies(self) -> dict[str, Any]:
        """The bodies of its examples, by what each tells."""
        return {name: example["value"] for name, example in self._content.get("examples", {}).items()}

    @property
    def body_schema(self) -> Part | None:
        return self._content.get("schema")

    @property
    def _content(self) -> Part:
        """What its body is, in the one form in which it is taken."""
        whole: Part = next(iter(self.part.get("requestBody", {}).get("content", {}).values()), {})
        return whole

    def response(self, status: int) -> Part:
        return resolved(self.part["responses"][str(status)])

    def example(self, body: str | None, move: "Move | None" = None) -> "Call":
        """One of its examples as a request."""
        moved = move or (lambda value: value)
        given = {
            where: {p["name"]: moved(p["example"]) for p in self.parameters if p["in"] == where and "example" in p}
            for where in ("path", "query")
        }
        path = re.sub(r"\{(\w+)\}", lambda name: str(given["path"][name[1]]), self.path)
        return Call(self.method.upper(), path, given["query"], None if body is None else moved(self.bodies[body]))


@dataclass(frozen=True)
class Call:
    """A request that an example makes."""

    method: str
    path: str
    query: Part
    body: Any

    @property
    def rest(self) -> dict[str, Any]:
        """What httpx is told of it beside its method and address. A body that is text is a table."""
        if isinstance(self.body, str):
            return {"params": self.query, "content": self.body, "headers": {"Content-Type": "text/csv"}}
        return {"params": self.query, "json": self.body}


@cache
def operations() -> list[Operation]:
    """All operations, in the document's order, with the demo's examples."""
    return operations_of(demo_document())


def operations_of(whole: Part) -> list[Operation]:
    """The operations of a document."""
    return [Operation(method, path, part) for path, item in whole["paths"].items() for method, part in item.items()]


def examples() -> Iterator[tuple[Operation, str | None]]:
    """Every example: an operation, and the name of its body where it has one."""
    for operation in operations():
        for body in operation.bodies or [None]:
            yield operation, body


class Move:
    """What the page does to the dates of examples, as of a day: dates.js in the words of Python."""

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
