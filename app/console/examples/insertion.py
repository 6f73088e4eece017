"""Insertion of example requests into the parameters and request bodies of the OpenAPI document."""

import json
from collections.abc import Mapping
from typing import Any

from app.console.examples.example import Example


def with_examples(document: Mapping[str, Any], examples: Mapping[str, Example]) -> dict[str, Any]:
    """Return a copy of the OpenAPI document with these example requests. Examples that it had before are removed."""
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
        forms = {form: _with_bodies(form, part, example.bodies) for form, part in content.items()}
        placed["requestBody"] = {**operation["requestBody"], "content": forms}
    return placed


def _with_bodies(form: str, part: Mapping[str, Any], bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a request body for one media type, with these example bodies. Bodies that are not JSON are
    texts.
    """
    as_text = not form.endswith("json") and "schema" in part
    shown = {
        name: {
            "summary": name,
            "value": json.dumps(value, ensure_ascii=False) if as_text and not isinstance(value, str) else value,
        }
        for name, value in bodies.items()
    }
    return {**_without(part, "examples"), **({"examples": shown} if shown else {})}


def _parameter(parameter: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"example": values[parameter["name"]]} if parameter.get("name") in values else {}
    return {**_without(parameter, "example"), **shown}


def _without(part: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != name}
