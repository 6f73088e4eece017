"""Another agency's thing is a thing that never was: on every address, for every id, wherever the id stands."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.bodies import fields, sample, with_value
from tests.contract.desk import NEVER, Desk, Told, problem
from tests.contract.operations import Operation, alternatives

FEED = ("/v1/events", "/v1/events/stream")
"""Its cursors are places in the caller's own feed: a number says nothing of anybody else."""


@pytest.fixture
def theirs(service, desk):
    """Another agency with equal-looking data."""
    return Desk(service, ref="18")


def mine(desk: Desk) -> list[Operation]:
    """Requests that an agency can make."""
    return [operation for operation in desk.operations if operation.role not in (None, "operator")]


def body(desk: Desk, operation: Operation) -> Any:
    return None if operation.body is None else sample(operation.body, ids=desk.id)


def told_apart(answer: httpx.Response) -> tuple[Any, ...]:
    """Return the response without its address and the id of its request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "content-length")}
    content = answer.json() if answer.content else {}
    if answer.status_code >= 400:
        content = {name: value for name, value in content.items() if name not in ("instance", "request_id")}
    return answer.status_code, headers, content


def everything(desk: Desk) -> dict[str, bytes]:
    """All that an agency sees of itself."""
    reading = [operation for operation in mine(desk) if operation.method == "GET"]
    answers = desk.send(*(desk.told(operation, role="admin") for operation in reading))
    return {operation.name: answer.content for operation, answer in zip(reading, answers, strict=True)}


Pair = tuple[Told, Told, str]
"""The same request for their thing and for one that never was, and where the id stands."""


def in_the_path(desk: Desk, theirs: Desk) -> Iterator[Pair]:
    for operation in mine(desk):
        told = desk.told(operation, body(desk, operation))
        for parameter in operation.path_parameters:
            if parameter.name == "system" or (parameter.name, operation.method) == ("id", "PUT"):
                continue
            foreign = theirs.id(parameter.name) or theirs.ref["id"]
            never = NEVER if theirs.id(parameter.name) else "never"
            paths = [desk.path(operation, **{parameter.name: value}) for value in (foreign, never)]
            yield told.but(path=paths[0]), told.but(path=paths[1]), f"{operation.name} {parameter.name}"


def in_the_query(desk: Desk, theirs: Desk) -> Iterator[Pair]:
    for operation in mine(desk):
        for parameter in operation.query:
            if alternatives(parameter.schema)[0].get("format") == "uuid":
                foreign = theirs.id(parameter.name)
                assert foreign, f"teach the desk what {parameter.name} of {operation.name} is"
                told = desk.told(operation)
                queries = [{**told.params, parameter.name: value} for value in (foreign, NEVER)]
                yield told.but(params=queries[0]), told.but(params=queries[1]), f"{operation.name}?{parameter.name}"


def in_the_body(desk: Desk, theirs: Desk) -> Iterator[Pair]:
    for operation in mine(desk):
        for field in fields(operation.body or {}):
            name = str(field.place[-1] or field.place[-2])
            if field.schema.get("format") == "uuid":
                assert theirs.id(name), f"teach the desk what {name} of {operation.name} is"
                assert operation.body is not None
                told = desk.told(operation)
                if "/by-ref/" in operation.path:
                    told = told.but(path=desk.path(operation, id="new"))
                named = [f'"{id}"' for id in (theirs.id(name), NEVER)]
                bodies = [with_value(operation.body, field.place, text, desk.id) for text in named]
                yield told.but(body=bodies[0]), told.but(body=bodies[1]), f"{operation.name} {field.pointer}"


@pytest.mark.parametrize("where", [in_the_path, in_the_query, in_the_body])
def test_their_thing_is_answered_like_one_that_never_was(desk, theirs, where):
    rows, seen = desk.rows(), everything(theirs)
    pairs = list(where(desk, theirs))
    for foreign, never, what in pairs:
        answers = desk.send(foreign, never)
        assert told_apart(answers[0]) == told_apart(answers[1]), what
        assert answers[0].status_code == 404, f"{what}: {answers[0].status_code} {answers[0].text}"
        assert not any(id in answers[0].text for id in theirs.ids.values() if id not in foreign.path), what
    assert everything(theirs) == seen
    assert desk.rows() == rows
    assert len(pairs) > {in_the_path: 60, in_the_query: 10, in_the_body: 20}[where]


def test_our_own_thing_is_found_where_theirs_is_not(desk, theirs):
    """Guard against a test above that passes because the service finds nothing."""
    # What is asked of a thing that is no more is not asked of it as it was: a thing is ended last.
    for foreign, _, what in sorted(in_the_path(desk, theirs), key=lambda pair: pair[0].method == "DELETE"):
        (answer,) = theirs.send(foreign.but(key=theirs.keys["admin"]))
        assert answer.status_code != 404 or len(answer.request.url.path.split("/")) > 5, f"{what}: {answer.text}"
    for operation in mine(desk):
        for field in fields(operation.body or {}):
            if field.schema.get("format") == "uuid":
                own = f'"{desk.id(str(field.place[-1] or field.place[-2]))}"'
                told = desk.told(operation).but(body=with_value(operation.body or {}, field.place, own, desk.id))
                (answer,) = desk.send(told)
                assert answer.status_code != 404, f"{operation.name} {field.pointer}: {answer.text}"


def test_a_reference_of_theirs_names_one_of_our_own(desk, theirs):
    seen, made = everything(theirs), 0
    once = ("/v1/transitions/", "/v1/keep-warm-marks/")  # our own application has its stage and its mark already
    for operation in mine(desk):
        if operation.method == "PUT" and not operation.path.startswith(once):
            told = desk.told(operation, body(desk, operation)).but(path=desk.path(operation, **theirs.ref))
            (answer,) = desk.send(told)
            assert answer.status_code == 201, f"{operation.name}: {answer.text}"
            assert answer.json()["id"] not in theirs.ids.values()
            made += 1
    assert made >= 9
    assert everything(theirs) == seen


def test_what_an_agency_sees_holds_nothing_of_another(desk, theirs):
    for seer, other in ((desk, theirs), (theirs, desk)):
        for name, content in everything(seer).items():
            assert not [id for id in other.ids.values() if id in content.decode()], name


def test_a_cursor_of_theirs_opens_nothing(desk, theirs):
    for number in range(2):
        theirs.send(*(Told("POST", path, theirs.keys["admin"], json.dumps({"name": f"{number}"}).encode()) for path in
                      ("/v1/candidates", "/v1/organisations", "/v1/recruiters", "/v1/api-keys")))  # fmt: skip
    tried = 0
    for operation in mine(desk):
        if operation.takes("cursor") and operation.path not in FEED:
            (page,) = theirs.send(theirs.told(operation, role="admin").but(params={"limit": "1"}))
            if cursor := page.json()["next_cursor"]:
                answers = desk.send(*(desk.told(operation).but(params={"cursor": text}) for text in (cursor, "never")))
                assert told_apart(answers[0]) == told_apart(answers[1])
                problem(answers[0], 400, "bad_cursor")
                tried += 1
    assert tried >= 4


def test_an_etag_of_theirs_is_like_one_that_never_was(desk, theirs):
    tried = 0
    for operation in mine(desk):
        if operation.method == "PATCH":
            seen = [one.send(Told("GET", one.path(operation), one.keys["admin"]))[0] for one in (desk, theirs)]
            if seen[0].content == seen[1].content:
                continue  # a policy names nobody: where both are alike to the letter, so is what stands for them
            told = desk.told(operation, body(desk, operation))
            tags = ({"If-Match": tag} for tag in (seen[1].headers["etag"], '"never"'))
            answers = desk.send(*(told.but(headers=headers) for headers in tags))
            assert told_apart(answers[0]) == told_apart(answers[1]), operation.name
            problem(answers[0], 412, "precondition_failed")
            tried += 1
    assert tried >= 8


def test_an_idempotency_key_of_theirs_means_nothing(desk, theirs):
    told = Told("POST", "/v1/candidates", theirs.keys["admin"], b'{"name": "Kim"}', headers={"Idempotency-Key": "1"})
    (first,) = theirs.send(told)
    (second,) = desk.send(told.but(key=desk.keys["admin"]))
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotent-replayed" not in second.headers
    assert first.json()["id"] != second.json()["id"]
