"""Fixtures: a service that may send to loopback, its sender, and an agency with an organisation."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.agencies import admin, organisation, stranger
from tests.service import Clock, Service, running
from tests.webhooks.sender_driver import SenderDriver

__all__ = ["admin", "organisation", "stranger"]


@pytest.fixture(scope="session")
def _open_services() -> Iterator[Callable[[str], Service]]:
    """One service for each database. Private addresses are allowed."""
    started: dict[str, Service] = {}
    with ExitStack() as stack:

        def service(database_url: str) -> Service:
            if database_url not in started:
                open_ = running(database_url, Clock(), private_targets=True)
                started[database_url] = stack.enter_context(open_)
            return started[database_url]

        yield service


@pytest.fixture
def service(_open_services: Callable[[str], Service], database_url: str) -> Service:
    """The running service over an empty database, its clock at START."""
    service = _open_services(database_url)
    service.clock.now = Clock().now
    return service


@pytest.fixture
def post(service: Service) -> Iterator[SenderDriver]:
    """The driver of the service's sender."""
    office = SenderDriver(service)
    yield office
    office.close()
