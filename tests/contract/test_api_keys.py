"""API keys: what opens, what does not, how fast a revoked one stops, and how many requests one may make."""

import asyncio
import json
import zlib

import httpx
import pytest

from app.kit.clock import monotonic
from tests.contract.desk import NEVER, Desk, Told, problem, send_one
from tests.service import START

AGENCY = Told("GET", "/v1/agency", None)


def opens(desk: Desk, key: str) -> bool:
    (answer,) = desk.send(AGENCY.but(key=key))
    if answer.status_code != 200:
        problem(answer, 401, "not_authenticated")
        assert "www-authenticate" in answer.headers
    return answer.status_code == 200


def make(desk: Desk, path: str = "/v1/api-keys", **body: object) -> tuple[str, str]:
    """The id and the secret of a new key."""
    (answer,) = desk.send(Told("POST", path, desk.keys["admin"], json.dumps(body).encode()))
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


def test_a_key_that_was_mistyped_never_reaches_the_database(desk, monkeypatch):
    key = desk.keys["viewer"]
    assert opens(desk, key)
    assert signed(key[:-6]) == key
    asked: list[object] = []
    monkeypatch.setattr("app.access.authentication._find", lambda *_: asked.append(1))
    for at in range(len(key)):
        assert not opens(desk, key[:at] + ("0" if key[at] != "0" else "1") + key[at + 1 :])
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
        assert not opens(desk, other)
    assert not asked


def test_a_key_that_nobody_made_opens_nothing(desk):
    key = desk.keys["viewer"]
    public, secret = key[3:46], key[47:79]
    for body in (
        f"kw_{public}_{secret[::-1]}",
        f"kw_{public[::-1]}_{secret}",
        f"kw_{'z' * 43}_{secret}",
        f"kw_{'0' * 43}_{secret}",
    ):
        assert not opens(desk, signed(body))


def test_a_revoked_key_stops_within_a_second(desk, a_second_later):
    id_, key = make(desk, name="Gone", role="viewer")
    assert opens(desk, key)
    (answer,) = desk.send(Told("DELETE", f"/v1/api-keys/{id_}", desk.keys["admin"]))
    assert answer.status_code == 204
    a_second_later()
    assert not opens(desk, key)
    assert opens(desk, desk.keys["viewer"])
    (answer,) = desk.send(Told("DELETE", f"/v1/api-keys/{id_}", desk.keys["admin"]))
    assert answer.status_code == 204, "once more changes nothing"


def test_a_revoked_key_that_nobody_remembers_stops_at_once(desk):
    id_, key = make(desk, name="Gone", role="viewer")
    desk.send(Told("DELETE", f"/v1/api-keys/{id_}", desk.keys["admin"]))
    assert not opens(desk, key)


def test_a_key_ends_when_it_was_said_to(desk, clock, a_second_later):
    _, key = make(desk, name="For a day", role="viewer", expires_at="2026-05-05T09:00:00Z")
    assert opens(desk, key)
    a_second_later()
    clock.advance(hours=24, seconds=-1)
    assert opens(desk, key)
    clock.advance(seconds=1)
    a_second_later()
    desk.service.app.state.shared.authenticator._remembered.clear()
    assert not opens(desk, key)


def refusal(desk: Desk, key: str) -> str:
    """Return the response to a caller with this key."""
    (answer,) = desk.send(Told("GET", "/v1/agency", key))
    detail: str = problem(answer, 401, "not_authenticated")["detail"]
    return detail


def test_a_key_that_ended_says_how_and_when_and_what_to_do(desk, clock):
    _, expiring = make(desk, name="For a day", role="viewer", expires_at="2026-05-05T09:00:00Z")
    id_, revoked = make(desk, name="Gone", role="viewer")
    desk.send(Told("DELETE", f"/v1/api-keys/{id_}", desk.keys["admin"]))
    assert "was revoked at 2026-05-04T09:00:00Z. Ask an admin" in refusal(desk, revoked)
    clock.advance(days=2)
    assert "expired at 2026-05-05T09:00:00Z. Ask an admin" in refusal(desk, expiring)
    assert "was revoked at" in refusal(desk, revoked)


def test_who_has_not_the_secret_does_not_learn_what_became_of_a_key(desk):
    id_, revoked = make(desk, name="Gone", role="viewer")
    desk.send(Told("DELETE", f"/v1/api-keys/{id_}", desk.keys["admin"]))
    public, secret = revoked[3:46], revoked[47:79]
    never = "0" * 43
    said = {refusal(desk, signed(f"kw_{name}_{secret[::-1]}")) for name in (public, never)}
    assert said == {refusal(desk, "kw_" + "x" * 81)}


def test_a_rotated_key_goes_on_for_the_overlap(desk, clock):
    id_, old = make(desk, name="Turning", role="viewer")
    _, new = make(desk, f"/v1/api-keys/{id_}/rotate", overlap_hours=2)
    for hours, old_opens in ((0, True), (1.99, True), (2, False)):
        clock.now = START
        clock.advance(hours=hours)
        desk.service.app.state.shared.authenticator._remembered.clear()
        assert (opens(desk, old), opens(desk, new)) == (old_opens, True), f"after {hours} h"
    (answer,) = desk.send(Told("POST", f"/v1/api-keys/{id_}/rotate", desk.keys["admin"], b"{}"))
    problem(answer, 409, "key_has_ended")


def test_the_last_admin_key_stays(desk):
    (listed,) = desk.send(Told("GET", "/v1/api-keys", desk.keys["admin"]))
    first = next(item["id"] for item in listed.json()["items"] if item["role"] == "admin")
    (answer,) = desk.send(Told("DELETE", f"/v1/api-keys/{first}", desk.keys["admin"]))
    problem(answer, 409, "last_admin_key")
    _, other = make(desk, name="Another", role="admin")
    (answer,) = desk.send(Told("DELETE", f"/v1/api-keys/{first}", other))
    assert answer.status_code == 204


def test_two_admins_who_revoke_each_other_leave_one(desk):
    (listed,) = desk.send(Told("GET", "/v1/api-keys", desk.keys["admin"]))
    first = next(item["id"] for item in listed.json()["items"] if item["role"] == "admin")
    second, key = make(desk, name="Another", role="admin")

    async def at_once() -> list[httpx.Response]:
        told = [
            Told("DELETE", f"/v1/api-keys/{second}", desk.keys["admin"]),
            Told("DELETE", f"/v1/api-keys/{first}", key),
        ]
        return await asyncio.gather(*(send_one(desk.service, one) for one in told))

    assert sorted(answer.status_code for answer in desk.service.run(at_once)) in ([204, 409], [204, 401])
    desk.service.app.state.shared.authenticator._remembered.clear()
    assert [opens(desk, one) for one in (desk.keys["admin"], key)].count(True) == 1


def test_a_key_is_shown_once_and_never_listed(desk):
    id_, key = make(desk, name="Shown", role="viewer")
    seen = desk.send(*(Told("GET", path, desk.keys["admin"]) for path in ("/v1/api-keys", f"/v1/api-keys/{id_}")))
    for answer in seen:
        assert "Shown" in answer.text
        assert key[47:] not in answer.text
        assert "hash" not in answer.text
    (answer,) = desk.send(Told("GET", f"/v1/api-keys/{NEVER}", desk.keys["admin"]))
    problem(answer, 404)


def test_more_requests_than_allowed_are_told_when_to_come_back(desk, start_service):
    hurried = start_service(rate_limit_per_minute=5)
    client = hurried.client(desk.keys["viewer"])
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
    assert hurried.client(desk.keys["admin"]).get("/v1/agency").status_code == 200, "another key has its own number"


def test_refusals_carry_the_numbers_too(desk, start_service):
    client = start_service(rate_limit_per_minute=50).client(desk.keys["viewer"])
    for answer, status in (
        (client.get(f"/v1/jobs/{NEVER}"), 404),
        (client.post("/v1/jobs", json={}), 403),
        (client.get("/v1/jobs/7"), 422),
    ):
        problem(answer, status)
        assert "ratelimit" in answer.headers, status


def test_the_keys_of_a_recruiter_who_has_left_end(desk: Desk, a_second_later):
    (hired,) = desk.send(Told("POST", "/v1/recruiters", desk.keys["admin"], b'{"name": "Sam"}'))
    recruiter = hired.json()["id"]
    _, key = make(desk, name="Sam's", recruiter_id=recruiter)
    assert opens(desk, key)
    (left,) = desk.send(Told("PATCH", f"/v1/recruiters/{recruiter}", desk.keys["admin"], b'{"active": false}'))
    assert left.json()["active"] is False
    a_second_later()
    assert not opens(desk, key)
