"""Completion of the OpenAPI document's operations: summaries, descriptions, headers and responses."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.access.caller import Role
from app.console import headers
from app.console.error_responses import DRY_RUNS, error_statuses, honours_if_match, response_name
from app.console.operation_texts import operation_text, parameter_text, response_text

_Part = dict[str, Any]


class Operations:
    """Completes the operations of an app's OpenAPI document. `schemas` are the document's schemas, by name."""

    def __init__(self, app: FastAPI, schemas: Mapping[str, _Part]) -> None:
        self._roles, self._schemas = dict(_roles(app)), schemas

    def complete(self, method: str, operation: _Part) -> None:
        """Add the texts, errors, headers and parameters that FastAPI does not derive from the route of an operation."""
        id = operation["operationId"]
        role = self._roles.get(id)
        operation["summary"], operation["description"] = operation_text(operation.get("description", ""), role)
        content: _Part = next(iter(operation.get("requestBody", {}).get("content", {}).values()), {})
        for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
            if "json" not in media_type:
                body["schema"] = {"type": "string", "format": "binary"}
        self._complete_responses(method, operation, role)
        if role is None:
            operation["security"] = []
        for status in error_statuses(method, operation, role, self._properties(content.get("schema", {}))):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{response_name(status)}"}
        for parameter in operation.get("parameters", ()):
            parameter["description"] = parameter_text(parameter)
        idempotent = role is not None and id not in DRY_RUNS
        has_etag = _has_etag(operation, role)
        request_headers = headers.request_headers(
            method, idempotent=idempotent, has_etag=has_etag, if_match=honours_if_match(method, operation)
        )
        operation["parameters"] = [*operation.get("parameters", ()), *request_headers]

    def _complete_responses(self, method: str, operation: _Part, role: Role | None) -> None:
        """Add descriptions and headers to an operation's successful responses, add 201 and 304, and remove FastAPI's
        own 422.
        """
        idempotent = role is not None and operation["operationId"] not in DRY_RUNS
        limited = role not in (None, Role.operator)
        has_etag = _has_etag(operation, role)
        responses = operation["responses"]
        responses.pop("422", None)
        if method == "put":
            responses["201"] = dict(responses["200"])
        for status, response in responses.items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            response["description"] = response_text(status, self._resolved(schema).get("description", ""))
            response["headers"] = headers.response_headers(
                method, int(status), idempotent=idempotent, has_etag=has_etag, limited=limited
            )
        if method == "get" and has_etag:
            responses["304"] = {
                "description": "The stored response is still valid.",
                "headers": headers.response_headers(
                    method, 304, idempotent=idempotent, has_etag=has_etag, limited=limited
                ),
            }

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    def _properties(self, schema: Mapping[str, Any]) -> _Part:
        """Return the schemas of all properties of a request body, at any depth, by property name."""
        found: _Part = {}
        for name, inner in self._resolved(schema).get("properties", {}).items():
            found[name] = inner
            for deeper in (inner, inner.get("items", {}), *inner.get("anyOf", ())):
                found |= self._properties(deeper)
        return found


def _has_etag(operation: _Part, role: Role | None) -> bool:
    """Return True if the responses of an operation have an ETag. All operations that need a key have one, except a
    stream.
    """
    return role is not None and "text/event-stream" not in operation["responses"].get("200", {}).get("content", {})


def _roles(app: FastAPI) -> Iterator[tuple[str, Role]]:
    """Yield pairs of a route's name and the role that the route requires. Routes without a key are left out."""
    for route in iter_route_contexts(app.routes):
        for dependant in _flat(getattr(route, "dependant", None)):
            if (role := getattr(dependant.call, "role", None)) is not None:
                yield str(route.name), role


def _flat(dependant: Dependant | None) -> Iterator[Dependant]:
    if dependant is not None:
        yield dependant
        for inner in dependant.dependencies:
            yield from _flat(inner)
