"""JSON schema of the policy, generated from the dataclasses of the rules: types, limits and defaults."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import time
from inspect import getdoc
from typing import Any

from app.rules.policy import DEFAULTS, policy_faults, values
from app.rules.policy_validation import MAX_VALUE

_CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"


def policy_schema(*, required: bool = False, resettable: bool = False) -> dict[str, Any]:
    """Return the JSON schema of a policy. `required` makes all fields required, `resettable` makes them nullable."""
    return _section(DEFAULTS, values(DEFAULTS), (), required, resettable)


def _section(
    section: Any, defaults: Mapping[str, Any], path: tuple[str, ...], required: bool, resettable: bool
) -> dict[str, Any]:
    properties = {}
    for field in fields(section):
        value, here = getattr(section, field.name), (*path, field.name)
        if is_dataclass(value):
            found = _section(value, defaults[field.name], here, required, resettable)
        else:
            found = _leaf(value, here) | {"default": defaults[field.name]}
        if resettable and "null" not in found["type"]:
            found["type"] = [found["type"], "null"]
        properties[field.name] = found
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    if path:
        schema["description"] = getdoc(section)
    if required:
        schema["required"] = list(properties)
    return schema


def _leaf(value: object, path: tuple[str, ...]) -> dict[str, Any]:
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "minimum": _lowest(path), "maximum": MAX_VALUE}
        case time():
            return {"type": "string", "pattern": _CLOCK}
        case _:
            return {"type": ["string", "null"], "pattern": _CLOCK}


def _lowest(path: tuple[str, ...]) -> int:
    """Return the minimum of an integer field of the policy: 0 if the validation accepts 0, else 1."""
    zero: Any = 0
    for name in reversed(path):
        zero = {name: zero}
    return 1 if policy_faults(zero) else 0
