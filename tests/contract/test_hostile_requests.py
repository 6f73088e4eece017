"""Addresses, queries and headers that are not what they should be are refused alike on both databases."""

from collections.abc import Iterator

import pytest

from tests.contract.hostile import HEADERS
from tests.contract.operations import alternatives
from tests.contract.sample_agency import RawRequest, SampleAgency, problem
from tests.contract.test_hostile_bodies import Case, refused

IDS = ["0", "-1", "nil", "null", "%00", "a%00b", "%ED%A0%80", "%FF", "..%5c..", "%2e%2e", "%27%20OR%201=1", "g" * 36,
       "0197d1a0-0000-7000-8000-00000000000", "0197d1a0-0000-7000-8000-0000000000001", "a" * 5000, "*"]  # fmt: skip
SYSTEMS = ["CRM", "a%20b", "..%5c", "-crm", "a" * 41, "%00", "%FF", "crm%0A"]
REFS = ["%00", "a%00b", "%0A", "a%0Db", "%20", "%C2%85", "%E2%80%8B", "%1B[31m", "a" * 201, "%F0%9D%84%9E" * 201]

QUERY = {
    "uuid": ["", "7", "nil", "a\0b", "' OR 1=1 --", "g" * 36, "a" * 5000, "[]"],
    "enum": ["", "otherwise", "a\0b", "OPEN", " open", "a" * 5000, "[]", "1"],
    "date": ["", "soon", "2026-02-30", "1969-12-31", "2200-01-01", "20260602", "2026-06-02T00:00:00Z", "a\0b",
             "9" * 5000],
    "date-time": ["", "now", "2026-05-02", "2026-05-02T00:00:00", "0001-01-01T00:00:00+14:00", "2200-01-01T00:00:00Z",
                  "9999-12-31T23:59:59-12:00", "1767225600", "a\0b", "2026-05-02T25:00:00Z"],
    "array": ["", "otherwise", "a\0b", " flag.raised", "FLAG.RAISED", "endpoint.test", "[]", "a" * 5000],
    "boolean": ["", "maybe", "2", "-1", "a\0b", "[]", "NULL"],
    "integer": ["", "0", "-1", "-9223372036854775809", "one", "1.5", "1e3", "NaN", "0x10", "a\0b", "9" * 5000, "[]"],
    "string": ["", " ", "a", "a" * 1000, "a" * 1001, "\0", "é", "eyJhIjoxfQ", "-", "../..", "=" * 100, "%"],
}  # fmt: skip
"""By the kind of parameter; the texts are those that are no cursor, and of lists there are only types of events."""
SEARCH = ["", " ", "\0", "a" * 201]
"""Refusals of `q`, which accepts any line of text."""


def test_an_address_with_a_hostile_id(both):
    def one_at_a_time(agency: SampleAgency) -> Iterator[Case]:
        for operation in agency.operations:
            for parameter in operation.path_parameters:
                hostile = {"system": SYSTEMS, "id": REFS}.get(parameter.name, IDS)
                for value in hostile:
                    yield agency.request(operation).but(path=agency.path(operation, **{parameter.name: value})), ""

    assert refused(both, one_at_a_time, {404, 405, 422}) > 17 * 60


def test_a_hostile_value_in_any_query(both):
    def one_at_a_time(agency: SampleAgency) -> Iterator[Case]:
        for operation in agency.operations:
            for parameter in operation.query:
                schema, _ = alternatives(parameter.schema)
                kind = "enum" if "enum" in schema else schema.get("format", schema["type"])
                for value in SEARCH if parameter.name == "q" else QUERY[kind]:
                    if (value, schema.get("minimum")) == ("0", 0) or operation.method == "DELETE":
                        continue  # a deletion asks for the agency's exact name: any other is a 409
                    request = agency.request(operation)
                    params = dict(request.params) | {parameter.name: value}
                    pointer = "" if parameter.name == "cursor" else f"/query/{parameter.name}"
                    yield request.but(params=params), pointer

    assert refused(both, one_at_a_time, {400, 422}) > 400


def test_a_larger_limit_than_there_is_means_the_largest(both):
    for agency in both:
        for operation in agency.operations:
            if operation.takes("limit"):
                for limit in ("200", "201", "1000000000", str(2**63)):
                    (answer,) = agency.send(agency.request(operation).but(params={"limit": limit}))
                    assert answer.status_code == 200, f"{operation.name}?limit={limit}: {answer.text}"


def test_a_hostile_authorization_lets_nobody_in(both):
    def everywhere(agency: SampleAgency) -> Iterator[Case]:
        for operation in agency.operations:
            for value in HEADERS["Authorization"]:
                yield agency.request(operation).but(key=None, headers={"Authorization": value}), ""

    assert refused(both, everywhere, {401}) > 13 * 90


def test_a_hostile_idempotency_key_makes_nothing(both):
    right = {
        "/v1/agencies": {"name": "Bay", "time_zone": "Europe/Paris", "holiday_region": "FR"},
        "/v1/candidates": {"name": "Kim"},
    }

    def on_creating(agency: SampleAgency) -> Iterator[Case]:
        for operation in agency.operations:
            if operation.method == "POST" and operation.path in right:
                for value in HEADERS["Idempotency-Key"]:
                    yield agency.request(operation, right[operation.path]).but(headers={"Idempotency-Key": value}), ""

    assert refused(both, on_creating, {400}) == 2 * len(HEADERS["Idempotency-Key"])


def test_a_hostile_if_match_never_matches(both):
    def on_changing(agency: SampleAgency) -> Iterator[Case]:
        for operation in agency.operations:
            if operation.method == "PATCH":
                for value in HEADERS["If-Match"]:
                    yield agency.request(operation).but(headers={"If-Match": value}), ""

    assert refused(both, on_changing, {412}) > 10 * len(HEADERS["If-Match"])


@pytest.mark.parametrize("value", HEADERS["If-Match"])
def test_a_hostile_if_none_match_is_passed_over(agency, value):
    for path in ("/v1/agency", "/v1/candidates", "/v1/policy"):
        (answer,) = agency.send(RawRequest("GET", path, agency.keys["viewer"], headers={"If-None-Match": value}))
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", ["/v1//agency", "/v1/agency%00", "/v1/agency%2f", "/V1/agency",
                                  "/v1/agency;a=b", "/%76%31/agency%20"])  # fmt: skip
def test_a_path_with_tricks_leads_nowhere(agency, path):
    async def as_it_is() -> object:
        return await agency.service.http.get(
            f"http://keepwarm.test{path}", headers={"Authorization": f"Bearer {agency.keys['admin']}"}
        )

    problem(agency.service.run(as_it_is), 404, "no_such_route")
