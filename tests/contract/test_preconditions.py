"""ETag, If-Match and If-None-Match: nobody writes over what they have not read, and nobody is sent what they have."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.contract.bodies import sample
from tests.contract.desk import Desk, Told, problem, send_one
from tests.contract.operations import Operation


def singles(desk: Desk) -> list[Operation]:
    """Operations that return one record and not a list."""
    return [one for one in desk.operations if one.method == "GET" and not one.takes("limit") and not one.is_stream]


def changing(desk: Desk) -> list[tuple[Operation, str]]:
    """Every operation that changes a thing which can be read, and where it is read."""
    read = {one.path for one in singles(desk)}
    found = []
    for operation in desk.operations:
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


def test_every_single_thing_has_an_etag_that_saves_sending_it_again(desk):
    for operation in singles(desk):
        told = desk.told(operation)
        (first,) = desk.send(told)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            (again,) = desk.send(told.but(headers={"If-None-Match": known}))
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), operation.name
        (anew,) = desk.send(told.but(headers={"If-None-Match": '"other"'}))
        assert (anew.status_code, anew.content) == (200, first.content), operation.name
    assert len(singles(desk)) > 25


def test_a_change_makes_a_new_etag_and_answers_with_it(desk):
    path = f"/v1/candidates/{desk.ids['candidate_id']}"
    read, key = Told("GET", path, desk.keys["admin"]), desk.keys["admin"]
    (before,) = desk.send(read)
    (changed,) = desk.send(
        Told("PATCH", path, key, b'{"name": "Kim Lee"}', headers={"If-Match": before.headers["etag"]})
    )
    (after,) = desk.send(read.but(headers={"If-None-Match": before.headers["etag"]}))
    assert (changed.status_code, after.status_code) == (200, 200)
    assert before.headers["etag"] != after.headers["etag"] == changed.headers["etag"]
    assert after.content == changed.content


def body_for(desk: Desk, operation: Operation) -> Any:
    """Operations that change a record of this desk; its transitions are facts and have no ETag."""
    if operation.body is None:
        return None
    body = sample(operation.body, ids=desk.id)
    return body | {"to": "awaiting_decision"} if "/transitions/by-ref/" in operation.path else body


def test_what_has_changed_since_it_was_read_is_not_written_over(desk):
    rows = desk.rows()
    changes = changing(desk)
    for operation, where in changes:
        assert operation.role != "operator"
        (seen,) = desk.send(Told("GET", desk.path(operation_at(desk, where)), desk.keys["admin"]))
        for stale in ('"of another day"', f'{seen.headers["etag"][:-2]}"'):
            (answer,) = desk.send(desk.told(operation, body_for(desk, operation)).but(headers={"If-Match": stale}))
            problem(answer, 412, "precondition_failed")
        (still,) = desk.send(Told("GET", desk.path(operation_at(desk, where)), desk.keys["admin"]))
        assert still.content == seen.content, operation.name
    assert desk.rows() == rows
    assert len(changes) > 30


def operation_at(desk: Desk, path: str) -> Operation:
    return next(one for one in singles(desk) if one.path == path)


@pytest.mark.parametrize("header", ["*", "the tag", "a list", "a weak tag"])
def test_what_is_still_as_it_was_read_is_changed(desk, header):
    for operation, where in changing(desk):
        if operation.method == "POST":
            continue  # each can be done but once
        (seen,) = desk.send(Told("GET", desk.path(operation_at(desk, where)), desk.keys["admin"]))
        tag = seen.headers["etag"]
        value = {"*": "*", "the tag": tag, "a list": f'"other", {tag}', "a weak tag": f"W/{tag}"}[header]
        (answer,) = desk.send(desk.told(operation, body_for(desk, operation)).but(headers={"If-Match": value}))
        assert answer.status_code in (200, 204), f"{operation.name}: {answer.text}"


def test_there_is_nothing_to_match_where_there_is_nothing(desk):
    tried = 0
    for operation in desk.operations:
        if operation.method == "PUT":
            told = desk.told(operation, body_for(desk, operation)).but(path=desk.path(operation, id="new"))
            for value in ("*", '"any"'):
                problem(desk.send(told.but(headers={"If-Match": value}))[0], 412, "precondition_failed")
            tried += 1
    assert tried == 13


@pytest.mark.parametrize("path", ["/v1/candidates/{candidate_id}", "/v1/commitments/{commitment_id}", "/v1/policy"])
def test_of_a_hundred_changes_of_one_state_one_is_made(desk, path):
    path = path.format(**desk.ids)
    (seen,) = desk.send(Told("GET", path, desk.keys["admin"]))

    def change(number: int) -> bytes:
        name = "description" if "commitments" in path else "name"
        body: dict[str, Any] = {"going_quiet": {"watch": 1, "warning": 50 + number, "critical": 200}}
        return json.dumps(body if "policy" in path else {name: f"Number {number}"}).encode()

    async def at_once() -> list[httpx.Response]:
        told = Told("PATCH", path, desk.keys["admin"], headers={"If-Match": seen.headers["etag"]})
        return await asyncio.gather(*(send_one(desk.service, told.but(body=change(number))) for number in range(100)))

    answers = desk.service.run(at_once)
    made = [answer for answer in answers if answer.status_code == 200]
    assert len(made) == 1
    for answer in answers:
        if answer is not made[0]:
            problem(answer, 412, "precondition_failed")
    (after,) = desk.send(Told("GET", path, desk.keys["admin"]))
    assert after.content == made[0].content
