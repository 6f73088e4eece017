"""Bullhorn's stand-in, somebody who is signed in to it, and everything that its queue holds."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from app.connectors.contract import Account, DatedEvent, SyncPage
from app.connectors.crm.bullhorn.connector import Bullhorn
from tests.connectors.exchanges import Caller
from tests.crms.bullhorn import BullhornStandIn

BULLHORN = Bullhorn()


@pytest.fixture
def crm() -> Iterator[BullhornStandIn]:
    with BullhornStandIn() as crm:
        yield crm


@pytest.fixture
def caller(crm: BullhornStandIn) -> Caller:
    return Caller(BULLHORN, Account(settings=crm.settings, credentials=crm.credentials), crm.now)


def poll(caller: Caller, crm: BullhornStandIn, cursor: Mapping[str, Any]) -> SyncPage:
    page: SyncPage = caller.run(lambda account: BULLHORN.page("events", crm.now, cursor, account, crm.now))
    return page


def polled(
    caller: Caller, crm: BullhornStandIn, cursor: Mapping[str, Any]
) -> tuple[list[DatedEvent], Mapping[str, Any]]:
    """Poll all events of the queue, page by page, and return the cursor after them."""
    events: list[DatedEvent] = []
    while True:
        page = poll(caller, crm, cursor)
        events += [event.dated(crm.now) for event in page.items]
        cursor = page.cursor
        if not page.more:
            return events, cursor
