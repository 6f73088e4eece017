"""The bodies of by-ref addresses: `external_ref` is optional, since the address contains it."""

from typing import Any

_REF = "#/components/schemas/"
_FIELD = "external_ref"


def without_reference(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give each PUT operation a body schema without `external_ref`. The service accepts an equal one."""
    for item in paths.values():
        content = item.get("put", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").removeprefix(_REF)
        if _FIELD in schemas.get(name, {}).get("properties", {}):
            put = name.removesuffix("In").removesuffix("Put") + "Put"
            properties = {key: part for key, part in schemas[name]["properties"].items() if key != _FIELD}
            schemas[put] = schemas[name] | {"properties": properties}
            content["schema"] = {"$ref": _REF + put}
