"""A service that was started with another secret key says so, and takes nothing that it could not open again."""

from collections.abc import Callable

from tests.connectors.connected import Sender
from tests.desk import new_agency
from tests.service import OPERATOR_KEY, Service


def test_another_secret_key_is_told_and_the_sender_comes_again(start_service: Callable[..., Service]):
    first = start_service()
    sender = Sender(new_agency(first.client(OPERATOR_KEY)))
    other = start_service(secret_key="another secret key of the tests")
    body = b'{"type": "candidate.deleted", "timestamp": "2026-05-04T08:00:00Z", "data": {"id": "c1"}}'
    refused = other.client().request("POST", sender.path, sender.signed(body), content=body)
    assert (refused.status_code, refused.json()["code"]) == (503, "other_secret_key")
    assert sender.events() == []
