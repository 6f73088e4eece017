"""Connecting a CRM and changing the connection: what cannot work is refused when it is entered."""

from collections.abc import Callable

import httpx
import pytest

from tests.agencies import made, new_agency
from tests.connectors.connected import Workers
from tests.crms.small import SmallCrm, small_crm
from tests.crms.small import connected as link_to
from tests.service import OPERATOR_KEY, Client, Clock, Service

GREENHOUSE = {"system": "greenhouse", "name": "Acme's Greenhouse"}


@pytest.fixture
def admin(operator: Client) -> Client:
    return new_agency(operator)


def test_writing_back_is_merged_like_everything_else(admin: Client):
    connected = made(admin, "/v1/connections", GREENHOUSE | {"write_back": {"flags": True}})["connection"]
    address = f"/v1/connections/{connected['id']}"
    write_back = admin.patch(address, {"write_back": {"follow_ups": True}}).json()["write_back"]
    assert (write_back["flags"], write_back["follow_ups"], write_back["least_severity"]) == (True, True, "warning")
    assert admin.patch(address, {"write_back": {"flags": False}}).json()["write_back"]["follow_ups"] is True


@pytest.mark.parametrize("wanted", [{"flags": True}, {"follow_ups": True}, {"propose_moves": True}])
def test_what_cannot_be_written_to_is_not_written_back_to(admin: Client, wanted: dict[str, bool]):
    refused = admin.post("/v1/connections", {"system": "standard", "name": "Our Zapier", "write_back": wanted})
    assert (refused.status_code, refused.json()["code"]) == (422, "cannot_write_back")
    connected = made(admin, "/v1/connections", {"system": "standard", "name": "Our Zapier"})["connection"]
    assert admin.patch(f"/v1/connections/{connected['id']}", {"write_back": wanted}).status_code == 422


def test_the_secret_stands_in_the_steps_the_one_time_it_is_shown(admin: Client):
    answer = made(admin, "/v1/connections", {"system": "recruitcrm", "name": "Recruit CRM"})
    assert any(answer["signing_secret"] in step for step in answer["connection"]["steps"])
    shown = admin.get(f"/v1/connections/{answer['connection']['id']}")
    assert answer["signing_secret"] not in shown.text
    assert any("secret=<secret>" in step for step in shown.json()["steps"])


@pytest.mark.parametrize("name", ["base_url", "login_url", "auth_url"])
def test_credentials_do_not_follow_a_change_of_address(admin: Client, name: str):
    old, new = {name: "https://crm.example.com"}, {name: "https://elsewhere.example.com"}
    entered = {"client_id": "ours", "client_secret": "hidden", "refresh_token": "good for one use"}
    body = {"system": "bullhorn", "name": "Bullhorn", "settings": old, "credentials": entered}
    connected = made(admin, "/v1/connections", body)["connection"]
    address = f"/v1/connections/{connected['id']}"

    def left_after(change: dict[str, object]) -> list[str]:
        answer = admin.patch(address, change)
        assert answer.status_code == 200, answer.text
        left: list[str] = answer.json()["credentials"]
        return left

    assert left_after({"settings": old | {"user_id": "7"}}) == ["client_id", "client_secret", "refresh_token"]
    assert left_after({"settings": new, "credentials": {"client_id": "ours"}}) == ["client_id"]
    assert left_after({"settings": new, "credentials": entered}) == ["client_id", "client_secret", "refresh_token"]
    assert left_after({"settings": {name: None}}) == []


def test_a_session_does_not_follow_a_change_of_address_either(
    admin: Client, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    with small_crm(monkeypatch) as crm, SmallCrm() as elsewhere:
        link = link_to(admin, crm)
        workers.sync()
        assert crm.heard
        admin.patch(f"/v1/connections/{link.id}", {"settings": {"base_url": elsewhere.url}})
        clock.advance(days=2)
        workers.sync()
        assert elsewhere.heard == []
        [poll] = link.health()["polls"]
        assert poll["failure"] == "It has no credentials to fetch with."


def test_an_agency_has_at_most_as_many_connections_as_the_setting_says(start_service: Callable[..., Service]):
    admin = new_agency(start_service(crm_connections=3).client(OPERATOR_KEY))

    def connect(number: int) -> httpx.Response:
        body = {"system": "standard", "name": f"Zapier {number}", "ref_system": f"zapier{number}"}
        return admin.post("/v1/connections", body)

    answers = [connect(number) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    refused = answers[-1]
    assert (refused.headers["content-type"], refused.json()["code"]) == (
        "application/problem+json",
        "too_many_connections",
    )
    assert refused.json()["detail"].startswith("An agency has at most 3 connections.")
    first = answers[0].json()["connection"]["id"]
    assert admin.delete(f"/v1/connections/{first}").status_code == 204
    assert connect(4).status_code == 201
