"""The desk that these tests work at."""

import pytest

from tests.applications.desk import Desk
from tests.service import Client, Service


@pytest.fixture
def desk(service: Service, operator: Client) -> Desk:
    """An agency in UTC with one candidate on one job, opened ten days ago and assessed by the sweep."""
    desk = Desk(service, operator)
    desk.sweep()
    return desk
