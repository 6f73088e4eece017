"""A service that may send to this machine, its post office, and an agency with a desk."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.desk import admin, organisation, stranger
from tests.service import Clock, Service, running
from tests.webhooks.post_office import PostOffice

__all__ = ["admin", "organisation", "stranger"]


@pytest.fixture(scope="session")
def _open_services() -> Iterator[Callable[[str], Service]]:
    """One a database, as for every other test; these may reach private addresses."""
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
def post(service: Service) -> Iterator[PostOffice]:
    """What goes out of it."""
    office = PostOffice(service)
    yield office
    office.close()
