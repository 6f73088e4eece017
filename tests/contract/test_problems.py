"""Every refusal is a problem document with the request's id, and never a trace, a statement or a path."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem

CANDIDATE = {"name": "Kim"}


def only(agency: SampleAgency, method: str, path: str, body: bytes | None = None, **headers: str) -> httpx.Response:
    """One answer to an admin."""
    (answer,) = agency.send(
        RawRequest(
            method,
            path,
            agency.keys["admin"],
            body,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
    )
    return answer


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/nothing", "/v1/candidates/", "/healthz/", "/v2/candidates", "/%00"]
)
def test_an_address_that_is_not_there(agency, path):
    problem(only(agency, "GET", path), 404, "no_such_route")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/candidates", {"GET", "POST"}),
        ("PUT", f"/v1/candidates/{NEVER}", {"GET", "PATCH"}),
        ("POST", f"/v1/api-keys/{NEVER}", {"GET", "DELETE"}),
        ("PATCH", "/v1/candidates/by-ref/crm/1", {"GET", "PUT"}),
        ("POST", "/healthz", {"GET"}),
        ("BREW", "/v1/agency", {"GET", "PATCH"}),
    ],
)
def test_a_method_that_an_address_does_not_take(agency, method, path, allowed):
    answer = only(agency, method, path)
    problem(answer, 405, "method_not_allowed")
    assert {name.strip() for name in answer.headers["allow"].split(",")} == allowed


def test_every_method_that_is_not_offered_is_refused_with_those_that_are(agency):
    offered: dict[str, set[str]] = {}
    for operation in agency.operations:
        offered.setdefault(agency.path(operation), set()).add(operation.method)
    for path, methods in offered.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            answer = only(agency, method, path)
            problem(answer, 405, "method_not_allowed")
            assert {name.strip() for name in answer.headers["allow"].split(",")} == methods, path


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", "", "*/*"]
)
def test_a_body_that_does_not_say_it_is_json(agency, kind):
    rows = agency.rows()
    answer = only(agency, "POST", "/v1/candidates", json.dumps(CANDIDATE).encode(), Content_Type=kind)
    problem(answer, 415, "unsupported_media_type")
    assert "application/json" in answer.headers["accept"]
    assert agency.rows() == rows


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"]
)
def test_a_body_that_says_it_is_json(agency, kind):
    answer = only(agency, "POST", "/v1/candidates", json.dumps(CANDIDATE).encode(), Content_Type=kind)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("body", [b"{", b"{'name': 'Kim'}", b'{"name": "Kim"} x', b'{"name": NaN}', b"\xff", b"kim"])
def test_a_body_that_is_not_json(agency, body):
    problem(only(agency, "POST", "/v1/candidates", body), 400, "malformed_json")


def test_a_body_that_is_too_large(agency):
    (answer,) = agency.send(RawRequest("POST", "/v1/candidates", agency.keys["admin"], b" " * (1024 * 1024 + 1)))
    problem(answer, 413, "too_large")
    just_fits = json.dumps(CANDIDATE).encode().ljust(1024 * 1024)
    (answer,) = agency.send(RawRequest("POST", "/v1/candidates", agency.keys["admin"], just_fits))
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("length", ["1048577", "99999999999999999999999999", "9" * 5000])
def test_a_body_that_promises_to_be_too_large_is_not_waited_for(agency, length):
    read: list[bool] = []

    async def never() -> AsyncIterator[bytes]:
        read.append(True)
        yield b""

    async def sending() -> Any:
        headers = {"Authorization": f"Bearer {agency.keys['admin']}", "Content-Length": length}
        return await agency.service.http.post("/v1/candidates", content=never(), headers=headers)

    problem(agency.service.run(sending), 413, "too_large")
    assert not read


def test_a_body_in_pieces_that_grows_too_large(agency):
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * 1024 * 1024:
            sent += 65536
            yield b" " * 65536

    async def sending() -> Any:
        headers = {"Authorization": f"Bearer {agency.keys['admin']}", "Content-Type": "application/json"}
        return await agency.service.http.post("/v1/candidates", content=pieces(), headers=headers)

    problem(agency.service.run(sending), 413, "too_large")
    assert sent < 2 * 1024 * 1024


def test_wrong_fields_are_pointed_at(agency):
    body = {"name": "", "shoe": 41, "away": [{"from": "2026-12-21", "to": "soon"}], "a/b~c": 1}
    document = problem(only(agency, "POST", "/v1/candidates", json.dumps(body).encode()), 422, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {"/name", "/shoe", "/away/0/to", "/a~1b~0c"}
    document = problem(only(agency, "GET", "/v1/flags?kind=bored&limit=none"), 422, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {"/query/kind", "/query/limit"}
    document = problem(only(agency, "GET", "/v1/jobs/7"), 422, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {"/path/job_id"}


def test_a_thing_that_is_not_there(agency):
    assert "errors" not in problem(only(agency, "GET", f"/v1/candidates/{NEVER}"), 404, "not_found")
    body = json.dumps({"title": "Engineer", "organisation_id": NEVER}).encode()
    document = problem(only(agency, "POST", "/v1/jobs", body), 404, "not_found")
    assert [error["pointer"] for error in document["errors"]] == ["/organisation_id"]


def test_a_clash_with_what_is_already_so(agency):
    body = json.dumps(CANDIDATE | {"external_ref": agency.ref}).encode()
    problem(only(agency, "POST", "/v1/candidates", body), 409, "duplicate_external_ref")
    body = json.dumps({"to": "placed", "reason": "At last"}).encode()
    path = f"/v1/applications/{agency.ids['application_id']}/transitions"
    document = problem(only(agency, "POST", path, body), 409, "illegal_transition")
    assert "offer" in document["legal_moves"]


def test_an_unexpected_error_is_answered_without_detail(agency, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        cause = sa.exc.ProgrammingError("SELECT canary FROM secrets", {"name": "canary"}, ValueError("/srv/canary"))
        raise RuntimeError("canary in app/access/queries.py") from cause

    monkeypatch.setattr("app.access.queries.get_agency", fails)
    answer = only(agency, "GET", "/v1/agency", X_Request_ID="asked-7")
    document = problem(answer, 500, "internal_error")
    assert document["request_id"] == "asked-7"
    assert not re.search(r"canary|Traceback|SELECT|\.py|sqlalchemy", answer.text + str(answer.headers), re.IGNORECASE)


def test_a_request_carries_its_id_in_and_out(agency):
    for path, status in [("/v1/agency", 200), ("/healthz", 200), ("/v1/nothing", 404), (f"/v1/jobs/{NEVER}", 404)]:
        answer = only(agency, "GET", path, X_Request_ID="a.b:c_d-1")
        assert (answer.status_code, answer.headers["x-request-id"]) == (status, "a.b:c_d-1")
    ids = {only(agency, "GET", path).headers["x-request-id"] for path in ("/healthz", "/v1/nothing", "/v1/agency")}
    assert len(ids) == 3


@pytest.mark.parametrize(
    "hostile", ["", " ", "a b", "a\tb", 'a"b', "<b>", "{}", "é", "x" * 101, "a;b", "a\\b", "%0a", "a,b"]
)
def test_a_hostile_request_id_is_replaced(agency, hostile):
    for path in ("/v1/agency", "/v1/nothing"):
        (answer,) = agency.send(
            RawRequest("GET", path, agency.keys["admin"]).but(headers={"X-Request-ID": hostile.encode("latin-1")})
        )
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_the_instance_of_a_problem_is_the_address_asked_for(agency):
    assert problem(only(agency, "GET", "/v1/n%C3%B6thing%20%22here%22?x=1"), 404)["instance"] == '/v1/nöthing "here"'
