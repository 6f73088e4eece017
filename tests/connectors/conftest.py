"""Fixtures of the tests of a connected CRM."""

from collections.abc import Callable, Iterator

import pytest

from tests.agencies import admin, stranger
from tests.connectors.ats import Ats
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import ACTIVITIES, STAGES
from tests.crms.documents import DocumentServer
from tests.service import Client, Service

__all__ = ["admin", "stranger"]


@pytest.fixture
def workers(service: Service) -> Workers:
    """The worker's steps."""
    return Workers(service)


@pytest.fixture
def crm(admin: Client) -> Sender:
    """A system that tells by the generic endpoint, its words mapped."""
    return Sender(admin, stage_map=STAGES, activity_map=ACTIVITIES)


@pytest.fixture
def ats(admin: Client, workers: Workers) -> Iterator[Callable[..., Ats]]:
    """Connects one of them: `ats("lever", credentials={"api_key": "k"})`."""
    with DocumentServer() as server:
        yield lambda system, **body: Ats(admin, workers, server, system, **body)
