"""API keys: what opens, what does not, how fast a revoked one stops, and how many requests one may make."""

import asyncio
import json
import zlib

import httpx
import pytest

from app.kit.clock import monotonic
from tests.contract.sample_agency import NEVER, RawRequest, SampleAgency, problem, send_one
from tests.service import START

AGENCY = RawRequest("GET", "/v1/agency", None)


def opens(agency: SampleAgency, key: str) -> bool:
    (answer,) = agency.send(AGENCY.but(key=key))
    if answer.status_code != 200:
        problem(answer, 401, "not_authenticated")
        assert "www-authenticate" in answer.headers
    return answer.status_code == 200


def make(agency: SampleAgency, path: str = "/v1/api-keys", **body: object) -> tuple[str, str]:
    """The id and the secret of a new key."""
    (answer,) = agency.send(RawRequest("POST", path, agency.keys["admin"], json.dumps(body).encode()))
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]["id"], answer.json()["api_key"]


@pytest.fixture
def a_second_later(monkeypatch):
    """Expire the cached callers, which a process keeps for a second."""

    def pass_() -> None:
        monkeypatch.setattr("app.access.authentication.monotonic", lambda: monotonic() + 1)

    return pass_


def signed(body: str) -> str:
    """Return a key with the right checksum for any text."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number, digits = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = alphabet[digit] + digits
    return body + digits


def test_a_key_that_was_mistyped_never_reaches_the_database(agency, monkeypatch):
    key = agency.keys["viewer"]
    assert opens(agency, key)
    assert signed(key[:-6]) == key
    asked: list[object] = []
    monkeypatch.setattr("app.access.authentication._find", lambda *_: asked.append(1))
    for at in range(len(key)):
        assert not opens(agency, key[:at] + ("0" if key[at] != "0" else "1") + key[at + 1 :])
    for other in (
        key[:-1],
        key + "0",
        key[1:],
        key.lower(),
        key.swapcase(),
        f"{key} {key}",
        f'"{key}"',
        "kw_",
        "operator",
    ):
        assert not opens(agency, other)
    assert not asked


def test_a_key_that_nobody_made_opens_nothing(agency):
    key = agency.keys["viewer"]
    public, secret = key[3:46], key[47:79]
    for body in (
        f"kw_{public}_{secret[::-1]}",
        f"kw_{public[::-1]}_{secret}",
        f"kw_{'z' * 43}_{secret}",
        f"kw_{'0' * 43}_{secret}",
    ):
        assert not opens(agency, signed(body))


def test_a_revoked_key_stops_within_a_second(agency, a_second_later):
    id_, key = make(agency, name="Gone", role="viewer")
    assert opens(agency, key)
    (answer,) = agency.send(RawRequest("DELETE", f"/v1/api-keys/{id_}", agency.keys["admin"]))
    assert answer.status_code == 204
    a_second_later()
    assert not opens(agency, key)
    assert opens(agency, agency.keys["viewer"])
    (answer,) = agency.send(RawRequest("DELETE", f"/v1/api-keys/{id_}", agency.keys["admin"]))
    assert answer.status_code == 204, "once more changes nothing"


def test_a_revoked_key_that_nobody_remembers_stops_at_once(agency):
    id_, key = make(agency, name="Gone", role="viewer")
    agency.send(RawRequest("DELETE", f"/v1/api-keys/{id_}", agency.keys["admin"]))
    assert not opens(agency, key)


def test_a_key_ends_when_it_was_said_to(agency, clock, a_second_later):
    _, key = make(agency, name="For a day", role="viewer", expires_at="2026-05-05T09:00:00Z")
    assert opens(agency, key)
    a_second_later()
    clock.advance(hours=24, seconds=-1)
    assert opens(agency, key)
    clock.advance(seconds=1)
    a_second_later()
    agency.service.app.state.shared.authenticator._remembered.clear()
    assert not opens(agency, key)


def refusal(agency: SampleAgency, key: str) -> str:
    """Return the response to a caller with this key."""
    (answer,) = agency.send(RawRequest("GET", "/v1/agency", key))
    detail: str = problem(answer, 401, "not_authenticated")["detail"]
    return detail


def test_a_key_that_ended_says_how_and_when_and_what_to_do(agency, clock):
    _, expiring = make(agency, name="For a day", role="viewer", expires_at="2026-05-05T09:00:00Z")
    id_, revoked = make(agency, name="Gone", role="viewer")
    agency.send(RawRequest("DELETE", f"/v1/api-keys/{id_}", agency.keys["admin"]))
    assert "was revoked at 2026-05-04T09:00:00Z. Ask an admin" in refusal(agency, revoked)
    clock.advance(days=2)
    assert "expired at 2026-05-05T09:00:00Z. Ask an admin" in refusal(agency, expiring)
    assert "was revoked at" in refusal(agency, revoked)


def test_who_has_not_the_secret_does_not_learn_what_became_of_a_key(agency):
    id_, revoked = make(agency, name="Gone", role="viewer")
    agency.send(RawRequest("DELETE", f"/v1/api-keys/{id_}", agency.keys["admin"]))
    public, secret = revoked[3:46], revoked[47:79]
    never = "0" * 43
    said = {refusal(agency, signed(f"kw_{name}_{secret[::-1]}")) for name in (public, never)}
    assert said == {refusal(agency, "kw_" + "x" * 81)}


def test_a_rotated_key_goes_on_for_the_overlap(agency, clock):
    id_, old = make(agency, name="Turning", role="viewer")
    _, new = make(agency, f"/v1/api-keys/{id_}/rotate", overlap_hours=2)
    for hours, old_opens in ((0, True), (1.99, True), (2, False)):
        clock.now = START
        clock.advance(hours=hours)
        agency.service.app.state.shared.authenticator._remembered.clear()
        assert (opens(agency, old), opens(agency, new)) == (old_opens, True), f"after {hours} h"
    (answer,) = agency.send(RawRequest("POST", f"/v1/api-keys/{id_}/rotate", agency.keys["admin"], b"{}"))
    problem(answer, 409, "key_has_ended")


def test_the_last_admin_key_stays(agency):
    (listed,) = agency.send(RawRequest("GET", "/v1/api-keys", agency.keys["admin"]))
    first = next(item["id"] for item in listed.json()["items"] if item["role"] == "admin")
    (answer,) = agency.send(RawRequest("DELETE", f"/v1/api-keys/{first}", agency.keys["admin"]))
    problem(answer, 409, "last_admin_key")
    _, other = make(agency, name="Another", role="admin")
    (answer,) = agency.send(RawRequest("DELETE", f"/v1/api-keys/{first}", other))
    assert answer.status_code == 204


def test_two_admins_who_revoke_each_other_leave_one(agency):
    (listed,) = agency.send(RawRequest("GET", "/v1/api-keys", agency.keys["admin"]))
    first = next(item["id"] for item in listed.json()["items"] if item["role"] == "admin")
    second, key = make(agency, name="Another", role="admin")

    async def at_once() -> list[httpx.Response]:
        requests = [
            RawRequest("DELETE", f"/v1/api-keys/{second}", agency.keys["admin"]),
            RawRequest("DELETE", f"/v1/api-keys/{first}", key),
        ]
        return await asyncio.gather(*(send_one(agency.service, one) for one in requests))

    assert sorted(answer.status_code for answer in agency.service.run(at_once)) in ([204, 409], [204, 401])
    agency.service.app.state.shared.authenticator._remembered.clear()
    assert [opens(agency, one) for one in (agency.keys["admin"], key)].count(True) == 1


def test_a_key_is_shown_once_and_never_listed(agency):
    id_, key = make(agency, name="Shown", role="viewer")
    seen = agency.send(
        *(RawRequest("GET", path, agency.keys["admin"]) for path in ("/v1/api-keys", f"/v1/api-keys/{id_}"))
    )
    for answer in seen:
        assert "Shown" in answer.text
        assert key[47:] not in answer.text
        assert "hash" not in answer.text
    (answer,) = agency.send(RawRequest("GET", f"/v1/api-keys/{NEVER}", agency.keys["admin"]))
    problem(answer, 404)


def test_more_requests_than_allowed_are_answered_with_retry_after(agency, start_service):
    hurried = start_service(rate_limit_per_minute=5)
    client = hurried.client(agency.keys["viewer"])
    left = []
    for _ in range(5):
        answer = client.get("/v1/agency")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"default";q=5;w=60'
        name, remaining, reset = answer.headers["ratelimit"].split(";")
        assert (name, 0 < int(reset.removeprefix("t=")) <= 60) == ('"default"', True)
        left.append(int(remaining.removeprefix("r=")))
    assert left == [4, 3, 2, 1, 0]
    answer = client.get("/v1/agency")
    problem(answer, 429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit"].startswith('"default";r=0;t=')
    assert int(answer.headers["retry-after"]) >= int(answer.headers["ratelimit"].rpartition("t=")[2])
    problem(client.get("/v1/candidates/nothing"), 429)
    assert hurried.client(agency.keys["admin"]).get("/v1/agency").status_code == 200, "another key has its own number"


def test_refusals_carry_the_numbers_too(agency, start_service):
    client = start_service(rate_limit_per_minute=50).client(agency.keys["viewer"])
    for answer, status in (
        (client.get(f"/v1/jobs/{NEVER}"), 404),
        (client.post("/v1/jobs", json={}), 403),
        (client.get("/v1/jobs/7"), 422),
    ):
        problem(answer, status)
        assert "ratelimit" in answer.headers, status


def test_the_keys_of_a_recruiter_who_has_left_end(agency: SampleAgency, a_second_later):
    (hired,) = agency.send(RawRequest("POST", "/v1/recruiters", agency.keys["admin"], b'{"name": "Sam"}'))
    recruiter = hired.json()["id"]
    _, key = make(agency, name="Sam's", recruiter_id=recruiter)
    assert opens(agency, key)
    (left,) = agency.send(
        RawRequest("PATCH", f"/v1/recruiters/{recruiter}", agency.keys["admin"], b'{"active": false}')
    )
    assert left.json()["active"] is False
    a_second_later()
    assert not opens(agency, key)
