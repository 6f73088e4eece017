"""Replacing a signing secret: nothing is refused while both are accepted, and the old one ends when it should."""

from typing import Any

import pytest

from tests.connectors.signed_requests import Hook
from tests.service import Client, Clock

REQUESTS = 200


def new_secret(admin: Client, hook: Hook, **more: object) -> dict[str, Any]:
    answer = admin.post(f"/v1/connections/{hook.id}/signing-secrets", more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize("system", ["standard", "greenhouse"])
def test_nothing_is_refused_across_the_switch_and_the_old_one_ends(admin: Client, clock: Clock, system: str):
    hook = Hook(admin, system)
    old = hook.secret
    before = hook.send_all([hook.genuine(f"before{number}", secret=old) for number in range(REQUESTS // 4)])
    new = new_secret(admin, hook)["signing_secret"]
    clock.advance(hours=23, minutes=59)
    during = hook.send_all(
        [hook.genuine(f"during{number}", secret=(old, new)[number % 2]) for number in range(REQUESTS // 2)]
    )
    assert {answer.status_code for answer in before + during} == {200}
    clock.advance(minutes=2)
    after = hook.send_all([hook.genuine(f"after{number}", secret=new) for number in range(REQUESTS // 4)])
    assert {answer.status_code for answer in after} == {200}
    assert hook.send(hook.genuine("late", secret=old)).status_code == 401


def test_the_switch_may_come_in_the_middle_of_a_stream_of_requests(admin: Client):
    hook = Hook(admin, "greenhouse")
    statuses = []
    secrets = [hook.secret]
    for number in range(40):
        if number == 20:
            secrets.append(new_secret(admin, hook)["signing_secret"])
        statuses += [hook.send(hook.genuine(f"{number}-{one}", secret=one)).status_code for one in secrets]
    assert set(statuses) == {200}
    assert len(statuses) == 60


def test_a_pasted_secret_is_taken_beside_the_old_one_and_never_shown(admin: Client):
    hook = Hook(admin, "lever")
    answer = new_secret(admin, hook, secret="pasted from Lever's page")
    assert answer["signing_secret"] is None
    for number, secret in enumerate((hook.secret, "pasted from Lever's page")):
        assert hook.send(hook.genuine(str(number), secret=secret)).status_code == 200
    assert "pasted from" not in admin.get(f"/v1/connections/{hook.id}").text


def test_without_an_overlap_the_old_one_ends_at_once(admin: Client):
    hook = Hook(admin, "greenhouse")
    new = new_secret(admin, hook, overlap_hours=0)["signing_secret"]
    assert hook.send(hook.genuine("1")).status_code == 401
    assert hook.send(hook.genuine("2", secret=new)).status_code == 200


def test_a_secret_that_leaked_is_ended_at_once(admin: Client, stranger: Client):
    hook = Hook(admin, "greenhouse")
    new = new_secret(admin, hook)["signing_secret"]
    path = f"/v1/connections/{hook.id}"
    _, first = admin.get(path).json()["signing_secrets"]
    assert stranger.delete(f"{path}/signing-secrets/{first['id']}").status_code == 404
    assert admin.delete(f"{path}/signing-secrets/{first['id']}").status_code == 204
    assert admin.delete(f"{path}/signing-secrets/{first['id']}").status_code == 404
    assert hook.send(hook.genuine("1")).status_code == 401
    assert hook.send(hook.genuine("2", secret=new)).status_code == 200


def test_at_most_six_are_taken_at_once_and_an_ended_one_makes_room(admin: Client, clock: Clock):
    hook = Hook(admin, "greenhouse")
    newest = [new_secret(admin, hook)["signing_secret"] for _ in range(5)][-1]
    refused = admin.post(f"/v1/connections/{hook.id}/signing-secrets", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_secrets")
    for number, secret in enumerate((hook.secret, newest)):
        assert hook.send(hook.genuine(str(number), secret=secret)).status_code == 200
    clock.advance(hours=25)
    new_secret(admin, hook)
    assert len(admin.get(f"/v1/connections/{hook.id}").json()["signing_secrets"]) == 2


def test_a_longer_overlap_gives_no_secret_back_its_life(admin: Client, clock: Clock):
    hook = Hook(admin, "greenhouse")
    new_secret(admin, hook, overlap_hours=1)
    new_secret(admin, hook, overlap_hours=100)
    clock.advance(hours=2)
    assert hook.send(hook.genuine("1")).status_code == 401
