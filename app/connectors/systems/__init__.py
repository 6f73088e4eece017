"""The CRMs that Keepwarm knows, each in one file."""

from app.connectors.connector import Connector
from app.connectors.systems.ashby import Ashby
from app.connectors.systems.bullhorn import Bullhorn
from app.connectors.systems.greenhouse import Greenhouse
from app.connectors.systems.jobadder import JobAdder
from app.connectors.systems.lever import Lever
from app.connectors.systems.recruitcrm import RecruitCrm
from app.connectors.systems.recruitee import Recruitee
from app.connectors.systems.smartrecruiters import SmartRecruiters
from app.connectors.systems.standard import Standard
from app.connectors.systems.workable import Workable

SYSTEMS: dict[str, Connector] = {
    connector.system: connector
    for connector in (
        Bullhorn(),
        JobAdder(),
        RecruitCrm(),
        Greenhouse(),
        Ashby(),
        Lever(),
        SmartRecruiters(),
        Workable(),
        Recruitee(),
        Standard(),
    )
}
"""Every connector by its system's name. A new CRM is a file here and a name in this line."""
