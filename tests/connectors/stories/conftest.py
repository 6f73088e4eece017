"""The fixtures of a story: a CRM with its driver, the people in it, and an agency beside it."""

from collections.abc import Iterator

import pytest

from tests.connectors.connected import Workers
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import DRIVERS, Driver
from tests.connectors.stories.drivers.driver import Id
from tests.service import Client


@pytest.fixture(params=DRIVERS, ids=[each.system for each in DRIVERS])
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A CRM without a record; a test that does not choose its drivers runs with each."""
    with request.param.server() as crm:
        yield request.param(crm)


@pytest.fixture
def people(driver: Driver) -> dict[str, Id]:
    """The applications in the CRM before the connection, by the first names of their candidates."""
    return driver.fill()


@pytest.fixture
def agency(operator: Client, workers: Workers, driver: Driver) -> Agency:
    """An agency without a connection."""
    return Agency(operator, workers, driver.crm)
