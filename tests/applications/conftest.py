"""The agency of these tests."""

import pytest

from tests.applications.agency_client import AgencyClient
from tests.service import Client, Service
from tests.snapshots import begin_with


@pytest.fixture
def agency(service: Service, operator: Client) -> AgencyClient:
    """An agency in UTC with one candidate on one job, opened ten days ago and assessed by the sweep."""
    return begin_with(service, "an agency that was swept", lambda: _swept(AgencyClient(service, operator)))


def _swept(agency: AgencyClient) -> AgencyClient:
    agency.sweep()
    return agency
