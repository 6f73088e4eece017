"""Texts of an operation that follow from names and roles: summary, parameters and responses."""

import re
from collections.abc import Mapping
from typing import Any

from app.access.caller import Role

_ROLES = {
    Role.viewer: "Any key of your agency may use this.",
    Role.recruiter: "Needs a key with the role `recruiter` or `admin`.",
    Role.admin: "Needs a key with the role `admin`.",
    Role.operator: "Needs the operator key from the service's settings.",
}
_PARAMETERS = {
    "system": "The other system's name, in lower case, such as `jobadder`.",
    "id": "The record's id in that system.",
    "on": "The day, in the agency's time zone. Default: today.",
    "kind": "Only of this kind.",
    "severity": "Only of this severity.",
    "state": "Only in this state. Default: those that are active.",
    "stage": "Only in this stage.",
    "effective_stage": "Only in this stage, counting an interview that has ended as `interviewed`.",
    "status": "Only in this status.",
    "as_of": "The instant to assess for, in the past or the future. Default: now.",
    "from_party": "The party who would make the contact.",
    "to_party": "The party to be contacted.",
    "channel": "The channel of the contact.",
    "purpose": "The purpose of the contact.",
    "at": "The instant of the contact. Default: now.",
}
_RESPONSES = {"204": "Done, without a body."}


def operation_text(docstring: str, role: Role | None) -> tuple[str, str]:
    """Return the summary and the description of an operation.

    The summary is the first sentence of the docstring. The description is the remaining text and the required role.
    """
    first, _, rest = re.sub(r"\s*\n\s*(?!\n)", " ", docstring).partition(". ")
    role_text = _ROLES[role] if role is not None else "Needs no key."
    return first.removesuffix(".").replace("`", ""), "\n\n".join(part for part in (rest.strip(), role_text) if part)


def parameter_text(parameter: Mapping[str, Any]) -> str:
    """Return the description of a parameter, derived from its name if its route gives none."""
    name = parameter["name"]
    text = parameter.get("description") or _PARAMETERS.get(name)
    if text is None and name.endswith("_id"):
        record = name.removesuffix("_id").replace("_", " ").replace("api", "API")
        text = f"The {record}'s id." if parameter["in"] == "path" else f"Only of the {record} with this id."
    return text or name.replace("_", " ").capitalize() + "."


def response_text(status: str, shape: str) -> str:
    """Return the description of a successful response: the first line of its schema's description, or a general
    sentence.
    """
    return _RESPONSES.get(status) or shape.partition("\n")[0] or "The requested data."
