"""An Idempotency-Key: one effect however often it is asked for, and never an answer to somebody else's question."""

import asyncio
import json

import httpx
import pytest

from tests.contract.bodies import sample
from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem, send_one
from tests.raw import everything_in, written_forms
from tests.service import OPERATOR_KEY

KEEPING_NOTHING = {"/v1/thank-you-checks"}
"""Operations that only check their body: each request is executed."""
KIM = b'{"name": "Kim"}'


def adding(agency: SampleAgency, once: str = "once", body: bytes = KIM, **changes: object) -> RawRequest:
    request = RawRequest("POST", "/v1/candidates", agency.keys["admin"], body, headers={"Idempotency-Key": once})
    return request.but(**changes)


def is_replay(answer: httpx.Response) -> bool:
    return bool(answer.headers.get("idempotent-replayed") == "true")


def test_asked_again_the_answer_is_the_same_to_the_byte(agency):
    first, again = agency.send(adding(agency), adding(agency))
    assert (first.status_code, is_replay(first), is_replay(again)) == (201, False, True)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("etag", "content-type", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["x-request-id"] != again.headers["x-request-id"]


def test_every_operation_that_creates_does_it_once(agency):
    done = 0
    for operation in agency.operations:
        if operation.method != "POST" or operation.body is None or operation.path in KEEPING_NOTHING:
            continue
        body = sample(operation.body, ids=agency.id)
        request = agency.request(operation, body | ({"to": "on_hold"} if "to" in body and "at" not in body else {}))
        request = request.but(headers={"Idempotency-Key": operation.name.ljust(255, "x")})
        first, after, again = agency.send(request)[0], agency.rows(), agency.send(request)[0]
        if first.status_code < 300:
            assert (again.status_code, again.content, is_replay(again)) == (first.status_code, first.content, True)
            assert agency.rows() == after, operation.name
            done += 1
    assert done > 15


def test_it_is_known_a_day_later(agency, clock):
    (first,) = agency.send(adding(agency))
    clock.advance(hours=24)
    (again,) = agency.send(adding(agency))
    assert (again.content, is_replay(again)) == (first.content, True)


@pytest.mark.parametrize(
    "other",
    [
        {"body": b'{"name": "Lee"}'},
        {"body": b'{"name":"Kim"}'},
        {"path": "/v1/organisations"},
    ],
)
def test_the_same_key_for_another_question_is_refused(agency, other):
    rows_before = agency.rows()
    agency.send(adding(agency))
    rows = agency.rows()
    assert rows != rows_before
    (answer,) = agency.send(adding(agency, **other))
    problem(answer, 422, "idempotency_key_reused")
    assert agency.rows() == rows


def test_the_same_key_of_another_caller_is_another_key(agency):
    answers = agency.send(*(adding(agency, key=agency.keys[role]) for role in ("admin", "recruiter")))
    assert [(answer.status_code, is_replay(answer)) for answer in answers] == [(201, False), (201, False)]
    assert answers[0].request.headers["idempotency-key"] == answers[1].request.headers["idempotency-key"]
    assert answers[0].json()["id"] != answers[1].json()["id"]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"title": ""}, 422), ({"title": "Engineer", "organisation_id": NEVER}, 404), ("{", 400), ({"title": "E"}, 422)],
)
def test_what_was_refused_leaves_no_trace_and_may_be_asked_again_rightly(agency, wrong, status):
    rows = agency.rows()
    request = RawRequest("POST", "/v1/jobs", agency.keys["admin"], headers={"Idempotency-Key": "once"})
    body = wrong.encode() if isinstance(wrong, str) else json.dumps(wrong).encode()
    problem(agency.send(request.but(body=body))[0], status)
    assert agency.rows() == rows
    right = json.dumps({"title": "Engineer", "organisation_id": agency.ids["organisation_id"]}).encode()
    (answer,) = agency.send(request.but(body=right))
    assert (answer.status_code, is_replay(answer)) == (201, False)


def test_what_failed_on_our_side_may_be_asked_again(agency, monkeypatch):
    rows = agency.rows()
    with monkeypatch.context() as broken:
        broken.setattr("app.kit.idempotency.Request.keep", lambda *_: 1 / 0)
        problem(agency.send(adding(agency))[0], 500, "internal_error")
    assert agency.rows() == rows
    (answer,) = agency.send(adding(agency))
    assert (answer.status_code, is_replay(answer)) == (201, False)


def test_of_fifty_at_once_with_one_key_one_is_done(agency):
    rows = agency.rows()
    keys = [f"key {number}" for number in range(4)]

    async def at_once() -> list[httpx.Response]:
        copies = [adding(agency, key, json.dumps({"name": key}).encode()) for key in keys for _ in range(50)]
        return await asyncio.gather(*(send_one(agency.service, request) for request in copies))

    answers = agency.service.run(at_once)
    for number, key in enumerate(keys):
        copies = answers[number * 50 : number * 50 + 50]
        done = [answer for answer in copies if answer.status_code == 201]
        assert len({answer.content for answer in done}) == 1
        assert [is_replay(answer) for answer in done].count(False) == 1
        for answer in copies:
            if answer.status_code != 201:
                problem(answer, 409, "idempotency_key_in_use")
        (again,) = agency.send(adding(agency, key, json.dumps({"name": key}).encode()))
        assert (again.content, is_replay(again)) == (done[0].content, True)
    made = {name: count - rows[name] for name, count in agency.rows().items() if count != rows[name]}
    assert made == {"candidate": 4, "search_word": 8, "idempotency_key": 4}


def test_a_secret_that_was_answered_once_is_nowhere_in_the_database(agency, database_url):
    key = json.dumps({"name": "Canary key", "role": "viewer"}).encode()
    bay = json.dumps({"name": "Canary Bay", "time_zone": "Europe/Paris", "holiday_region": "FR"}).encode()
    zapier = json.dumps({"system": "standard", "name": "Canary Zapier"}).encode()
    secrets_of_it = f"/v1/connections/{agency.ids['connection_id']}/signing-secrets"
    once = {"Idempotency-Key": "keys"}
    receiver = json.dumps({"url": "https://hooks.example.com/canary", "description": "Canary receiver"}).encode()
    secrets_of_it_too = f"/v1/webhook-endpoints/{agency.ids['endpoint_id']}/secrets"
    secrets = [agency.keys[role] for role in ("admin", "recruiter", "viewer")]
    for request in (
        RawRequest("POST", "/v1/api-keys", agency.keys["admin"], key, headers=once),
        RawRequest(
            "POST",
            f"/v1/api-keys/{agency.ids['api_key_id']}/rotate",
            agency.keys["admin"],
            b"{}",
            headers={"Idempotency-Key": "turn"},
        ),
        RawRequest("POST", "/v1/agencies", OPERATOR_KEY, bay, headers=once),
        RawRequest(
            "POST", "/v1/connections", agency.keys["admin"], zapier, headers=once | {"Idempotency-Key": "zapier"}
        ),
        RawRequest("POST", secrets_of_it, agency.keys["admin"], b"{}", headers=once | {"Idempotency-Key": "another"}),
        RawRequest(
            "POST", "/v1/webhook-endpoints", agency.keys["admin"], receiver, headers={"Idempotency-Key": "receiver"}
        ),
        RawRequest(
            "POST", secrets_of_it_too, agency.keys["admin"], b"{}", headers={"Idempotency-Key": "another of it"}
        ),
    ):
        first, again = agency.send(request, request)
        assert (first.status_code, again.content, is_replay(again)) == (201, first.content, True)
        answer = first.json()
        (secret,) = (answer[name] for name in ("api_key", "signing_secret", "secret") if name in answer)
        secrets.append(secret)
    content = everything_in(agency.service, database_url)
    assert b"Canary key" in content
    assert b"Canary Bay" in content
    assert b"Canary Zapier" in content
    assert b"Canary receiver" in content
    for secret in (*secrets, OPERATOR_KEY):
        random = secret.rpartition("_")[2] if secret.startswith("kw_") else secret.removeprefix("whsec_")
        for part in (secret, random, random[:32]):
            assert not [form for form in written_forms(part) if form in content]
