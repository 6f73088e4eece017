"""A demo asks nobody outside for anything, neither by itself nor after its examples of connections were sent."""

from collections.abc import Callable

import pytest

from app.console.examples.connections import EXAMPLES
from app.demo import known
from tests.connectors.connected import Workers
from tests.console.contract import examples
from tests.service import Service


def test_nobody_is_asked(fresh_demo: Callable[[], Service], monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    async def note(_: object, request: object, **__: object) -> None:
        asked.append(str(request))
        raise AssertionError("the outside was asked")

    monkeypatch.setattr("app.kit.http.HttpClient.send", note)
    service = fresh_demo()
    workers = Workers(service)
    workers.everything()
    for operation, body in examples():
        if operation.id in EXAMPLES and operation.method not in ("get", "delete"):
            call = operation.example(body)
            answer = service.client(known.DEMO_KEY).request(call.method, call.path, **call.rest)
            assert answer.status_code in (200, 201, 409), answer.text  # a move is decided but once
            workers.everything()
    service.clock.advance(days=2)
    workers.everything()
    assert asked == []
