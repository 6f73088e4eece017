"""The desk that these tests work at."""

import pytest

from tests.applications.desk import Desk
from tests.service import Client, Service
from tests.snapshots import begin_with


@pytest.fixture
def desk(service: Service, operator: Client) -> Desk:
    """An agency in UTC with one candidate on one job, opened ten days ago and assessed by the sweep."""
    return begin_with(service, "a desk that was swept", lambda: _swept(Desk(service, operator)))


def _swept(desk: Desk) -> Desk:
    desk.sweep()
    return desk
