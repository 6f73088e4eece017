"""A service with another secret key: nothing is lost, connections can be mended, and several keys open together."""

from collections.abc import Callable
from itertools import count

import pytest

from app.connectors.inbox.apply_event import ClaimedEvent
from app.kit.sealing import CannotOpen
from app.kit.settings import Settings
from tests.agencies import made, new_agency
from tests.connectors.connected import Sender, Workers
from tests.crms.small import SmallCrm, connected, small_crm
from tests.service import OPERATOR_KEY, SECRET_KEY, Client, Service

OTHER = "another secret key of the tests which is long"
BODY = b'{"type": "candidate.deleted", "timestamp": "2026-05-04T08:00:00Z", "data": {"id": "c1"}}'


@pytest.fixture
def crm(monkeypatch):
    with small_crm(monkeypatch) as running:
        yield running


def _send(sender: Sender, service: Service, secret: str | None = None) -> int:
    signed = sender.signed(BODY, secret=secret)
    return service.client().request("POST", sender.path, signed, content=BODY).status_code


def _same(client: Client, service: Service) -> Client:
    return Client(service, client._headers)


def test_another_secret_key_is_reported_and_the_sender_retries(start_service: Callable[..., Service]):
    first = start_service()
    sender = Sender(new_agency(first.client(OPERATOR_KEY)))
    other = start_service(secret_key=OTHER)
    refused = other.client().request("POST", sender.path, sender.signed(BODY), content=BODY)
    assert (refused.status_code, refused.json()["code"]) == (503, "other_secret_key")
    assert sender.events() == []


def test_several_keys_open_and_the_first_seals(start_service):
    first = start_service()
    sender = Sender(new_agency(first.client(OPERATOR_KEY)))
    both = start_service(secret_keys=f"{OTHER},{SECRET_KEY}", secret_key=None)
    assert _send(sender, both) == 200
    newer = Sender(_same(sender.admin, both), ref_system="newer")
    assert _send(newer, first) == 503
    assert _send(newer, start_service(secret_key=OTHER)) == 200


def test_a_hook_takes_the_new_secret_while_an_old_one_cannot_be_opened(start_service):
    first = start_service()
    sender = Sender(new_agency(first.client(OPERATOR_KEY)))
    other = start_service(secret_key=OTHER)
    admin = _same(sender.admin, other)
    secret = made(admin, f"/v1/connections/{sender.id}/signing-secrets", {})["signing_secret"]
    assert _send(sender, other, secret) == 200
    assert _send(sender, other) == 401


def test_a_connection_under_a_lost_key_is_listed_changed_mended_and_removed(start_service, crm: SmallCrm):
    first = start_service()
    link = connected(new_agency(first.client(OPERATOR_KEY)), crm)
    other = start_service(secret_key=OTHER)
    admin, path = _same(link.admin, other), f"/v1/connections/{link.id}"
    (shown,) = admin.get("/v1/connections").json()["items"]
    assert (shown["needs_credentials"], shown["credentials"]) == (True, [])
    assert admin.get(f"{path}/health").json()["status"] == "needs_credentials"

    assert admin.patch(path, {"name": "Renamed"}).json()["needs_credentials"] is True
    assert link.admin.get(path).json()["needs_credentials"] is False, "a change of the name leaves credentials alone"

    workers = Workers(other)
    workers.sync()
    health = admin.get(f"{path}/health").json()
    assert "another secret key" in health["failure"]
    assert all(poll["next_read_at"] for poll in health["polls"]), "no poll is given up"

    mended = admin.patch(path, {"credentials": {"key": "right"}}).json()
    assert (mended["needs_credentials"], mended["credentials"]) == (False, ["key"])
    workers.sync()
    assert admin.get(f"{path}/health").json()["status"] == "ok"
    assert admin.delete(path).status_code == 204


def test_an_event_that_cannot_be_opened_is_tried_again_and_the_next_is_applied(start_service, monkeypatch):
    service = start_service()
    sender = Sender(new_agency(service.client(OPERATOR_KEY)))
    assert [_send(sender, service), _send(sender, service)] == [200, 200]
    read, calls = ClaimedEvent.event, count(1)

    def locked_once(held, link, seal):
        if next(calls) == 1:
            raise CannotOpen
        return read(held, link, seal)

    monkeypatch.setattr(ClaimedEvent, "event", locked_once)
    workers = Workers(service)
    workers.process()
    assert sorted(event["state"] for event in sender.events()) == ["ignored", "waiting"]
    service.clock.advance(minutes=1)
    workers.process()
    assert [event["state"] for event in sender.events()] == ["ignored", "ignored"]


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"secret_key": "k" * 32}, 1),
        ({"secret_keys": f"{'a' * 32}, {'b' * 16}"}, 2),
        ({"secret_keys": "a" * 32, "secret_key": "b" * 16}, 2),
        ({"secret_key": "k" * 31}, None),
        ({"secret_keys": f"{'b' * 16},{'a' * 32}"}, None),
        ({"secret_keys": f"{'a' * 32},short"}, None),
    ],
)
def test_a_weak_key_opens_at_most(settings, keys):
    if keys is None:
        with pytest.raises(ValueError, match="characters"):
            Settings(**settings)
    else:
        assert len(Settings(**settings).sealing_keys) == keys
