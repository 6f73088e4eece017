"""The registry of all connectors."""

from app.connectors.contract import Connector
from app.connectors.crm.ashby.connector import Ashby
from app.connectors.crm.bullhorn.connector import Bullhorn
from app.connectors.crm.greenhouse.connector import Greenhouse
from app.connectors.crm.jobadder.connector import JobAdder
from app.connectors.crm.lever.connector import Lever
from app.connectors.crm.recruitcrm.connector import RecruitCrm
from app.connectors.crm.recruitee.connector import Recruitee
from app.connectors.crm.smartrecruiters.connector import SmartRecruiters
from app.connectors.crm.standard.connector import Standard
from app.connectors.crm.workable.connector import Workable

CONNECTORS: dict[str, Connector] = {
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
"""Every connector by the `system` of its CRM. A new CRM is a package in `crm/` and a line here."""
