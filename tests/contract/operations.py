"""Every operation of the service, found in the routes of the app: path, role, parameters and schema of the body."""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_type_hints

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter


@dataclass(frozen=True)
class Parameter:
    """One path or query parameter, with its JSON schema."""

    name: str
    schema: Mapping[str, Any]
    required: bool


@dataclass(frozen=True)
class Operation:
    """One method at one address. `body` is the JSON schema of what it takes, with every reference put in its place."""

    method: str
    path: str
    role: str | None
    path_parameters: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    body: Mapping[str, Any] | None
    takes_table: bool = False
    """Its body is a CSV file."""
    is_stream: bool = False
    """Its answer has no end: server-sent events."""

    @property
    def name(self) -> str:
        """Return the operation as method and path."""
        return f"{self.method} {self.path}"

    def takes(self, name: str) -> bool:
        """Return whether it has a query parameter of this name."""
        return any(parameter.name == name for parameter in self.query)


@cache
def operations(app: FastAPI) -> list[Operation]:
    """All of them, in the order of their routes; pages for people and for machines alone are left out."""
    return [operation for operation in _walk(app) if operation.path.startswith("/v1/")]


def _walk(app: FastAPI) -> Iterator[Operation]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or context.path is None:
            continue
        assert context.endpoint is not None
        roles = [getattr(item.call, "role", None) for item in dependant.dependencies]
        for method in sorted(context.methods or ()):
            yield Operation(
                method,
                context.path_format or context.path,
                next((str(role) for role in roles if role is not None), None),
                tuple(_parameter(field) for field in dependant.path_params),
                tuple(_parameter(field) for field in dependant.query_params),
                _body(context.endpoint),
                "text/csv" in str(getattr(context, "openapi_extra", None)),
                getattr(getattr(context, "response_class", None), "media_type", None) == "text/event-stream",
            )


def _parameter(field: Any) -> Parameter:
    info = field.field_info
    annotated: Any = info.annotation
    for item in info.metadata:
        annotated = Annotated[annotated, item]
    schema = TypeAdapter(annotated).json_schema()
    return Parameter(field.alias, resolved(schema), info.is_required())


def _body(endpoint: Any) -> Any:
    hint = get_type_hints(endpoint).get("body") if "body" in inspect.signature(endpoint).parameters else None
    if not (inspect.isclass(hint) and issubclass(hint, BaseModel)):
        return None
    return resolved(hint.model_json_schema())


def resolved(schema: Mapping[str, Any], definitions: Mapping[str, Any] | None = None) -> Any:
    """The same schema without `$ref`."""
    definitions = schema.get("$defs", {}) if definitions is None else definitions

    def inside(value: Any) -> Any:
        if isinstance(value, Mapping):
            if "$ref" in value:
                return inside(definitions[value["$ref"].rpartition("/")[2]])
            return {name: inside(item) for name, item in value.items() if name != "$defs"}
        return [inside(item) for item in value] if isinstance(value, list) else value

    return inside(schema)


def alternatives(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Return the types of a field beside null, and whether it accepts null."""
    if "anyOf" in schema and "properties" not in schema:
        kept = [item for item in schema["anyOf"] if item.get("type") != "null"]
        return kept[0], len(kept) < len(schema["anyOf"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return {**schema, "type": next(item for item in kind if item != "null")}, "null" in kind
    return schema, False
