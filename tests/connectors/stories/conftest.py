"""What every story can ask for: an agency, beside the CRM that the story's own `crm` stands in for."""

import pytest

from tests.connectors.connected import Workers
from tests.connectors.stories.agency import Agency
from tests.crms.standin import StandIn
from tests.service import Client


@pytest.fixture
def agency(operator: Client, workers: Workers, crm: StandIn) -> Agency:
    """An agency that has connected nothing yet; each file of stories makes its `crm` a stand-in."""
    return Agency(operator, workers, crm)
