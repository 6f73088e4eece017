"""The drivers of the five CRMs that agencies and employers use most: the users' work in each, and its marks."""

import pytest

from tests.connectors.stories.drivers.ashby import Ashby
from tests.connectors.stories.drivers.bullhorn import Bullhorn
from tests.connectors.stories.drivers.driver import Driver
from tests.connectors.stories.drivers.greenhouse import Greenhouse
from tests.connectors.stories.drivers.jobadder import JobAdder
from tests.connectors.stories.drivers.recruitcrm import RecruitCrm

__all__ = ["Ashby", "Bullhorn", "Driver", "Greenhouse", "JobAdder", "RecruitCrm"]

DRIVERS: tuple[type[Driver], ...] = (Ashby, Bullhorn, Greenhouse, JobAdder, RecruitCrm)


def of(*drivers: type[Driver]) -> pytest.MarkDecorator:
    """Run a test with these drivers only."""
    return pytest.mark.parametrize("driver", drivers, indirect=True, ids=[each.system for each in drivers])
