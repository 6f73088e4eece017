"""JobAdder's stand-in, somebody who is signed in to it, and everything that a list holds."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest

from app.connectors.contract import Account, DatedEvent, SyncPage, Translation
from app.connectors.crm.jobadder.connector import JobAdder
from tests.connectors.exchanges import Caller
from tests.crms.jobadder import JobAdderStandIn
from tests.crms.standin import START

JOBADDER = JobAdder()


@pytest.fixture
def crm() -> Iterator[JobAdderStandIn]:
    with JobAdderStandIn() as crm:
        yield crm


@pytest.fixture
def caller(crm: JobAdderStandIn) -> Caller:
    account = Account(crm.settings, crm.credentials, hook_path="/hooks/1", hook_secret="s3cret")
    return Caller(JOBADDER, account, crm.now)


def page(caller: Caller, stream: str, since: datetime, cursor: Mapping[str, Any]) -> SyncPage:
    found: SyncPage = caller.run(lambda account: JOBADDER.page(stream, since, cursor, account, since))
    return found


def fetch_all(caller: Caller, stream: str, since: datetime = START) -> list[DatedEvent]:
    """Fetch all events of a stream; each step is taken twice, as after a crash."""
    cursor: Mapping[str, Any] = {}
    events: list[DatedEvent] = []
    for _ in range(60):
        found = page(caller, stream, since, cursor)
        assert page(caller, stream, since, cursor) == found
        events += [event.dated(since) for event in found.items]
        cursor = found.cursor
        if not found.more:
            return list({event.key: event for event in events}.values())
    raise AssertionError("the stream does not end")


def translated(caller: Caller, event: DatedEvent) -> Translation:
    came: Translation = caller.run(lambda account: JOBADDER.translate(event, account))
    return came
