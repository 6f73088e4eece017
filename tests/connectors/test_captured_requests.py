"""A captured webhook that is sent again with any change outside the signature has no further effect."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.contract import InboundRequest
from app.connectors.models import inbound_event
from tests.agencies import rows
from tests.connectors.ats import SECRET, Ats
from tests.connectors.documents import own
from tests.connectors.greenhouse import request
from tests.connectors.signed_requests import SCHEMES, Hook
from tests.service import Client, Service

BEARERS = ("jobadder", "recruitcrm")
"""CRMs that sign nothing: a captured request has their secret, and needs no replay."""
IDS = ("greenhouse-event-id", "webhook-id", "svix-id", "event-id", "x-request-id", "idempotency-key")
STAGES = {"Phone screen": "screening", "Onsite": "interview_scheduled"}


@pytest.mark.parametrize("system", [system for system in SCHEMES if system not in BEARERS])
def test_no_signed_request_is_taken_twice_under_another_id(admin: Client, service: Service, system: str):
    hook = Hook(admin, system)
    genuine = hook.genuine()
    assert hook.send(genuine).json() == {"status": "accepted"}
    for changed in _changed_outside_the_signature(genuine):
        answer = hook.send(changed)
        state = answer.json().get("status")
        assert (answer.status_code, state) in [
            (200, "known"),
            (hook.scheme.rejection_status, hook.scheme.rejection_status),
        ]
    assert len(rows(service, inbound_event)) == 1


def _changed_outside_the_signature(genuine: InboundRequest) -> Iterator[InboundRequest]:
    for name in IDS:
        yield replace(genuine, headers={**genuine.headers, name: "another"})
    for name in genuine.headers:
        yield replace(genuine, headers={other: value for other, value in genuine.headers.items() if other != name})
        yield replace(genuine, headers={**genuine.headers, name: genuine.headers[name].upper()})
    yield replace(genuine, query={"event": "another", "id": "another"})


@pytest.fixture
def greenhouse(ats: Callable[..., Ats]) -> Ats:
    """A connection to Greenhouse that cannot ask Harvest."""
    return ats("greenhouse", stage_map=STAGES)


def test_a_retry_of_the_same_bytes_is_answered_200_and_counted_once(greenhouse: Ats):
    answers = [_send(greenhouse, _in_stage("Phone screen", 5), id="e-1") for _ in range(3)]
    assert answers == ["accepted", "known", "known"]
    greenhouse.workers.process()
    assert [event["state"] for event in greenhouse.events()] == ["applied"]


def test_a_captured_unrejection_sent_again_under_another_id_changes_nothing(greenhouse: Ats):
    captured = _unrejected(9)
    _apply(greenhouse, _in_stage("Phone screen", 5), _rejected(7), captured, _in_stage("Onsite", 11))
    before = greenhouse.application(), greenhouse.records("transitions")
    greenhouse.clock.advance(hours=1)
    for id in ("forged-1", "forged-2", ""):
        assert _send(greenhouse, captured, id=id) == "known"
    greenhouse.workers.process()
    assert (greenhouse.application(), greenhouse.records("transitions")) == before
    assert before[0]["stage"] == "interview_scheduled"
    assert len(greenhouse.events()) == 4


def test_a_captured_request_that_we_never_received_undoes_nothing_newer(greenhouse: Ats):
    _apply(greenhouse, _in_stage("Phone screen", 5), _rejected(7), _in_stage("Onsite", 11))
    before = greenhouse.application(), greenhouse.records("transitions")
    greenhouse.clock.advance(hours=1)
    assert _send(greenhouse, _unrejected(9), id="late") == "accepted"
    greenhouse.workers.process()
    assert (greenhouse.application(), greenhouse.records("transitions")) == before
    outcomes = {one["kind"]: one["what"] for one in greenhouse.events()[0]["outcome"]}
    assert outcomes["application"] == "older"
    assert before[0]["stage"] == "interview_scheduled"


def test_an_unrejection_that_arrives_in_time_still_counts(greenhouse: Ats):
    _apply(greenhouse, _in_stage("Phone screen", 5), _rejected(7), _unrejected(7))
    assert greenhouse.application()["stage"] == "screening"


def _apply(greenhouse: Ats, *documents: Any) -> None:
    for number, document in enumerate(documents):
        greenhouse.clock.advance(minutes=10)
        assert _send(greenhouse, document, id=f"e-{number}") == "accepted"
        greenhouse.workers.process()


def _send(greenhouse: Ats, document: Any, id: str) -> str:
    genuine = request(document, secret=SECRET, id=id)
    headers = {"content-type": "application/json", **genuine.headers}
    path = "/hooks/" + greenhouse.connection["hook_url"].rpartition("/")[2]
    answer = greenhouse.admin.service.client().request("POST", path, headers, content=genuine.body)
    assert answer.status_code == 200, answer.text
    status: str = answer.json()["status"]
    return status


def _in_stage(name: str, minute: int) -> Any:
    return _of("candidate_stage_change", minute, current_stage={"id": len(name), "name": name, "interviews": []})


def _rejected(minute: int) -> Any:
    reason = {"id": 1, "name": "Too junior", "type": {"id": 1, "name": "We rejected them"}}
    return _of("reject_candidate", minute, status="rejected", rejection_reason=reason, rejected_at=_at(minute))


def _unrejected(minute: int) -> Any:
    stage = {"id": len("Phone screen"), "name": "Phone screen", "interviews": []}
    return _of("unreject_candidate", minute, status="active", current_stage=stage)


def _of(action: str, minute: int, **changes: Any) -> Any:
    document = own("greenhouse", "candidate_stage_change")
    document["action"] = action
    document["payload"]["application"] |= {"last_activity_at": _at(minute), **changes}
    return document


def _at(minute: int) -> str:
    return f"2026-05-04T09:{minute:02}:00Z"
