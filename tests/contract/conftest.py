"""The sample agencies of the contract's tests."""

from collections.abc import Callable
from functools import partial

import pytest

from tests import databases
from tests.contract.sample_agency import SampleAgency
from tests.service import Clock, Service
from tests.snapshots import begin_with


@pytest.fixture
def agency(service: Service) -> SampleAgency:
    """An agency with one of everything."""
    return begin_with(service, "a sample agency", partial(SampleAgency, service))


@pytest.fixture
def both_services(_services: Callable[[str], Service]) -> list[Service]:
    """The service over an empty SQLite and an empty PostgreSQL, to compare what they answer."""
    services = []
    for kind in databases.KINDS:
        databases.empty(kind)
        services.append(_services(databases.of_this_process(kind)))
        services[-1].clock.now = Clock().now
    return services


@pytest.fixture
def both(both_services: list[Service]) -> list[SampleAgency]:
    """The same agency on both databases."""
    return [begin_with(service, "a sample agency", partial(SampleAgency, service)) for service in both_services]
