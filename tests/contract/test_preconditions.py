"""ETag, If-Match and If-None-Match: nobody writes over what they have not read, and nobody is sent what they have."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.contract.bodies import sample
from tests.contract.operations import Operation
from tests.contract.sample_agency import RawRequest, SampleAgency, problem, send_one


def singles(agency: SampleAgency) -> list[Operation]:
    """Operations that return one record and not a list."""
    return [one for one in agency.operations if one.method == "GET" and not one.takes("limit") and not one.is_stream]


def changing(agency: SampleAgency) -> list[tuple[Operation, str]]:
    """Every operation that changes a thing which can be read, and where it is read."""
    read = {one.path for one in singles(agency)}
    found = []
    for operation in agency.operations:
        path = operation.path
        if operation.method == "POST":
            path = path.rpartition("/")[0]
            if not path.endswith("_id}") or operation.path.rpartition("/")[2] not in HANDLES:
                continue
        if operation.method != "GET" and path in read:
            found.append((operation, path))
    return found


HANDLES = {"void", "acknowledge", "snooze", "dismiss", "reopen", "rotate", "approve", "decline"}
"""The last word of a POST that changes the thing before it."""


def test_every_single_thing_has_an_etag_that_saves_sending_it_again(agency):
    for operation in singles(agency):
        request = agency.request(operation)
        (first,) = agency.send(request)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            (again,) = agency.send(request.but(headers={"If-None-Match": known}))
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), operation.name
        (other,) = agency.send(request.but(headers={"If-None-Match": '"other"'}))
        assert (other.status_code, other.content) == (200, first.content), operation.name
    assert len(singles(agency)) > 25


def test_a_change_makes_a_new_etag_and_answers_with_it(agency):
    path = f"/v1/candidates/{agency.ids['candidate_id']}"
    read, key = RawRequest("GET", path, agency.keys["admin"]), agency.keys["admin"]
    (before,) = agency.send(read)
    (changed,) = agency.send(
        RawRequest("PATCH", path, key, b'{"name": "Kim Lee"}', headers={"If-Match": before.headers["etag"]})
    )
    (after,) = agency.send(read.but(headers={"If-None-Match": before.headers["etag"]}))
    assert (changed.status_code, after.status_code) == (200, 200)
    assert before.headers["etag"] != after.headers["etag"] == changed.headers["etag"]
    assert after.content == changed.content


def body_for(agency: SampleAgency, operation: Operation) -> Any:
    """Return the operations that change a record of the agency; transitions are facts and have no ETag."""
    if operation.body is None:
        return None
    body = sample(operation.body, ids=agency.id)
    return body | {"to": "awaiting_decision"} if "/transitions/by-ref/" in operation.path else body


def test_what_has_changed_since_it_was_read_is_not_written_over(agency):
    rows = agency.rows()
    changes = changing(agency)
    for operation, where in changes:
        assert operation.role != "operator"
        (seen,) = agency.send(RawRequest("GET", agency.path(operation_at(agency, where)), agency.keys["admin"]))
        for stale in ('"of another day"', f'{seen.headers["etag"][:-2]}"'):
            (answer,) = agency.send(
                agency.request(operation, body_for(agency, operation)).but(headers={"If-Match": stale})
            )
            problem(answer, 412, "precondition_failed")
        (still,) = agency.send(RawRequest("GET", agency.path(operation_at(agency, where)), agency.keys["admin"]))
        assert still.content == seen.content, operation.name
    assert agency.rows() == rows
    assert len(changes) > 30


def operation_at(agency: SampleAgency, path: str) -> Operation:
    return next(one for one in singles(agency) if one.path == path)


@pytest.mark.parametrize("header", ["*", "the tag", "a list", "a weak tag"])
def test_what_is_still_as_it_was_read_is_changed(agency, header):
    for operation, where in changing(agency):
        if operation.method == "POST":
            continue  # each can be done but once
        (seen,) = agency.send(RawRequest("GET", agency.path(operation_at(agency, where)), agency.keys["admin"]))
        tag = seen.headers["etag"]
        value = {"*": "*", "the tag": tag, "a list": f'"other", {tag}', "a weak tag": f"W/{tag}"}[header]
        (answer,) = agency.send(agency.request(operation, body_for(agency, operation)).but(headers={"If-Match": value}))
        assert answer.status_code in (200, 204), f"{operation.name}: {answer.text}"


def test_there_is_nothing_to_match_where_there_is_nothing(agency):
    tried = 0
    for operation in agency.operations:
        if operation.method == "PUT":
            request = agency.request(operation, body_for(agency, operation)).but(path=agency.path(operation, id="new"))
            for value in ("*", '"any"'):
                problem(agency.send(request.but(headers={"If-Match": value}))[0], 412, "precondition_failed")
            tried += 1
    assert tried == 13


@pytest.mark.parametrize("path", ["/v1/candidates/{candidate_id}", "/v1/commitments/{commitment_id}", "/v1/policy"])
def test_of_a_hundred_changes_of_one_state_one_is_made(agency, path):
    path = path.format(**agency.ids)
    (seen,) = agency.send(RawRequest("GET", path, agency.keys["admin"]))

    def change(number: int) -> bytes:
        name = "description" if "commitments" in path else "name"
        body: dict[str, Any] = {"going_quiet": {"watch": 1, "warning": 50 + number, "critical": 200}}
        return json.dumps(body if "policy" in path else {name: f"Number {number}"}).encode()

    async def at_once() -> list[httpx.Response]:
        request = RawRequest("PATCH", path, agency.keys["admin"], headers={"If-Match": seen.headers["etag"]})
        return await asyncio.gather(
            *(send_one(agency.service, request.but(body=change(number))) for number in range(100))
        )

    answers = agency.service.run(at_once)
    made = [answer for answer in answers if answer.status_code == 200]
    assert len(made) == 1
    for answer in answers:
        if answer is not made[0]:
            problem(answer, 412, "precondition_failed")
    (after,) = agency.send(RawRequest("GET", path, agency.keys["admin"]))
    assert after.content == made[0].content
