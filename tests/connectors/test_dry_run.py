"""Trying a request: it says what would come of it, however hostile it is, and nothing comes of it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.agencies import made
from tests.connectors.connected import Sender, Workers
from tests.connectors.documents import all_own
from tests.connectors.mutations import mutations
from tests.connectors.signed_requests import SCHEMES, Hook
from tests.contract.hostile import BODIES, NOT_JSON
from tests.contract.sample_agency import RawRequest, problem, send
from tests.service import Client, Service

JSON = {"Content-Type": "application/json"}
APPLICATION = {
    "id": "a1",
    "candidate": {"id": "c1", "name": "Ana Petrova"},
    "job": {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme Foods"}},
    "status": "Interview",
}


def tried(admin: Client, id: str, body: Any, **rest: Any) -> dict[str, Any]:
    answer = admin.post(f"/v1/connections/{id}/dry-run", body, **rest)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def make_body(data: Any, type: str = "application.updated") -> dict[str, Any]:
    return {"type": type, "timestamp": "2026-05-04T08:00:00Z", "data": data}


def test_a_whole_application_is_reported_record_by_record_and_nothing_is_stored(crm: Sender, admin: Client):
    found = tried(admin, crm.id, make_body(APPLICATION))
    assert {record["record"] for record in found["records"]} == {"Organisation", "Job", "Candidate", "Application"}
    assert [item["what"] for item in found["outcome"]] == ["created"] * 4
    assert {record["version"] for record in found["records"]} == {"2026-05-04T08:00:00Z"}
    assert crm.events() == []
    for path in ("/v1/applications", "/v1/candidates", "/v1/organisations"):
        assert admin.get(path).json()["items"] == []


def test_a_word_that_the_connector_does_not_know_is_shown(crm: Sender, workers: Workers, admin: Client):
    data = {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme Foods"}, "status": "frozen"}
    found = tried(admin, crm.id, make_body(data, "job.updated"))
    assert [(one["kind"], one["external_id"]) for one in found["outcome"]][-1] == ("word", "job status: frozen")
    crm.send("job.updated", data)
    workers.process()
    [event] = crm.events()
    assert event["outcome"][-1]["kind"] == "word"
    assert admin.get(f"/v1/connections/{crm.id}/events/{event['id']}").json()["outcome"] == event["outcome"]


def test_a_word_that_no_map_knows_is_named(crm: Sender, admin: Client):
    found = tried(admin, crm.id, make_body(APPLICATION | {"status": "Trial shift"}))
    assert "the stage map has no entry for 'Trial shift'" in [item.get("reason") for item in found["outcome"]]
    assert crm.health()["unmapped"] == []


def test_what_is_not_known_yet_would_be_waited_for(crm: Sender, admin: Client):
    data = {"id": "i1", "application_id": "a9", "starts_at": "2026-05-04T06:00:00Z", "ends_at": "2026-05-04T07:00:00Z"}
    assert tried(admin, crm.id, make_body(data, "interview.created"))["waits_for"] == "application a9"


def test_the_signature_is_checked_and_the_rest_is_reported_all_the_same(crm: Sender, admin: Client):
    body = json.dumps(make_body(APPLICATION)).encode()
    good = crm.signed(body, "msg_1")
    assert tried(admin, crm.id, None, content=body, headers=good)["answer"] == "accepted"
    forged = tried(admin, crm.id, None, content=body, headers=crm.signed(body, secret="whsec_" + "QUFB" * 8))
    assert (forged["answer"], len(forged["outcome"])) == ("refused", 4)
    assert forged["signature"] != "good"
    crm.service.client().request("POST", crm.path, good, content=body)
    assert tried(admin, crm.id, None, content=body, headers=good)["answer"] == "known"


def test_where_more_would_be_asked_for_the_request_is_named_and_not_made(admin: Client):
    hook = Hook(admin, "recruitcrm")
    document = {"candidate_slug": "c1", "job_slug": "j1", "updated_on": "2026-05-04T08:00:00Z"}
    params = {"event": "candidate.hiringstage.updated", "secret": hook.secret}
    found = tried(admin, hook.id, document, params=params)
    assert found["signature"] == "good"
    assert [ask.split()[0] for ask in found["asks"]] == ["GET"]


def test_a_system_that_is_only_polled_has_nothing_to_try(admin: Client, stranger: Client):
    polled = made(admin, "/v1/connections", {"system": "bullhorn", "name": "Bullhorn"})["connection"]
    path = f"/v1/connections/{polled['id']}/dry-run"
    problem(admin.post(path, {}), 409, "no_webhooks")
    problem(stranger.post(path, {}), 404, "not_found")


def test_a_form_is_no_request_of_a_crm(crm: Sender, admin: Client):
    answer = admin.post(f"/v1/connections/{crm.id}/dry-run", data={"type": "candidate.created"})
    problem(answer, 415, "unsupported_media_type")


def hostile(system: str) -> Iterator[bytes]:
    yield from (body for body in BODIES.values() if len(body) <= 1_048_576)
    for raw in NOT_JSON.values():
        yield b'{"type": "candidate.created", "data": ' + raw.encode("utf-8", "surrogatepass") + b"}"
    smallest: Any = min(all_own(system).values(), key=lambda document: len(json.dumps(document)), default={})
    whole = make_body(APPLICATION) if system == "standard" else smallest
    for document in (SCHEMES[system].document, whole):
        for _, other in mutations(document):
            yield json.dumps(other).encode()


@pytest.mark.parametrize("system", SCHEMES)
def test_however_hostile_it_is_there_is_an_answer(admin: Client, service: Service, workers: Workers, system: str):
    hook = Hook(admin, system)
    key = made(admin, "/v1/api-keys", {"name": "For trying", "role": "admin"})["api_key"]
    event = {"event": "candidate.updated"} if system == "recruitcrm" else {}
    path, bodies = f"/v1/connections/{hook.id}/dry-run", list(dict.fromkeys(hostile(system)))
    answers: list[httpx.Response] = send(service, [RawRequest("POST", path, key, body, event, JSON) for body in bodies])
    for body, answer in zip(bodies, answers, strict=True):
        assert answer.status_code == 200, f"{body[:300]!r}: {answer.text}"
        assert answer.json()["answer"] in ("refused", "hello")
    assert len(bodies) > 100
    assert hook.kept() == []
    assert workers.process() == 0
