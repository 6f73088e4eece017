"""Responses are described as precisely as requests, and names suit generated clients."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.console.schema_names import ENUMERATIONS, public_name
from app.console.schema_properties import properties
from tests.console.contract import Operation, Part, document, faults, operations, resolved

SCHEMAS: dict[str, Part] = document()["components"]["schemas"]
FREE_OBJECTS = {"Event.data", "HistoryItem.data"}
"""Objects whose fields depend on another field; no schema lists them."""


def answers(operation: Operation) -> Iterator[tuple[str, str, Part]]:
    """Yield each successful answer that has a body: its status, media type and content."""
    for status in operation.part["responses"]:
        if status.startswith("2"):
            for media_type, content in operation.response(int(status)).get("content", {}).items():
                yield status, media_type, content


def test_a_schema_has_a_plain_name_and_a_description():
    house = re.compile(r"[A-Z][A-Za-z0-9]+")
    assert [name for name in SCHEMAS if not house.fullmatch(name) or re.search(r"(Out|In|Found|Made)$", name)] == []
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


def test_a_property_has_a_description():
    lacking = {
        f"{owner}.{name}"
        for owner, schema in SCHEMAS.items()
        for name, part in properties(schema)
        if not part.get("description") and "const" not in part
    }
    assert lacking == set()  # write a docstring below the field, or a sentence in app/console/property_descriptions.py


def test_a_property_of_this_name_has_a_format():
    formats = {"email": "email", "url": "uri", "time_zone": "iana-time-zone", "holiday_region": "holiday-region"}
    wanted = [
        (re.compile(r".*_at"), "date-time"),
        (re.compile(r".*_id"), "uuid"),
        *((re.compile(name), kind) for name, kind in formats.items()),
    ]
    others = {"RecordOutcome.external_id", "Problem.request_id"}
    lacking = {
        f"{owner}.{name}"
        for owner, schema in SCHEMAS.items()
        for name, part in properties(schema)
        for pattern, kind in wanted
        if pattern.fullmatch(name) and kind not in {option.get("format") for option in (part, *part.get("anyOf", ()))}
    }
    assert lacking - others == set()


def test_no_answer_holds_an_object_without_a_schema():
    def free(part: Any) -> bool:
        return part.get("type") == "object" and not part.get("properties") and part.get("additionalProperties") is True

    found = {
        f"{owner}.{name}"
        for owner, schema in SCHEMAS.items()
        for name, part in properties(schema)
        if any(free(option) for option in (part, part.get("items", {}), *part.get("anyOf", ())))
    }
    assert found == FREE_OBJECTS


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_a_successful_answer_has_an_example(operation: Operation):
    for status, media_type, content in answers(operation):
        if media_type == "application/json":
            examples = [resolved(example)["value"] for example in content["examples"].values()]
            assert examples, status
            assert [faults(content["schema"], example) for example in examples] == [[]] * len(examples)
        else:
            assert faults(content["schema"], content["example"]) == []
            assert content["example"]


def test_an_operation_names_its_security():
    for operation in operations():
        assert operation.part["security"] == (
            [] if "Needs no key." in operation.part["description"] else [{"ApiKey": []}]
        )


def test_an_operation_id_is_a_method_name():
    assert [operation.id for operation in operations() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", operation.id)] == []


def test_the_document_names_its_server_its_licence_and_whom_to_ask():
    assert [server["url"] for server in document()["servers"]] == ["/"]
    assert document()["info"]["license"]["name"]
    assert document()["info"]["contact"]["name"]


def test_a_shared_enumeration_is_one_schema():
    shared = {frozenset(values) for values in ENUMERATIONS.values()}

    def written_out(part: Any) -> Iterator[frozenset[str]]:
        if isinstance(part, dict):
            if isinstance(part.get("enum"), list):
                yield frozenset(part["enum"])
            for inner in part.values():
                yield from written_out(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from written_out(inner)

    rest = {name: schema for name, schema in SCHEMAS.items() if name not in ENUMERATIONS}
    assert shared & set(written_out([rest, document()["paths"]])) == set()


@pytest.mark.parametrize(
    ("internal", "name"),
    [
        ("Alive", "Health"),
        ("ActionFound", "Action"),
        ("FlagFound", "Flag"),
        ("Page_FlagOut_", "FlagPage"),
        ("Page_JobOut_", "JobPage"),
        ("Event_FlagEvent_", "FlagEventEnvelope"),
        ("JobIn", "JobInput"),
    ],
)
def test_a_public_name(internal: str, name: str):
    assert public_name(internal) == name


def test_a_by_ref_body_has_no_reference_of_its_own():
    for operation in operations():
        if operation.method == "put" and operation.body_schema is not None:
            assert "external_ref" not in resolved(operation.body_schema)["properties"]


def test_an_object_with_free_keys_names_their_pattern_in_a_form_that_generators_read():
    settings = resolved(SCHEMAS["ConnectionInput"])["properties"]["settings"]
    assert settings["propertyNames"] == {"pattern": "^[a-z][a-z_]{0,39}$"}
    assert settings["additionalProperties"]["type"] == "string"
    assert faults(settings, {"Region": "eu"})
    assert faults(settings, {"region": "eu"}) == []
