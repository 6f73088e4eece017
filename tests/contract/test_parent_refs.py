"""Bodies name other records by id or by reference: on every operation, for every kind, never by both."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from tests.contract.bodies import rivals, sample
from tests.contract.operations import Operation
from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem

BY_ID = (
    "application_id",
    "candidate_id",
    "client_contact_id",
    "hiring_manager_id",
    "interview_id",
    "job_id",
    "organisation_id",
)


def given(agency: SampleAgency, operation: Operation, name: str, value: Any) -> RawRequest:
    """The operation with a value under this name, and nothing beside it that means the same."""
    assert operation.body is not None
    body = sample(operation.body, ids=agency.id) | {name: value}
    body = {key: inner for key, inner in body.items() if key not in rivals(operation.body, name)}
    request = agency.request(operation, body)
    return request.but(path=agency.path(operation, id="new")) if operation.method == "PUT" else request


def pairs(agency: SampleAgency) -> Iterator[tuple[Operation, str, str]]:
    """Each operation with each name of a parent's id and the name that takes a reference instead."""
    for operation in agency.operations:
        for name in (operation.body or {}).get("properties", {}):
            for other in rivals(operation.body or {}, name) if name.endswith(("_id", "_ids")) else ():
                yield operation, name, other
            if name == "in_reply_to":
                yield operation, name, name


def of(name: str, value: Any) -> Any:
    return [value] if name.endswith("s") else value


def test_every_field_that_names_a_record_with_a_reference_takes_one(agency):
    named = {(operation.name, name) for operation, name, _ in pairs(agency)}
    for operation in agency.operations:
        for name in (operation.body or {}).get("properties", {}):
            if name in (*BY_ID, "interviewer_ids", "in_reply_to"):
                assert (operation.name, name) in named
    puts = {operation.name for operation, _, _ in pairs(agency) if operation.method == "PUT"}
    assert len(puts) == 11, "every kind but organisations and candidates, which belong to nothing"


def test_a_reference_names_the_same_record_as_its_id(agency):
    tried = 0
    for operation, name, other in pairs(agency):
        if operation.path.endswith(("/transitions/by-ref/{system}/{id}", "/keep-warm-marks/by-ref/{system}/{id}")):
            continue  # a move can be made but once, and a mark only after the end: below
        by_id = agency.send(given(agency, operation, name, of(name, agency.id(name))))[0]
        by_ref = agency.send(given(agency, operation, other, of(other, agency.ref)))[0]
        assert by_id.status_code < 300, f"{operation.name} {name}: {by_id.text}"
        assert by_ref.status_code < 300, f"{operation.name} {other}: {by_ref.text}"
        seen = [answer.json().get("interaction", answer.json()) for answer in (by_id, by_ref)]
        assert seen[0][name] == seen[1][name] == of(name, agency.id(name)), f"{operation.name} {other}"
        tried += 1
    assert tried > 15


def test_an_unknown_reference_is_not_found_and_says_what_to_record_first(agency):
    rows = agency.rows()
    unknown = {"system": "crm", "id": "no/such thing"}
    for operation, name, other in pairs(agency):
        (answer,) = agency.send(given(agency, operation, other, of(other, unknown)))
        (error,) = problem(answer, 404, "not_found")["errors"]
        assert error["pointer"] == f"/{other}" + ("/0" if other.endswith("s") else ""), f"{operation.name} {name}"
        address = error["detail"].rpartition("PUT ")[2].removesuffix("`.")
        assert address.endswith("/by-ref/crm/no%2Fsuch%20thing")
        kinds = {one.path.partition("/by-ref/")[0] for one in agency.operations if "/by-ref/" in one.path}
        assert address.partition("/by-ref/")[0] in kinds
    assert agency.rows() == rows


def test_what_another_agency_calls_so_is_not_found(service, agency):
    theirs = SampleAgency(service, ref="18")
    rows = agency.rows()
    for operation, _, other in pairs(agency):
        answers = agency.send(
            *(given(agency, operation, other, of(other, {"system": "crm", "id": id})) for id in ("18", "no"))
        )
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["detail"] == answers[1].json()["detail"].replace("no.", "18.").replace(
            "/no", "/18"
        ).replace("calls no", "calls 18")
        assert not any(id in answers[0].text for id in theirs.ids.values())
    assert agency.rows() == rows


def test_both_names_at_once_are_refused(agency):
    for operation, name, other in pairs(agency):
        if name != other:
            body = sample(operation.body or {}, ids=agency.id)
            body |= {name: of(name, agency.id(name)), other: of(other, agency.ref)}
            (error,) = problem(agency.send(agency.request(operation, body))[0], 422, "invalid")["errors"]
            assert (error["pointer"], "not both" in error["detail"]) == (f"/{other}", True), operation.name


def test_neither_name_is_refused_where_one_is_needed(agency):
    tried = 0
    for operation, name, other in pairs(agency):
        body = sample(operation.body or {}, ids=agency.id)
        if body.pop(name, None) is None:
            continue
        (error,) = problem(agency.send(agency.request(operation, body))[0], 422, "invalid")["errors"]
        assert error["pointer"] == f"/{name}"
        assert all(word in error["detail"] for word in (name, other)), error
        tried += 1
    assert tried >= 9


def test_a_reference_that_is_none_is_pointed_at_beside_what_else_is_wrong(agency):
    body = {"title": "", "organisation": {"system": "Job Adder", "number": 1}, "hiring_manager": 7}
    request = RawRequest("POST", "/v1/jobs", agency.keys["admin"], json.dumps(body).encode())
    pointers = {error["pointer"] for error in problem(agency.send(request)[0], 422, "invalid")["errors"]}
    assert pointers == {"/title", "/organisation/system", "/organisation/id", "/organisation/number", "/hiring_manager"}


def test_a_refusal_points_to_the_name_that_was_sent(agency):
    key = agency.keys["admin"]
    elsewhere = {"system": "crm", "id": "elsewhere"}
    for path, body in (
        ("/v1/organisations/by-ref/crm/elsewhere", {"name": "Elsewhere"}),
        ("/v1/client-contacts/by-ref/crm/elsewhere", {"name": "Lee", "role": "hr", "organisation": elsewhere}),
    ):
        assert agency.send(RawRequest("PUT", path, key, json.dumps(body).encode()))[0].status_code == 201
    job = {"title": "Engineer", "organisation": agency.ref, "hiring_manager": elsewhere}
    (answer,) = agency.send(RawRequest("POST", "/v1/jobs", key, json.dumps(job).encode()))
    assert [error["pointer"] for error in problem(answer, 422, "other_organisation")["errors"]] == ["/hiring_manager"]
    said = {"from_party": "client", "to_party": "recruiter", "client_contact": elsewhere}
    at = f"/v1/applications/{agency.ids['application_id']}/interactions"
    (answer,) = agency.send(RawRequest("POST", at, key, json.dumps(said).encode()))
    assert [error["pointer"] for error in problem(answer, 404)["errors"]] == ["/client_contact"]


def test_null_takes_a_parent_away_under_either_name(agency):
    path = f"/v1/jobs/{agency.ids['job_id']}"
    for body, manager in (
        ({"hiring_manager": agency.ref}, agency.ids["client_contact_id"]),
        ({"hiring_manager": None}, None),
    ):
        (answer,) = agency.send(RawRequest("PATCH", path, agency.keys["admin"], json.dumps(body).encode()))
        assert (answer.status_code, answer.json()["hiring_manager_id"]) == (200, manager)
    refused = {"title": "Engineer", "organisation": None}
    (answer,) = agency.send(RawRequest("POST", "/v1/jobs", agency.keys["admin"], json.dumps(refused).encode()))
    assert [error["pointer"] for error in problem(answer, 422)["errors"]] == ["/organisation"]


SCRIPT: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("organisations", "o1", {"name": "Bellbird"}),
    ("client-contacts", "k1", {"name": "Iris", "role": "hiring_manager", "organisation": "o1"}),
    ("candidates", "c1", {"name": "Ngaio"}),
    ("jobs", "j1", {"title": "Nurse", "organisation": "o1", "hiring_manager": "k1"}),
    ("timeline-revisions", "t1", {"job": "j1", "stated_by": "client", "decision_by": "2026-05-08"}),
    ("applications", "a1", {"candidate": "c1", "job": "j1", "opened_at": "2026-04-20T00:00:00Z"}),
    ("interviews", "i1", {"application": "a1", "interviewers": ["k1"],
                          "starts_at": "2026-04-28T00:00:00Z", "ends_at": "2026-04-28T01:00:00Z"}),
    ("interactions", "n1", {"application": "a1", "interview": "i1", "client_contact": "k1", "from_party": "recruiter",
                            "to_party": "client", "purpose": "question", "occurred_at": "2026-04-28T02:00:00Z"}),
    ("interactions", "n2", {"application": "a1", "in_reply_to": "n1", "from_party": "client", "to_party": "recruiter",
                            "occurred_at": "2026-04-28T03:00:00Z"}),
    ("commitments", "p1", {"application": "a1", "owed_by": "client", "description": "A word", "due_on": "2026-05-08"}),
    ("checks", "h1", {"application": "a1", "kind": "reference", "asked_at": "2026-04-28T04:00:00Z"}),
    ("milestones", "s1", {"application": "a1", "kind": "start_agreed", "on": "2026-06-01"}),
    ("transitions", "m1", {"application": "a1", "to": "awaiting_decision", "at": "2026-04-29T00:00:00Z"}),
    ("applications", "a2", {"candidate": "c1", "job": "j1", "stage": "rejected", "opened_at": "2026-04-20T00:00:00Z"}),
    ("keep-warm-marks", "w1", {"application": "a2"}),
)  # fmt: skip
PARENTS = {"organisation", "hiring_manager", "job", "candidate", "application", "interviewers", "interview",
           "client_contact", "in_reply_to"}  # fmt: skip


def crm(id: Any) -> Any:
    return [crm(one) for one in id] if isinstance(id, list) else {"system": "jobadder", "id": id}


def test_a_script_fills_an_agency_without_a_look_up(agency: SampleAgency):
    def run(**changed: str) -> list[httpx.Response]:
        requests = []
        for kind, id, body in SCRIPT:
            named = {name: crm(changed.get(name, value)) if name in PARENTS else value for name, value in body.items()}
            requests.append(
                RawRequest(
                    "PUT", f"/v1/{kind}/by-ref/jobadder/{id}", agency.keys["recruiter"], json.dumps(named).encode()
                )
            )
        return agency.send(*requests)

    first = run()
    assert [answer.status_code for answer in first] == [201] * len(SCRIPT), [answer.text for answer in first]
    rows, again = agency.rows(), run()
    assert [answer.status_code for answer in again] == [200] * len(SCRIPT), [answer.text for answer in again]
    ids = [answer.json()["id"] for answer in first]
    assert [answer.json()["id"] for answer in again] == ids
    assert agency.rows() == rows
    (history,) = agency.send(RawRequest("GET", f"/v1/applications/{ids[5]}/history", agency.keys["viewer"]))
    assert {"interview_booked", "interaction", "timeline_revision"} <= {
        item["type"] for item in history.json()["items"]
    }
    # Whom a record belongs to is decided by the record that the reference means.
    other = json.dumps({"name": "Other"}).encode()
    agency.send(RawRequest("PUT", "/v1/organisations/by-ref/jobadder/o2", agency.keys["recruiter"], other))
    codes = {answer.json()["code"] for answer in run(organisation="o2") if answer.status_code == 409}
    assert codes == {"other_organisation"}


def test_a_put_that_expects_a_state_and_a_post_that_is_repeated_are_as_they_were(agency):
    body = json.dumps({"title": "Nurse", "organisation": agency.ref}).encode()
    request = RawRequest("POST", "/v1/jobs", agency.keys["admin"], body, headers={"Idempotency-Key": "once"})
    first, again = agency.send(request, request)
    assert (first.status_code, again.content) == (201, first.content)
    path = f"/v1/jobs/by-ref/crm/{agency.ref['id']}"
    put = RawRequest("PUT", path, agency.keys["admin"], body, headers={"If-Match": '"stale"'})
    problem(agency.send(put)[0], 412, "precondition_failed")
    (seen,) = agency.send(RawRequest("GET", path, agency.keys["admin"]))
    (changed,) = agency.send(put.but(headers={"If-Match": seen.headers["etag"]}))
    assert (changed.status_code, changed.json()["title"]) == (200, "Nurse")
    assert changed.json()["id"] != NEVER


def test_every_kind_of_wrong_value_is_reported_as_in_any_other_body(agency):
    body = {"title": "a" * 201, "status": "bogus", "organisation": {"system": "crm", "id": "a" * 201}}
    request = RawRequest("POST", "/v1/jobs", agency.keys["admin"], json.dumps(body).encode())
    errors = problem(agency.send(request)[0], 422, "invalid")["errors"]
    assert {error["pointer"]: error["detail"] for error in errors} == {
        "/title": "This must have at most 200 characters.",
        "/status": "This must be one of open, on_hold, filled or closed.",
        "/organisation/id": "This must have at most 200 characters.",
    }
