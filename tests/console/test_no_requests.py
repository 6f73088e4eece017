"""The demo makes no requests to other services, before or after its examples are sent."""

from collections.abc import Callable
from contextlib import closing

import pytest

from app.console import fixture_ids
from app.console.examples import connections, events_out
from tests.connectors.connected import Workers
from tests.console.contract import examples
from tests.service import Service
from tests.webhooks.sender_driver import SenderDriver

EXAMPLES = connections.EXAMPLES | events_out.EXAMPLES


def test_nobody_is_asked(fresh_demo: Callable[[], Service], monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    async def note(_: object, request: object, **__: object) -> None:
        asked.append(str(request))
        raise AssertionError("the outside was asked")

    monkeypatch.setattr("app.kit.http_client.HttpClient.send", note)
    service = fresh_demo()
    workers = Workers(service)
    with closing(SenderDriver(service)) as post:

        def everybody_works() -> None:
            workers.everything()
            post.rounds()

        everybody_works()
        for operation, body in examples():
            if operation.id in EXAMPLES and operation.method not in ("get", "delete"):
                call = operation.example(body)
                answer = service.client(fixture_ids.DEMO_KEY).request(call.method, call.path, **call.rest)
                assert answer.status_code in (200, 201, 409), answer.text  # # a move can be decided once
                everybody_works()
        service.clock.advance(days=2)
        everybody_works()
    assert asked == []
