"""A caller is authenticated from the headers: nothing of a stranger's body is read, whatever it is."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.kit.strict_json import MAX_DEPTH, loads
from tests.contract.desk import Desk, Told, problem


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}, {"Content-Length": "9" * 12}],
    ids=["no type", "JSON", "text", "too large"],
)
@pytest.mark.parametrize("authorization", [None, "Bearer kw_nobody", "Basic a3c6"])
def test_nothing_of_a_strangers_body_is_read(desk: Desk, headers: dict[str, str], authorization: str | None):
    read: list[str] = []

    def body(path: str) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            read.append(path)
            yield b"{" * 1000

        return pieces()

    async def send(method: str, path: str) -> Any:
        shown = headers | ({"Authorization": authorization} if authorization else {})
        return await desk.service.http.request(method, path, content=body(path), headers=shown)

    sent = 0
    for operation in desk.operations:
        if operation.method != "GET":
            problem(desk.service.run(send, operation.method, desk.path(operation)), 401, "not_authenticated")
            sent += 1
    assert sent > 40
    assert read == []


def test_a_lesser_role_is_refused_before_its_body_is_read(desk: Desk):
    told = Told("POST", "/v1/candidates", desk.keys["viewer"], b"{", headers={"Content-Type": "text/plain"})
    (answer,) = desk.send(told)
    problem(answer, 403, "not_allowed")


def test_a_hook_that_is_not_there_reads_no_body(desk: Desk):
    hook = "/hooks/" + "0" * 43
    (answer,) = desk.send(Told("POST", hook, None, b"{", headers={"Content-Type": "text/html"}))
    problem(answer, 404, "not_found")


NESTED = "[" * MAX_DEPTH + "]" * MAX_DEPTH


@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        f'{{"a": {NESTED[1:-1]}}}',
        json.dumps(["[" * 1000, '"' + "{" * 1000, "\\" * 3 + "[" * 1000, '\\"[' * 500]),
        json.dumps([{"a": [1]}] * 1000),
        "[1e99, 1.5e-300, 123456789012345678901234567890]",
    ],
)
def test_what_is_not_nested_too_deeply_is_parsed(text: str):
    assert loads(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        f"[{NESTED}]",
        "[" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        json.dumps([1] * 100) + f", {NESTED[:-1]}",
        "[" * 20 + NESTED + "]" * 20,
        '["\\\\", ' + NESTED + "]",
        '["\\"", ' + NESTED + "]",
        "[" * 40 + "]" * 40,
    ],
)
def test_what_is_nested_too_deeply_is_refused(text: str):
    with pytest.raises(json.JSONDecodeError):
        loads(text.encode())


@pytest.mark.parametrize("number", ["1" * 33, "-" + "9" * 40, "1e999", "1E+400", "-1e309", "1" + "0" * 400 + ".5"])
def test_a_number_past_every_range_is_refused(number: str):
    with pytest.raises(json.JSONDecodeError):
        loads(f'{{"a": {number}}}'.encode())
