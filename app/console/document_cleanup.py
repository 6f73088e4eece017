"""Cleanup of the OpenAPI document that FastAPI generates: remove titles made from names, and null from parameters."""

from typing import Any

_NULL = {"type": "null"}


def cleaned(part: Any, *, names: bool = False) -> Any:
    """Return a part of the OpenAPI document without generated titles, and without null as a value of parameters.

    `names`: the keys of the part are names of fields or schemas, not keywords of JSON Schema.
    """
    if isinstance(part, list):
        return [cleaned(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("in") in ("query", "path", "header") and "schema" in part:
        part = {**part, "schema": _without_null(part["schema"])}
    if not names and len(part.get("patternProperties", ())) == 1:
        part = _with_named_keys(part)
    kept = {key: value for key, value in part.items() if names or key != "title" or "version" in part}
    return {key: cleaned(value, names=not names and key in ("properties", "schemas")) for key, value in kept.items()}


def _with_named_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an object schema with `propertyNames` and `additionalProperties` in place of `patternProperties`.

    Generators of clients do not read `patternProperties`.
    """
    ((pattern, value),) = schema["patternProperties"].items()
    rest = {key: part for key, part in schema.items() if key != "patternProperties"}
    return rest | {"propertyNames": {"pattern": pattern}, "additionalProperties": value}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter's schema without the type null: a query parameter or header is left out, never null."""
    options: list[dict[str, Any]] = [option for option in schema.get("anyOf", ()) if option != _NULL]
    if len(options) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "description")}
    return options[0] | rest
