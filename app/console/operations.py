"""One operation of the document: its words, its headers, its examples, and every answer that it can give."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.access.caller import Role
from app.console import headers, refusals, words

_Part = dict[str, Any]


class Operations:
    """Completes the operations of an app; `schemas` are the document's, by name."""

    def __init__(self, app: FastAPI, schemas: Mapping[str, _Part]) -> None:
        self._roles, self._schemas = dict(_roles(app)), schemas

    def complete(self, method: str, operation: _Part) -> None:
        """Add to an operation what its route does not say itself."""
        id = operation["operationId"]
        role = self._roles.get(id)
        operation["summary"], operation["description"] = words.told(operation.get("description", ""), role)
        content: _Part = next(iter(operation.get("requestBody", {}).get("content", {}).values()), {})
        for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
            if "json" not in media_type:
                body["schema"] = {"type": "string", "format": "binary"}
        self._answers(method, operation, role)
        if role is None:
            operation["security"] = []
        for status in refusals.refusals(method, operation, role, self._properties(content.get("schema", {}))):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{refusals.name_of(status)}"}
        for parameter in operation.get("parameters", ()):
            parameter["description"] = words.of_parameter(parameter)
        keyed = role is not None and id not in refusals.REHEARSING
        tagged = _is_tagged(operation, role)
        asked = headers.asked(method, keyed=keyed, tagged=tagged, if_match=refusals.honours_if_match(method, operation))
        operation["parameters"] = [*operation.get("parameters", ()), *asked]

    def _answers(self, method: str, operation: _Part, role: Role | None) -> None:
        """The successful answers, with their headers; FastAPI's own refusal goes."""
        keyed = role is not None and operation["operationId"] not in refusals.REHEARSING
        limited = role not in (None, Role.operator)
        tagged = _is_tagged(operation, role)
        responses = operation["responses"]
        responses.pop("422", None)
        if method == "put":
            responses["201"] = dict(responses["200"])
        for status, response in responses.items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            response["description"] = words.of_answer(status, self._resolved(schema).get("description", ""))
            response["headers"] = headers.answered(method, int(status), keyed=keyed, tagged=tagged, limited=limited)
        if method == "get" and tagged:
            responses["304"] = {
                "description": "What you already have still holds.",
                "headers": headers.answered(method, 304, keyed=keyed, tagged=tagged, limited=limited),
            }

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    def _properties(self, schema: Mapping[str, Any]) -> _Part:
        """Every property that a body may have, at any depth, by name."""
        found: _Part = {}
        for name, inner in self._resolved(schema).get("properties", {}).items():
            found[name] = inner
            for deeper in (inner, inner.get("items", {}), *inner.get("anyOf", ())):
                found |= self._properties(deeper)
        return found


def _is_tagged(operation: _Part, role: Role | None) -> bool:
    """Whether its answers have an ETag: all that a key opens have one, but for a stream, which has no end."""
    return role is not None and "text/event-stream" not in operation["responses"].get("200", {}).get("content", {})


def _roles(app: FastAPI) -> Iterator[tuple[str, Role]]:
    """The role that each route declares, by the route's name."""
    for route in iter_route_contexts(app.routes):
        for dependant in _flat(getattr(route, "dependant", None)):
            if (role := getattr(dependant.call, "role", None)) is not None:
                yield str(route.name), role


def _flat(dependant: Dependant | None) -> Iterator[Dependant]:
    if dependant is not None:
        yield dependant
        for inner in dependant.dependencies:
            yield from _flat(inner)
