"""The address that CRMs send to: whom it answers what, and that a forged request leaves nothing behind."""

import random
from dataclasses import replace

import pytest

from app.connectors.contract import InboundRequest
from app.connectors.models import inbound_event
from app.kit.field_types import format_instant
from tests.agencies import rows
from tests.connectors.signed_requests import SCHEMES, Hook, forgeries
from tests.service import Client, Clock, Service

EVERY = pytest.mark.parametrize("system", SCHEMES)
TIMED = pytest.mark.parametrize("system", ["standard", "smartrecruiters"])
LISTS = ("standard", "smartrecruiters")
"""CRMs whose header is a list of signatures, of which one must be good."""
ENOUGH = 60


@EVERY
def test_a_genuine_request_is_kept_and_answered_200(admin: Client, system: str):
    hook = Hook(admin, system)
    answer = hook.send(hook.genuine())
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    [event] = hook.kept()
    assert (event["state"], event["source"]) == ("waiting", "webhook")


@EVERY
def test_forged_requests_are_refused_and_leave_nothing(admin: Client, stranger: Client, service: Service, system: str):
    hook, dice = Hook(admin, system), random.Random(system)
    genuine = hook.genuine()
    forged: list[InboundRequest] = []
    while len(forged) < ENOUGH:
        forged += forgeries(genuine, hook.scheme, dice)
    others = [Hook(admin, system, "second").secret, Hook(stranger, system).secret, hook.secret + "x", hook.secret[:-1]]
    if system == "standard":  # padding is no part of base64's meaning
        others = others[:2]
    forged += [hook.genuine(secret=other) for other in others]
    assert {answer.status_code for answer in hook.send_all(forged)} == {hook.scheme.rejection_status}
    assert rows(service, inbound_event) == []


@pytest.mark.parametrize("system", sorted({*SCHEMES} - {*LISTS, "lever", "recruitcrm"}))
def test_a_second_signature_hides_no_first_one(admin: Client, service: Service, system: str):
    hook = Hook(admin, system)
    genuine = hook.genuine()
    [(_, name)] = hook.scheme.places
    assert hook.send(genuine, (name, genuine.headers[name])).status_code == hook.scheme.rejection_status
    assert hook.send(genuine, (name, "sha256=0")).status_code == hook.scheme.rejection_status
    assert rows(service, inbound_event) == []


@pytest.mark.parametrize("system", LISTS)
def test_a_list_of_signatures_holds_one_that_is_good(admin: Client, system: str):
    hook = Hook(admin, system)
    genuine, other = hook.genuine(), hook.genuine(secret=Hook(admin, system, "second").secret)
    name = "webhook-signature" if system == "standard" else "smartrecruiters-signature"
    both = (" " if system == "standard" else ";").join((other.headers[name], genuine.headers[name]))
    assert hook.send(other).status_code == 401
    assert hook.send(replace(genuine, headers={**genuine.headers, name: both})).status_code == 200


@TIMED
@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-299, 200), (299, 200), (301, 401)])
def test_a_signed_time_lies_within_five_minutes(admin: Client, clock: Clock, system: str, seconds: int, status: int):
    hook = Hook(admin, system)
    request = hook.genuine()
    clock.advance(seconds=seconds)
    assert hook.send(request).status_code == status
    assert len(hook.kept()) == (status == 200)


def test_addresses_methods_and_bodies_that_are_none(admin: Client, stranger: Client, service: Service):
    hook = Hook(admin, "greenhouse")
    genuine, client = hook.genuine(), service.client()
    public = hook.path.rpartition("/")[2]
    for wrong in (public[:-1], public + "0", public[::-1], "0" * len(public), "é", "a" * 5000, "%00"):
        answer = client.request("POST", f"/hooks/{wrong}", genuine.headers, content=genuine.body)
        assert answer.status_code == 404, wrong
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD"):
        assert client.request(method, hook.path).status_code == 405
    assert hook.send(replace(genuine, body=b"{" + b" " * 1024 * 1024)).status_code == 413
    for kind in (
        "application/xml",
        "multipart/form-data; boundary=x",
        "text/html",
        "application/x-www-form-urlencoded",
    ):
        assert hook.send(genuine, kind=kind).status_code == 415, kind
    assert rows(service, inbound_event) == []


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "text/plain", "application/vnd.crm+json", ""]
)
def test_json_is_taken_whatever_the_sender_calls_it(admin: Client, kind: str):
    hook = Hook(admin, "greenhouse")
    assert hook.send(hook.genuine(), kind=kind).status_code == 200
    assert len(hook.kept()) == 1


@EVERY
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":1e999}'])
def test_a_signed_body_that_is_no_event_is_refused_with_a_reason(
    admin: Client, service: Service, system: str, body: bytes
):
    hook = Hook(admin, system)
    request = replace(hook.genuine(), body=body)
    if system in ("jobadder", "recruitcrm"):
        assert hook.send(request).status_code in (200, 400)
    else:
        assert hook.send(request).status_code == hook.scheme.rejection_status
        assert rows(service, inbound_event) == []


def test_a_connection_that_is_gone_answers_404(admin: Client):
    hook = Hook(admin, "workable")
    assert admin.delete(f"/v1/connections/{hook.id}").status_code == 204
    assert hook.send(hook.genuine()).status_code == 404


def test_handshakes_and_pings_are_answered_and_not_kept(admin: Client, service: Service):
    smart = Hook(admin, "smartrecruiters")
    shaken = smart.send(InboundRequest(b"", {"x-hook-secret": "shake-123"}, {}, service.clock.now))
    assert (shaken.status_code, shaken.headers["x-hook-secret"]) == (200, "shake-123")
    recruitee = Hook(admin, "recruitee")
    assert recruitee.send(InboundRequest(b'{"test": true}', {}, {}, service.clock.now)).status_code == 200
    ashby = Hook(admin, "ashby")
    ping = ashby.scheme.sign({"action": "ping"}, ashby.secret, service.clock.now, "1")
    assert ashby.send(ping).status_code == 200
    assert ashby.send(replace(ping, headers={})).status_code == 400
    lever = Hook(admin, "lever")
    test = b'{"token": "x", "triggeredAt": 1, "event": "candidateHired", "signature": "a test", "data": {}}'
    assert lever.send(InboundRequest(test, {}, {}, service.clock.now)).status_code == 200
    assert rows(service, inbound_event) == []


def test_a_handshake_echoes_nothing_that_is_no_header(admin: Client):
    hook = Hook(admin, "smartrecruiters")
    for strange in ("", "é", "x" * 201):
        answer = hook.send(InboundRequest(b"", {"x-hook-secret": strange}, {}, hook.service.clock.now))
        assert answer.status_code == 401
        assert "x-hook-secret" not in answer.headers


@pytest.mark.parametrize(("system", "late"), [("standard", 1), ("smartrecruiters", 1), ("lever", 24 * 20)])
def test_a_signed_request_of_another_time_says_so_to_its_sender_and_in_the_health(
    admin: Client, clock: Clock, service: Service, system: str, late: int
):
    hook = Hook(admin, system)
    genuine = hook.genuine()
    clock.advance(hours=late)
    answer = hook.send(genuine)
    assert (answer.status_code, answer.json()["code"]) == (hook.scheme.rejection_status, "stale_timestamp"), answer.text
    detail = answer.json()["detail"]
    assert "The signature is right, but the timestamp 2026-05-04T09:00:00Z is" in detail
    assert ("60 minutes before" if late == 1 else "20 days before") in detail
    assert rows(service, inbound_event) == []
    health = admin.get(f"/v1/connections/{hook.id}/health").json()
    assert (health["status"], health["refused_at"], health["refusal"]) == ("failing", format_instant(clock.now), detail)
    tried = admin.request(
        "POST",
        f"/v1/connections/{hook.id}/dry-run",
        {**genuine.headers, "content-type": "application/json"},
        content=genuine.body,
    ).json()
    assert tried["answer"] == "refused"
    assert "2026-05-04T09:00:00Z is" in tried["signature"]
    clock.advance(seconds=30)
    hook.send(genuine)
    assert admin.get(f"/v1/connections/{hook.id}/health").json()["refused_at"] == health["refused_at"]
    clock.advance(minutes=1)
    assert hook.send(hook.genuine(id="later")).status_code == 200
    assert admin.get(f"/v1/connections/{hook.id}/health").json()["status"] == "ok"


@pytest.mark.parametrize("system", ["standard", "smartrecruiters", "lever"])
def test_a_forged_request_of_another_time_is_a_forged_request(admin: Client, clock: Clock, system: str):
    hook = Hook(admin, system)
    forged = hook.genuine(secret=Hook(admin, system, "second").secret)
    now = hook.send(forged)
    clock.advance(days=30)
    late = hook.send(forged)
    assert now.json()["code"] == late.json()["code"] == "bad_signature"
    assert now.json()["detail"] == late.json()["detail"]
    assert admin.get(f"/v1/connections/{hook.id}/health").json()["refused_at"] is None
