"""The OpenAPI document is complete, equals its file, and agrees with the service."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi.routing import iter_route_contexts

from app.access.caller import Role
from app.api import create_app
from app.console import fixture_ids
from app.console.introduction import TAGS
from app.kit.settings import Settings
from tests.console.contract import Operation, document, faults, operations, resolved
from tests.service import OPERATOR_KEY, Service

FILE = Path(__file__).resolve().parents[2] / "openapi" / "openapi.json"


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Return every object in the document."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def test_the_file_is_what_the_service_answers(read_demo: Service):
    assert json.loads(FILE.read_text()) == read_demo.client().get("/openapi.json").json()


def test_it_is_openapi_3_1_with_words_to_start_by():
    whole = document()
    assert whole["openapi"].startswith("3.1.")
    assert whole["info"]["title"] == "Keepwarm"
    assert re.findall(r"^\d\. ", whole["info"]["description"], re.MULTILINE) == [f"{n}. " for n in range(1, 8)]


def test_every_reference_leads_somewhere():
    for part in parts(document()):
        if "$ref" in part:
            assert resolved(part)


def test_components_have_legal_names_and_legal_schemas():
    for kind, components in document()["components"].items():
        for name, part in components.items():
            assert re.fullmatch(r"[A-Za-z0-9._-]+", name), f"{kind} {name}"
            if kind == "schemas":
                jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | part)


def test_every_address_is_there_under_its_routes_name():
    documented = {(operation.method, operation.path): operation.id for operation in operations()}
    routes = {
        (method.lower(), str(route.path_format)): str(route.name)
        for route in iter_route_contexts(create_app(Settings()).routes)
        for method in route.methods or ()
        if getattr(route, "include_in_schema", False)
    }
    assert documented == routes
    assert len(set(documented.values())) == len(documented)


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.id)
def test_an_operation_says_what_it_is_for(operation: Operation):
    assert operation.part["summary"]
    assert operation.part["description"]
    assert set(re.findall(r"\{(\w+)\}", operation.path)) == {
        p["name"] for p in operation.parameters if p["in"] == "path"
    }
    assert [parameter["name"] for parameter in operation.parameters if not parameter["description"]] == []
    assert all(resolved(response)["description"] for response in operation.part["responses"].values())


def test_the_tags_go_through_the_day():
    tags = [tag["name"] for tag in document()["tags"]]
    assert tags == [tag.rpartition(" · ")[2] for tag in TAGS if tag.rpartition(" · ")[2] in tags]
    assert [int(tag.partition(" · ")[0]) for tag in TAGS] == list(range(1, len(TAGS) + 1))
    assert all(tag["description"] for tag in document()["tags"])
    assert {tag for operation in operations() for tag in operation.part["tags"]} == set(tags)


def test_a_refusal_is_a_problem_document():
    for operation in operations():
        for status in operation.part["responses"]:
            if int(status) >= 400:
                (media_type, content), *others = operation.response(int(status))["content"].items()
                assert (media_type, others) == ("application/problem+json", [])
                assert faults(content["schema"], content["example"]) == []


def send(service: Service, operation: Operation, key: str | None, **headers: str) -> Any:
    """Send the operation's first example with a key and headers."""
    body = next(iter(operation.bodies), None)
    call = operation.example(body)
    rest = call.rest
    return service.client(key).request(call.method, call.path, rest.pop("headers", {}) | headers, **rest)


def key_for(operation: Operation) -> str:
    return OPERATOR_KEY if operation.needs_operator else fixture_ids.DEMO_KEY


KEYED = [operation for operation in operations() if operation.part["security"]]


def test_a_key_is_asked_for_where_the_document_says_so(read_demo: Service):
    for operation in operations():
        answer = send(read_demo, operation, None)
        assert (answer.status_code == 401) == (operation in KEYED), operation.id
        if operation in KEYED:
            assert faults(operation.response(401)["content"]["application/problem+json"]["schema"], answer.json()) == []


def test_an_answer_that_is_known_already_is_not_sent_again_where_the_document_says_so(read_demo: Service):
    for operation in KEYED:
        if operation.method == "get" and operation.id != "stream_events":  # # streams have no ETag
            tag = send(read_demo, operation, key_for(operation)).headers["etag"]
            again = send(read_demo, operation, key_for(operation), **{"If-None-Match": f"{tag}, *"})
            assert again.status_code == 304, operation.id
            assert "304" in operation.part["responses"], operation.id
        else:
            assert "304" not in operation.part["responses"], operation.id


CHANGING = [operation for operation in KEYED if operation.method != "get"]
EXPECTING = [operation for operation in CHANGING if "412" in operation.part["responses"]]


def test_if_match_is_honoured_where_the_document_says_so_and_nowhere_else(fresh_demo: Callable[[], Service]):
    service = fresh_demo()
    others = [operation for operation in CHANGING if operation not in EXPECTING]
    others.sort(key=lambda operation: operation.id == "delete_agency")  # # deletions have no ETag
    for operation in [*EXPECTING, *others]:  # # these change nothing, the others do
        answer = send(service, operation, key_for(operation), **{"If-Match": '"another state"'})
        assert (answer.status_code == 412) == (operation in EXPECTING), f"{operation.id}: {answer.status_code}"
        named = {parameter["name"] for parameter in operation.parameters}
        assert ("If-Match" in named) == (operation in EXPECTING), operation.id


def test_the_role_that_a_route_needs_is_documented():
    words = {Role.viewer: "Any key", Role.recruiter: "`recruiter`", Role.admin: "with the role `admin`"}
    words[Role.operator] = "operator key"
    documented = {operation.id: operation.part["description"] for operation in operations()}
    for route in iter_route_contexts(create_app(Settings()).routes):
        dependant = getattr(route, "dependant", None)
        for inner in dependant.dependencies if dependant else ():
            if (role := getattr(inner.call, "role", None)) is not None:
                assert words[role] in documented[str(route.name)]
