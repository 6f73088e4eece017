"""The sentences of the document that follow from what a thing is called and who may ask for it."""

import re
from collections.abc import Mapping
from typing import Any

from app.access.caller import Role

_NEEDS = {
    Role.viewer: "Any key of your agency may ask this.",
    Role.recruiter: "Needs a key with the role `recruiter` or `admin`.",
    Role.admin: "Needs a key with the role `admin`.",
    Role.operator: "Needs the operator key from the service's settings.",
}
_PARAMETERS = {
    "system": "The other system's name, in lower case, such as `jobadder`.",
    "id": "What that system calls it.",
    "on": "The day, in the agency's time zone. Default: today.",
    "kind": "Only of this kind.",
    "severity": "Only of this severity.",
    "state": "Only in this state. Default: those that stand.",
    "stage": "Only in this stage.",
    "effective_stage": "Only in this stage, counting an interview that has ended as `interviewed`.",
    "status": "Only in this status.",
    "as_of": "The instant to judge for, in the past or the future. Default: now.",
    "from_party": "Who would make the contact.",
    "to_party": "Whom they would contact.",
    "channel": "By which channel.",
    "purpose": "What for.",
    "at": "When. Default: now.",
}
_ANSWERS = {"204": "Done; there is nothing to say."}


def told(docstring: str, role: Role | None) -> tuple[str, str]:
    """An operation's summary, the first sentence of its docstring, and its description: the rest and the role."""
    first, _, rest = re.sub(r"\s*\n\s*(?!\n)", " ", docstring).partition(". ")
    needs = _NEEDS[role] if role is not None else "Needs no key."
    return first.removesuffix(".").replace("`", ""), "\n\n".join(part for part in (rest.strip(), needs) if part)


def of_parameter(parameter: Mapping[str, Any]) -> str:
    """What a parameter is, where its route does not say so."""
    name = parameter["name"]
    said = parameter.get("description") or _PARAMETERS.get(name)
    if said is None and name.endswith("_id"):
        thing = name.removesuffix("_id").replace("_", " ").replace("api", "API")
        said = f"The {thing}'s id." if parameter["in"] == "path" else f"Only of the {thing} with this id."
    return said or name.replace("_", " ").capitalize() + "."


def of_answer(status: str, shape: str) -> str:
    """What an answer is: the first sentence of its shape's docstring."""
    return _ANSWERS.get(status) or shape.partition("\n")[0] or "What was asked for."
