"""Bodies that are not what they should be are refused alike on both databases, and change nothing."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.spreadsheets.importable_tables import TABLES
from tests.contract.bodies import Field, fields, with_value
from tests.contract.hostile import BODIES, FILES, LARGE_FILES, NOT_JSON, refused_by
from tests.contract.operations import Operation
from tests.contract.sample_agency import RawRequest, SampleAgency, problem

Case = tuple[RawRequest, str]
"""A request, and the pointer that its refusal must name."""


def refused(both: list[SampleAgency], cases: Callable[[SampleAgency], Iterator[Case]], statuses: set[int]) -> int:
    """See every case refused, on both databases alike, with nothing changed. Answers how many there were."""
    seen: list[list[int]] = []
    for agency in both:
        rows = agency.rows()
        tried = list(cases(agency))
        answers = agency.send(*(request for request, _ in tried))
        for (request, pointer), answer in zip(tried, answers, strict=True):
            document = _refusal(request, answer, statuses)
            if pointer and answer.status_code == 422:
                pointers = [error["pointer"] for error in document["errors"]]
                assert any(found.startswith(pointer) for found in pointers), (
                    f"{_what(request)}: {pointer} not in {document}"
                )
        assert agency.rows() == rows
        seen.append([answer.status_code for answer in answers])
    assert seen[0] == seen[1]
    return len(seen[0])


def _refusal(request: RawRequest, answer: httpx.Response, statuses: set[int]) -> dict[str, Any]:
    assert answer.status_code in statuses, f"{_what(request)} → {answer.status_code}: {answer.text[:300]}"
    return problem(answer)


def _what(request: RawRequest) -> str:
    return f"{request.method} {request.path} {(request.body or b'')[:200]!r}"


def taking_bodies(agency: SampleAgency) -> list[Operation]:
    """Operations with a body. Policies, the largest, are alike at three levels: one stands for them all."""
    return [
        operation
        for operation in agency.operations
        if operation.body is not None
        and operation.path not in ("/v1/organisations/{organisation_id}/policy", "/v1/jobs/{job_id}/policy")
    ]


def places(agency: SampleAgency) -> Iterator[tuple[Operation, Field]]:
    """Every field of every operation. What is inside an object that several operations take is looked at in one."""
    known = set()
    for operation in taking_bodies(agency):
        assert operation.body is not None
        for field in fields(operation.body):
            inside = (field.place[-2:], json.dumps(field.schema, sort_keys=True)) if len(field.place) > 1 else None
            if inside is None or inside not in known:
                known.add(inside)
                yield operation, field


def kind_of(field: Field) -> str:
    kind = str(field.schema.get("type"))
    return "limited text" if kind == "string" and field.schema.keys() & {"enum", "format", "pattern"} else kind


@pytest.mark.parametrize("kind", ["string", "limited text", "integer", "boolean", "array", "object"])
def test_a_hostile_value_in_any_field(both, kind):
    def one_at_a_time(agency: SampleAgency) -> Iterator[Case]:
        for operation, field in places(agency):
            if kind_of(field) == kind:
                for raw in refused_by(field.schema, str(field.place[-1]), nullable=field.nullable):
                    body = with_value(operation.body or {}, field.place, raw)
                    yield agency.request(operation).but(body=body), field.pointer

    assert refused(both, one_at_a_time, {422}) > {"string": 1000, "limited text": 1000}.get(kind, 50)


def test_a_hostile_value_that_makes_the_body_no_json(both):
    def in_the_first_field(agency: SampleAgency) -> Iterator[Case]:
        for operation in taking_bodies(agency):
            assert operation.body is not None
            first: Field = next(fields(operation.body))
            for raw in NOT_JSON.values():
                yield agency.request(operation).but(body=with_value(operation.body, first.place, raw)), ""

    assert refused(both, in_the_first_field, {400}) > 16 * 40


def test_a_body_that_no_operation_takes(both):
    def every_body(agency: SampleAgency) -> Iterator[Case]:
        for operation in taking_bodies(agency):
            for body in BODIES.values():
                yield agency.request(operation).but(body=body), ""

    assert refused(both, every_body, {400, 413, 422}) > 20 * 40


def test_a_file_that_no_table_takes(both):
    def every_file(agency: SampleAgency) -> Iterator[Case]:
        first, *others = [operation for operation in agency.operations if operation.takes_table]
        for content in (*FILES.values(), *LARGE_FILES.values()):
            yield agency.request(first).but(body=content), ""
        for operation in others:
            for content in FILES.values():
                yield agency.request(operation).but(body=content), ""

    assert refused(both, every_file, {400, 422}) == len(TABLES) * len(FILES) + len(LARGE_FILES)


def test_a_field_that_must_be_there_and_is_not(both):
    def one_left_out(agency: SampleAgency) -> Iterator[Case]:
        for operation in taking_bodies(agency):
            assert operation.body is not None
            for field in fields(operation.body):
                if field.required and isinstance(field.place[-1], str):
                    whole = json.loads(with_value(operation.body, field.place, "0"))
                    inside = whole
                    for step in field.place[:-1]:
                        inside = inside[step]
                    del inside[field.place[-1]]
                    yield agency.request(operation, whole), field.pointer

    assert refused(both, one_left_out, {422}) > 50


def test_a_field_that_nobody_knows_at_any_depth(both):
    def one_too_many(agency: SampleAgency) -> Iterator[Case]:
        for operation in taking_bodies(agency):
            assert operation.body is not None
            for field in fields(operation.body):
                if field.schema.get("type") == "object":
                    raw = '{"agency_id": "0197d1a0-0000-7000-8000-000000000001"}'
                    yield (
                        agency.request(operation).but(body=with_value(operation.body, field.place, raw)),
                        field.pointer,
                    )
            yield agency.request(operation, {"agency_id": agency.ids["agency_id"]}), "/agency_id"
            yield agency.request(operation, {"id": agency.ids["candidate_id"]}), "/id"

    assert refused(both, one_too_many, {422}) > 100
