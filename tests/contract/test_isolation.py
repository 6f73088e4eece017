"""Another agency's thing is a thing that never was: on every address, for every id, wherever the id stands."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.bodies import fields, sample, with_value
from tests.contract.operations import Operation, alternatives
from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem

FEED = ("/v1/events", "/v1/events/stream")
"""Its cursors are places in the caller's own feed: a number says nothing of anybody else."""


@pytest.fixture
def theirs(service, agency):
    """Another agency with equal-looking data."""
    return SampleAgency(service, ref="18")


def mine(agency: SampleAgency) -> list[Operation]:
    """Requests that an agency can make."""
    return [operation for operation in agency.operations if operation.role not in (None, "operator")]


def body(agency: SampleAgency, operation: Operation) -> Any:
    return None if operation.body is None else sample(operation.body, ids=agency.id)


def told_apart(answer: httpx.Response) -> tuple[Any, ...]:
    """Return the response without its address and the id of its request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "content-length")}
    content = answer.json() if answer.content else {}
    if answer.status_code >= 400:
        content = {name: value for name, value in content.items() if name not in ("instance", "request_id")}
    return answer.status_code, headers, content


def everything(agency: SampleAgency) -> dict[str, bytes]:
    """All that an agency sees of itself."""
    reading = [operation for operation in mine(agency) if operation.method == "GET"]
    answers = agency.send(*(agency.request(operation, role="admin") for operation in reading))
    return {operation.name: answer.content for operation, answer in zip(reading, answers, strict=True)}


Pair = tuple[RawRequest, RawRequest, str]
"""The same request for their thing and for one that never was, and where the id stands."""


def in_the_path(agency: SampleAgency, theirs: SampleAgency) -> Iterator[Pair]:
    for operation in mine(agency):
        request = agency.request(operation, body(agency, operation))
        for parameter in operation.path_parameters:
            if parameter.name == "system" or (parameter.name, operation.method) == ("id", "PUT"):
                continue
            foreign = theirs.id(parameter.name) or theirs.ref["id"]
            never = NEVER if theirs.id(parameter.name) else "never"
            paths = [agency.path(operation, **{parameter.name: value}) for value in (foreign, never)]
            yield request.but(path=paths[0]), request.but(path=paths[1]), f"{operation.name} {parameter.name}"


def in_the_query(agency: SampleAgency, theirs: SampleAgency) -> Iterator[Pair]:
    for operation in mine(agency):
        for parameter in operation.query:
            if alternatives(parameter.schema)[0].get("format") == "uuid":
                foreign = theirs.id(parameter.name)
                assert foreign, f"give the sample agency an id for {parameter.name} of {operation.name} is"
                request = agency.request(operation)
                queries = [{**request.params, parameter.name: value} for value in (foreign, NEVER)]
                yield (
                    request.but(params=queries[0]),
                    request.but(params=queries[1]),
                    f"{operation.name}?{parameter.name}",
                )


def in_the_body(agency: SampleAgency, theirs: SampleAgency) -> Iterator[Pair]:
    for operation in mine(agency):
        for field in fields(operation.body or {}):
            name = str(field.place[-1] or field.place[-2])
            if field.schema.get("format") == "uuid":
                assert theirs.id(name), f"give the sample agency an id for {name} of {operation.name} is"
                assert operation.body is not None
                request = agency.request(operation)
                if "/by-ref/" in operation.path:
                    request = request.but(path=agency.path(operation, id="new"))
                named = [f'"{id}"' for id in (theirs.id(name), NEVER)]
                bodies = [with_value(operation.body, field.place, text, agency.id) for text in named]
                yield request.but(body=bodies[0]), request.but(body=bodies[1]), f"{operation.name} {field.pointer}"


@pytest.mark.parametrize("where", [in_the_path, in_the_query, in_the_body])
def test_their_thing_is_answered_like_one_that_never_was(agency, theirs, where):
    rows, seen = agency.rows(), everything(theirs)
    pairs = list(where(agency, theirs))
    for foreign, never, what in pairs:
        answers = agency.send(foreign, never)
        assert told_apart(answers[0]) == told_apart(answers[1]), what
        assert answers[0].status_code == 404, f"{what}: {answers[0].status_code} {answers[0].text}"
        assert not any(id in answers[0].text for id in theirs.ids.values() if id not in foreign.path), what
    assert everything(theirs) == seen
    assert agency.rows() == rows
    assert len(pairs) > {in_the_path: 60, in_the_query: 10, in_the_body: 20}[where]


def test_our_own_thing_is_found_where_theirs_is_not(agency, theirs):
    """Guard against a test above that passes because the service finds nothing."""
    # What is asked of a thing that is no more is not asked of it as it was: a thing is ended last.
    for foreign, _, what in sorted(in_the_path(agency, theirs), key=lambda pair: pair[0].method == "DELETE"):
        (answer,) = theirs.send(foreign.but(key=theirs.keys["admin"]))
        assert answer.status_code != 404 or len(answer.request.url.path.split("/")) > 5, f"{what}: {answer.text}"
    for operation in mine(agency):
        for field in fields(operation.body or {}):
            if field.schema.get("format") == "uuid":
                own = f'"{agency.id(str(field.place[-1] or field.place[-2]))}"'
                request = agency.request(operation).but(
                    body=with_value(operation.body or {}, field.place, own, agency.id)
                )
                (answer,) = agency.send(request)
                assert answer.status_code != 404, f"{operation.name} {field.pointer}: {answer.text}"


def test_a_reference_of_theirs_names_one_of_our_own(agency, theirs):
    seen, made = everything(theirs), 0
    once = ("/v1/transitions/", "/v1/keep-warm-marks/")  # our own application has its stage and its mark already
    for operation in mine(agency):
        if operation.method == "PUT" and not operation.path.startswith(once):
            request = agency.request(operation, body(agency, operation)).but(path=agency.path(operation, **theirs.ref))
            (answer,) = agency.send(request)
            assert answer.status_code == 201, f"{operation.name}: {answer.text}"
            assert answer.json()["id"] not in theirs.ids.values()
            made += 1
    assert made >= 9
    assert everything(theirs) == seen


def test_what_an_agency_sees_holds_nothing_of_another(agency, theirs):
    for seer, other in ((agency, theirs), (theirs, agency)):
        for name, content in everything(seer).items():
            assert not [id for id in other.ids.values() if id in content.decode()], name


def test_a_cursor_of_theirs_opens_nothing(agency, theirs):
    for number in range(2):
        content = json.dumps({"name": f"{number}"}).encode()
        paths = ("/v1/candidates", "/v1/organisations", "/v1/recruiters", "/v1/api-keys")
        theirs.send(*(RawRequest("POST", path, theirs.keys["admin"], content) for path in paths))
    tried = 0
    for operation in mine(agency):
        if operation.takes("cursor") and operation.path not in FEED:
            (page,) = theirs.send(theirs.request(operation, role="admin").but(params={"limit": "1"}))
            if cursor := page.json()["next_cursor"]:
                answers = agency.send(
                    *(agency.request(operation).but(params={"cursor": text}) for text in (cursor, "never"))
                )
                assert told_apart(answers[0]) == told_apart(answers[1])
                problem(answers[0], 400, "bad_cursor")
                tried += 1
    assert tried >= 4


def test_an_etag_of_theirs_is_like_one_that_never_was(agency, theirs):
    tried = 0
    for operation in mine(agency):
        if operation.method == "PATCH":
            seen = [one.send(RawRequest("GET", one.path(operation), one.keys["admin"]))[0] for one in (agency, theirs)]
            if seen[0].content == seen[1].content:
                continue  # a policy names nobody: where both are alike to the letter, so is what stands for them
            request = agency.request(operation, body(agency, operation))
            tags = ({"If-Match": tag} for tag in (seen[1].headers["etag"], '"never"'))
            answers = agency.send(*(request.but(headers=headers) for headers in tags))
            assert told_apart(answers[0]) == told_apart(answers[1]), operation.name
            problem(answers[0], 412, "precondition_failed")
            tried += 1
    assert tried >= 8


def test_an_idempotency_key_of_theirs_means_nothing(agency, theirs):
    request = RawRequest(
        "POST", "/v1/candidates", theirs.keys["admin"], b'{"name": "Kim"}', headers={"Idempotency-Key": "1"}
    )
    (first,) = theirs.send(request)
    (second,) = agency.send(request.but(key=agency.keys["admin"]))
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotent-replayed" not in second.headers
    assert first.json()["id"] != second.json()["id"]
