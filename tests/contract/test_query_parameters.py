"""Query parameters: what an operation does not take is refused, and old names of filters keep working."""

import itertools

import httpx
import pytest

from app.kit.query_parameters import OLD_NAMES
from tests.contract.bodies import sample
from tests.contract.operations import Operation, alternatives
from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem

TAKES_ANY = {"POST /v1/connections/{connection_id}/dry-run"}
"""Its query is a CRM's own."""


def asking(agency: SampleAgency, operation: Operation, *query: tuple[str, str]) -> RawRequest:
    """Make the request for an operation, with these parameters beside those that it needs."""
    request = agency.request(operation, None if operation.body is None else sample(operation.body, ids=agency.id))
    needed = [(name, value) for name, value in request.params.items() if name not in dict(query)]
    return request.but(path=str(httpx.URL(request.path).copy_merge_params([*needed, *query])), params={})


def value_for(agency: SampleAgency, operation: Operation, name: str) -> str:
    parameter = next(one for one in operation.query if one.name == name)
    schema, _ = alternatives(parameter.schema)
    return "7" if name == "cursor" else str(sample(schema, name, agency.id)).lower()


def test_an_unknown_parameter_is_refused_on_every_operation(agency):
    rows, tried = agency.rows(), 0
    for operation in agency.operations:
        (answer,) = agency.send(asking(agency, operation, ("colour", "blue")))
        if operation.name in TAKES_ANY:
            assert answer.status_code == 200, answer.text
            continue
        document = problem(answer, 422, "invalid")
        (error,) = document["errors"]
        assert error["pointer"] == "/query/colour", operation.name
        named = {parameter.name for parameter in operation.query}
        assert all(name in error["detail"] for name in named or {"It takes none."}), operation.name
        assert not any(f"{old}," in error["detail"] or f"{old}." in error["detail"] for old in OLD_NAMES)
        tried += 1
    assert tried > 110
    assert agency.rows() == rows


def test_a_single_value_that_is_sent_twice_is_refused_on_every_operation(agency):
    tried = 0
    for operation in agency.operations:
        for parameter in operation.query:
            value = value_for(agency, operation, parameter.name)
            (answer,) = agency.send(asking(agency, operation, *[(parameter.name, value)] * 2))
            if alternatives(parameter.schema)[0].get("type") == "array":
                assert answer.status_code != 422 or "once" not in answer.text, operation.name
                continue
            document = problem(answer, 422, "invalid")
            assert [error["pointer"] for error in document["errors"]] == [f"/query/{parameter.name}"], operation.name
            tried += 1
    assert tried > 60


def test_every_wrong_name_is_pointed_at_whatever_it_holds(agency):
    path = "/v1/candidates?a%2Fb~c=1&=2&%00=3&limit=1&limit=2&" + "x" * 500 + "=4"
    document = problem(agency.send(RawRequest("GET", path, agency.keys["viewer"]))[0], 422, "invalid")
    pointers = {error["pointer"] for error in document["errors"]}
    assert pointers == {"/query/a~1b~0c", "/query/", "/query/\0", "/query/limit", "/query/" + "x" * 100}


def test_a_stranger_learns_nothing_of_the_parameters(agency):
    (answer,) = agency.send(RawRequest("GET", "/v1/worklist?colour=blue", None))
    assert "recruiter_id" not in problem(answer, 401, "not_authenticated")["detail"]
    problem(
        agency.send(RawRequest("POST", "/v1/recruiters?colour=blue", agency.keys["viewer"], b"{}"))[0],
        403,
        "not_allowed",
    )


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/docs", "/openapi.json"])
def test_pages_without_a_key_pass_over_what_they_do_not_know(agency, path):
    assert agency.send(RawRequest("GET", f"{path}?colour=blue", None))[0].status_code == 200


def test_a_crm_may_add_to_its_hook_address_what_it_likes(agency):
    (one,) = agency.send(RawRequest("GET", f"/v1/connections/{agency.ids['connection_id']}", agency.keys["admin"]))
    hook = "/hooks/" + one.json()["hook_url"].rpartition("/")[2]
    problem(agency.send(RawRequest("POST", f"{hook}?colour=blue&colour=red", None, b"{}"))[0], 401, "bad_signature")


def with_old_names(agency: SampleAgency) -> list[tuple[Operation, str, str]]:
    """Each operation that takes a filter with an old name: that one, and the present one."""
    pairs = itertools.product(agency.operations, OLD_NAMES.items())
    return [(operation, old, new) for operation, (old, new) in pairs if operation.takes(new)]


def test_a_filter_has_one_name_everywhere_and_answers_to_its_old_one(agency):
    found = with_old_names(agency)
    for operation, old, new in found:
        assert not operation.takes(old), operation.name
        assert agency.id(new)
        for value in (agency.id(new), NEVER):
            answers = agency.send(*(asking(agency, operation, (name, str(value))) for name in (old, new)))
            assert answers[0].status_code == answers[1].status_code == (404 if value == NEVER else 200), operation.name
            assert answers[0].json().get("items") == answers[1].json().get("items"), operation.name
    assert {(operation.path, old) for operation, old, _ in found} >= {
        ("/v1/worklist", "recruiter"),
        ("/v1/pipeline", "recruiter"),
        ("/v1/pipeline", "organisation"),
        ("/v1/flags", "recruiter"),
        ("/v1/flags", "organisation"),
        ("/v1/flags", "application"),
    }


def test_both_names_of_a_filter_are_one_too_many(agency):
    for operation, old, new in with_old_names(agency):
        for pair in ((old, new), (new, old)):
            query = [(name, str(agency.id(new))) for name in pair]
            document = problem(agency.send(asking(agency, operation, *query))[0], 422, "invalid")
            (error,) = document["errors"]
            assert f"send only `{new}`." in error["detail"]
            assert error["pointer"] == f"/query/{pair[1]}"


def test_a_page_that_was_begun_under_an_old_name_goes_on_under_the_present_one(agency):
    application, id = f"/v1/applications/{agency.ids['application_id']}", agency.ids["application_id"]
    body = b'{"from_party": "candidate", "to_party": "client", "channel": "linkedin"}'
    agency.send(RawRequest("POST", f"{application}/interactions", agency.keys["admin"], body))
    (first,) = agency.send(RawRequest("GET", f"/v1/flags?application={id}&limit=1", agency.keys["viewer"]))
    cursor = first.json()["next_cursor"]
    assert cursor
    path = f"/v1/flags?application_id={id}&cursor={cursor}"
    assert agency.send(RawRequest("GET", path, agency.keys["viewer"]))[0].json()["items"]


def test_filters_that_name_a_record_are_named_after_its_id(agency):
    for operation in agency.operations:
        for parameter in operation.query:
            if alternatives(parameter.schema)[0].get("format") == "uuid":
                assert parameter.name.endswith("_id"), f"{operation.name} {parameter.name}"


def test_a_filter_that_names_no_record_is_not_found(agency):
    tried = 0
    for operation in agency.operations:
        for parameter in operation.query:
            if alternatives(parameter.schema)[0].get("format") == "uuid":
                document = problem(agency.send(asking(agency, operation, (parameter.name, NEVER)))[0], 404, "not_found")
                assert [error["pointer"] for error in document["errors"]] == [f"/query/{parameter.name}"]
                tried += 1
    assert tried >= 12


def test_a_filter_that_names_a_record_of_which_there_is_nothing_finds_nothing(agency):
    (idle,) = agency.send(RawRequest("POST", "/v1/recruiters", agency.keys["admin"], b'{"name": "Idle"}'))
    for path in ("/v1/worklist", "/v1/pipeline", "/v1/flags", "/v1/applications"):
        (answer,) = agency.send(RawRequest("GET", f"{path}?recruiter_id={idle.json()['id']}", agency.keys["viewer"]))
        assert (answer.status_code, answer.json()["items"]) == (200, [])
