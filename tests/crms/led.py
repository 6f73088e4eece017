"""A connector run against its stand-in: every webhook that it receives, and every stream that it fetches."""

from datetime import datetime
from functools import partial
from typing import Any

from app.connectors.contract import InboundRequest, Translation
from tests.connectors.exchanges import Caller
from tests.crms.standin import Delivery, StandIn

MAX_STEPS = 60


def deliver(caller: Caller, crm: StandIn, secret: str) -> list[tuple[str, Translation]]:
    """Verify and translate every webhook that was not delivered yet, each with its event's name."""
    came: list[tuple[str, Translation]] = []

    def take(delivery: Delivery) -> int:
        request = InboundRequest(delivery.body, delivery.headers, delivery.query, crm.now)
        caller.connector.verify(request, [secret])
        if caller.connector.handshake(request) is None:
            came.append((delivery.event, _translated(caller, caller.connector.parse_event(request), crm.now)))
        return 200

    crm.send(take)
    return came


def fetch_all(caller: Caller, stream: str, since: datetime) -> list[Translation]:
    """Translate a stream from its first page to its last."""
    came: list[Translation] = []
    cursor: Any = {}
    for _ in range(MAX_STEPS):
        page = caller.run(partial(_page, caller, stream, since, cursor))
        came += [_translated(caller, item, caller.now) for item in page.items]
        cursor = page.cursor
        if not page.more:
            return came
    raise AssertionError("the stream does not end")


def _page(caller: Caller, stream: str, since: datetime, cursor: Any, account: Any) -> Any:
    return caller.connector.page(stream, since, cursor, account, caller.now)


def _translated(caller: Caller, event: Any, now: datetime) -> Translation:
    timed = event if event.occurred_at else type(event)(event.key, event.type, event.document, now)
    found: Translation = caller.run(lambda account: caller.connector.translate(timed, account))
    return found
