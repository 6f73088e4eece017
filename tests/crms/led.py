"""A connector led against its stand-in: everything that it is sent, and everything that it walks through."""

from datetime import datetime
from functools import partial
from typing import Any

from app.connectors.contract import InboundRequest, Translation
from tests.connectors.exchanges import Caller
from tests.crms.standin import Delivery, StandIn

MAX_STEPS = 60


def told(caller: Caller, crm: StandIn, secret: str) -> list[tuple[str, Translation]]:
    """What everything that was not delivered yet says, verified, each with its event's name."""
    came: list[tuple[str, Translation]] = []

    def take(delivery: Delivery) -> int:
        request = InboundRequest(delivery.body, delivery.headers, delivery.query, crm.now)
        caller.connector.verify(request, [secret])
        if caller.connector.handshake(request) is None:
            came.append((delivery.event, _translated(caller, caller.connector.parse_event(request), crm.now)))
        return 200

    crm.send(take)
    return came


def walked(caller: Caller, stream: str, since: datetime) -> list[Translation]:
    """What a walk from its first page to its last says."""
    came: list[Translation] = []
    cursor: Any = {}
    for _ in range(MAX_STEPS):
        page = caller.run(partial(_page, caller, stream, since, cursor))
        came += [_translated(caller, item, caller.now) for item in page.items]
        cursor = page.cursor
        if not page.more:
            return came
    raise AssertionError("the walk does not end")


def _page(caller: Caller, stream: str, since: datetime, cursor: Any, account: Any) -> Any:
    return caller.connector.page(stream, since, cursor, account, caller.now)


def _translated(caller: Caller, event: Any, now: datetime) -> Translation:
    timed = event if event.occurred_at else type(event)(event.key, event.type, event.document, now)
    found: Translation = caller.run(lambda account: caller.connector.translate(timed, account))
    return found
