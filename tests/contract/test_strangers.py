"""Strangers cost little: nothing of their bodies is read, wrong keys wait, and every key has a quota."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr, ValidationError

from app.access.rate_limits import Quota, WrongKeys
from app.kit.settings import Settings
from app.kit.strict_json import MAX_DEPTH, loads
from tests.contract.sample_agency import RawRequest, SampleAgency, problem


@pytest.mark.parametrize(
    "headers",
    [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}, {"Content-Length": "9" * 12}],
    ids=["no type", "JSON", "text", "too large"],
)
@pytest.mark.parametrize("authorization", [None, "Bearer kw_nobody", "Basic a3c6"])
def test_nothing_of_a_strangers_body_is_read(agency: SampleAgency, headers: dict[str, str], authorization: str | None):
    read: list[str] = []

    def body(path: str) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            read.append(path)
            yield b"{" * 1000

        return pieces()

    async def send(method: str, path: str) -> Any:
        shown = headers | ({"Authorization": authorization} if authorization else {})
        return await agency.service.http.request(method, path, content=body(path), headers=shown)

    sent = 0
    for operation in agency.operations:
        if operation.method != "GET":
            problem(agency.service.run(send, operation.method, agency.path(operation)), 401, "not_authenticated")
            sent += 1
    assert sent > 40
    assert read == []


def test_a_lesser_role_is_refused_before_its_body_is_read(agency: SampleAgency):
    request = RawRequest("POST", "/v1/candidates", agency.keys["viewer"], b"{", headers={"Content-Type": "text/plain"})
    (answer,) = agency.send(request)
    problem(answer, 403, "not_allowed")


def test_a_hook_that_is_not_there_reads_no_body(agency: SampleAgency):
    hook = "/hooks/" + "0" * 43
    (answer,) = agency.send(RawRequest("POST", hook, None, b"{", headers={"Content-Type": "text/html"}))
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


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The steady clock of the limits, at `seconds[0]`."""
    now = [1000.0]
    monkeypatch.setattr("app.access.rate_limits.monotonic", lambda: now[0])
    return now


def wrong(number: int) -> str:
    """A key that is none."""
    return f"kw_{number:081}"


def test_an_address_with_wrong_keys_waits_longer_each_time(
    agency: SampleAgency, start_service: Any, seconds: list[float]
):
    service = start_service(wrong_keys_per_minute=20)
    known = ((agency.keys["viewer"], "/v1/agency"), (agency.keys["operator"], "/v1/agencies"))
    for key, path in known:
        assert service.client(key).get(path).status_code == 200
    for number in range(20):
        problem(service.client(wrong(number)).get("/v1/agency"), 401, "not_authenticated")
    waits = []
    for number in range(12):
        answer = service.client(wrong(20 + number)).get("/v1/agency")
        problem(answer, 429, "too_many_wrong_keys")
        waits.append(int(answer.headers["retry-after"]))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    for key, path in known:
        assert service.client(key).get(path).status_code == 200, "it was right before"
    problem(service.client(agency.keys["recruiter"]).get("/v1/agency"), 429, "too_many_wrong_keys")
    assert service.client().get("/v1/agency").status_code == 401, "without a key nothing is guessed"
    seconds[0] += 901
    assert service.client(agency.keys["recruiter"]).get("/v1/agency").status_code == 200
    problem(service.client(wrong(99)).get("/v1/agency"), 429, "too_many_wrong_keys")
    seconds[0] += 2000
    problem(service.client(wrong(99)).get("/v1/agency"), 401, "not_authenticated")


def test_wrong_keys_now_and_then_are_no_attack(agency: SampleAgency, start_service: Any, seconds: list[float]):
    service = start_service(wrong_keys_per_minute=20)
    for number in range(60):
        problem(service.client(wrong(number)).get("/v1/agency"), 401, "not_authenticated")
        seconds[0] += 4


def test_the_console_counts_wrong_keys_too(agency: SampleAgency, start_service: Any):
    service = start_service(wrong_keys_per_minute=2)
    answers = [service.client(wrong(number)).get("/docs/document.json").status_code for number in range(3)]
    assert answers == [401, 401, 429]


def test_wrong_keys_of_one_address_hold_up_no_other(seconds: list[float]):
    wrong_keys = WrongKeys(2)
    assert [wrong_keys.count("192.0.2.1") for _ in range(4)] == [0, 0, 2, 4]
    assert (wrong_keys.wait_of("192.0.2.1"), wrong_keys.wait_of("192.0.2.2"), wrong_keys.count("192.0.2.2")) == (
        4,
        0,
        0,
    )
    seconds[0] += 3.5
    assert wrong_keys.wait_of("192.0.2.1") == 1
    for number in range(30_000):
        wrong_keys.count(f"2001:db8:{number:x}::/64")
    assert len(wrong_keys._counts) <= 10_000


def test_a_bucket_is_refilled_evenly(seconds: list[float]):
    quota, key, other = Quota(60), UUID(int=1), UUID(int=2)
    assert [quota.take(key) for _ in range(61)] == [(left, 1) for left in range(59, -2, -1)]
    assert quota.take(other) == (59, 1)
    seconds[0] += 0.5
    assert quota.take(key) == (-1, 1)
    seconds[0] += 0.5
    assert quota.take(key) == (0, 1)
    assert quota.take(key) == (-1, 1)
    seconds[0] += 10
    assert quota.take(key) == (9, 1)
    seconds[0] += 1000
    assert quota.take(key) == (59, 1)
    for number in range(30_000):
        quota.take(UUID(int=number))
        seconds[0] += 0.01
    assert len(quota._buckets) <= 10_000


def test_a_slow_bucket_says_when_its_next_token_comes(seconds: list[float]):
    quota, key = Quota(2), UUID(int=1)
    assert [quota.take(key) for _ in range(3)] == [(1, 30), (0, 30), (-1, 30)]
    seconds[0] += 10.5
    assert quota.take(key) == (-1, 20)
    seconds[0] += 19.5
    assert quota.take(key) == (0, 30)


@pytest.mark.parametrize("key", ["short", "k" * 31])
def test_a_short_operator_key_is_refused(key: str):
    with pytest.raises(ValidationError):
        Settings(operator_key=key)  # type: ignore[arg-type]
    assert Settings(operator_key=SecretStr(key + "k" * 32)).operator_key is not None
