"""Taking out of the generated document what says nothing: titles made from names, and null where a query has none."""

from typing import Any

_NULL = {"type": "null"}


def tidied(part: Any, *, names: bool = False) -> Any:
    """The part without the titles that repeat a name. `names`: its keys are names of things, not keywords."""
    if isinstance(part, list):
        return [tidied(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("in") in ("query", "path", "header") and "schema" in part:
        part = {**part, "schema": _without_null(part["schema"])}
    if not names and len(part.get("patternProperties", ())) == 1:
        part = _with_named_keys(part)
    kept = {key: value for key, value in part.items() if names or key != "title" or "version" in part}
    return {key: tidied(value, names=not names and key in ("properties", "schemas")) for key, value in kept.items()}


def _with_named_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """Refuse keys of another pattern too. Generators of clients read `additionalProperties` alone."""
    ((pattern, value),) = schema["patternProperties"].items()
    rest = {key: part for key, part in schema.items() if key != "patternProperties"}
    return rest | {"propertyNames": {"pattern": pattern}, "additionalProperties": value}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query's value, and a header's, is left out or text: it is never null."""
    options: list[dict[str, Any]] = [option for option in schema.get("anyOf", ()) if option != _NULL]
    if len(options) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "description")}
    return options[0] | rest
