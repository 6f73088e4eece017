"""Every example of the console succeeds with the demo as loaded, with the documented response."""

from collections.abc import Callable

import httpx
import pytest

from app.console import fixture_ids
from tests.console.conftest import NOW
from tests.console.contract import Call, Move, Operation, examples, faults, operations
from tests.service import OPERATOR_KEY, Service

SUCCESSES = ("200", "201", "204")
READING = [(operation, body) for operation, body in examples() if operation.method == "get"]
WRITING = [(operation, body) for operation, body in examples() if operation.method != "get"]
DATED = [
    (operation, body)
    for operation, body in WRITING
    if operation.example(body) != operation.example(body, Move(NOW.date()))
]


def named(value: object) -> str | None:
    return value.id if isinstance(value, Operation) else str(value)


def send(service: Service, call: Call, operation: Operation) -> httpx.Response:
    client = service.client(OPERATOR_KEY if operation.needs_operator else fixture_ids.DEMO_KEY)
    return client.request(call.method, call.path, **call.rest)


def check(operation: Operation, answer: httpx.Response) -> None:
    assert str(answer.status_code) in set(operation.part["responses"]) & set(SUCCESSES), answer.text
    response = operation.response(answer.status_code)
    assert {name.lower() for name in response["headers"]} - {
        "idempotent-replayed",
        "ratelimit",
        "ratelimit-policy",
    } <= {name.lower() for name in answer.headers}
    if answer.status_code == 204:
        assert answer.content == b""
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in response["content"]
    if media_type == "application/json":
        assert faults(response["content"][media_type]["schema"], answer.json()) == []


@pytest.mark.parametrize(("operation", "body"), READING, ids=named)
def test_a_reading_example_is_answered(operation: Operation, body: None, read_demo: Service):
    check(operation, send(read_demo, operation.example(body), operation))


@pytest.mark.parametrize(("operation", "body"), WRITING, ids=named)
def test_a_writing_example_is_done(operation: Operation, body: str | None, fresh_demo: Callable[[], Service]):
    check(operation, send(fresh_demo(), operation.example(body), operation))


@pytest.mark.parametrize(("operation", "body"), DATED, ids=named)
def test_an_example_is_done_with_its_dates_moved_to_today(
    operation: Operation, body: str | None, fresh_demo: Callable[[], Service]
):
    check(operation, send(fresh_demo(), operation.example(body, Move(NOW.date())), operation))


def test_every_operation_has_an_example():
    lacking = [
        operation.id
        for operation in operations()
        if any(p["in"] == "path" and "example" not in p for p in operation.parameters)
        or (operation.body_schema is not None and not operation.bodies)
    ]
    assert lacking == []


@pytest.mark.parametrize(("operation", "body"), [pair for pair in examples() if pair[1] is not None], ids=named)
def test_an_example_is_what_its_schema_says(operation: Operation, body: str):
    assert operation.body_schema is not None
    assert faults(operation.body_schema, operation.bodies[body]) == []
