"""Putting a set of examples into a document: those of its parameters and of its request bodies."""

from collections.abc import Mapping
from typing import Any

from app.console.examples.example import Example


def with_examples(document: Mapping[str, Any], examples: Mapping[str, Example]) -> dict[str, Any]:
    """Return the document with these examples in place of any others of parameters and bodies."""
    paths = {
        path: {
            method: _placed(operation, examples.get(operation["operationId"], Example()))
            for method, operation in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def _placed(operation: Mapping[str, Any], example: Example) -> dict[str, Any]:
    placed = dict(operation)
    if "parameters" in operation:
        placed["parameters"] = [_parameter(parameter, example.parameters) for parameter in operation["parameters"]]
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        bodies = {name: {"summary": name, "value": value} for name, value in example.bodies.items()}
        forms = {
            form: {**_without(part, "examples"), **({"examples": bodies} if bodies else {})}
            for form, part in content.items()
        }
        placed["requestBody"] = {**operation["requestBody"], "content": forms}
    return placed


def _parameter(parameter: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"example": values[parameter["name"]]} if parameter.get("name") in values else {}
    return {**_without(parameter, "example"), **shown}


def _without(part: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != name}
