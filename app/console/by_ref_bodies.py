"""Request bodies of the `by-ref` URLs: `external_ref` is left out of the schema, since the URL contains it."""

from typing import Any

_REF = "#/components/schemas/"
_FIELD = "external_ref"


def without_reference(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Replace the body schema of each PUT operation by a copy without `external_ref`, if the schema has that field.

    The service also accepts a body whose `external_ref` equals the reference in the URL.
    """
    for item in paths.values():
        content = item.get("put", {}).get("requestBody", {}).get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").removeprefix(_REF)
        if _FIELD in schemas.get(name, {}).get("properties", {}):
            put = name.removesuffix("In").removesuffix("Put") + "Put"
            properties = {key: part for key, part in schemas[name]["properties"].items() if key != _FIELD}
            schemas[put] = schemas[name] | {"properties": properties}
            content["schema"] = {"$ref": _REF + put}
