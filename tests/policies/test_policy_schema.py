"""The policy's JSON schema, as the console shows it."""

from typing import Any

from app.policies.override_levels import leaves
from app.policies.policy_schema import policy_schema
from app.rules.policy import DEFAULTS, policy_faults, values


def fields(schema: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """Yield every field of the schema by its dotted name."""
    found: dict[str, dict[str, Any]] = {}
    for name, part in schema["properties"].items():
        found |= fields(part, f"{prefix}{name}.") if "properties" in part else {prefix + name: part}
    return found


def test_every_field_stands_there_with_its_default():
    defaults = {name: part["default"] for name, part in fields(policy_schema()).items()}
    assert defaults == dict(leaves(values(DEFAULTS)))


def test_the_limits_are_those_of_the_rules():
    described = fields(policy_schema())
    assert described["timeline_missing.grace"]["minimum"] == 0
    for name, part in described.items():
        if part["type"] == "integer":
            body: Any = part["minimum"] - 1
            for step in reversed(name.split(".")):
                body = {step: body}
            assert policy_faults(body), name


def test_in_a_change_every_field_and_every_rule_may_be_null():
    schema = policy_schema(resettable=True)
    parts = [*schema["properties"].values(), *fields(schema).values()]
    assert all("null" in part["type"] for part in parts)
    assert "required" not in schema


def test_in_an_answer_every_field_is_there():
    schema = policy_schema(required=True)
    assert set(schema["required"]) == set(values(DEFAULTS))
    assert schema["properties"]["going_quiet"]["properties"]["offer"]["required"] == ["watch", "warning", "critical"]
