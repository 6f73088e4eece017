"""Helpers of the tests of Recruit CRM: a request, an event, and the API with one of each thing."""

import json
from datetime import UTC, datetime

from app.connectors.contract import Account, InboundRequest
from app.connectors.crm.recruitcrm.connector import RecruitCrm
from tests.connectors.documents import own
from tests.connectors.exchanges import run

CRM = RecruitCrm()
ACCOUNT = Account(credentials={"token": "live"})
SECRET = "kw_4f0c2a9e77"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
PERSON, JOB = "17781200000048211cnd", "17781200000000912job"
COMPANY, CONTACT = "17781200000000077cmp", "17781200000000301ctc"
MARK = "0197f0aa-1111-7000-8000-000000000001"


def request(body, event="note.created", secret=SECRET):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return InboundRequest(text, {}, {"event": event, "secret": secret}, NOW)


def hook(name, **changed):
    return CRM.parse_event(request({**own("recruitcrm", name), **changed}, name)).dated(NOW)


def api(**more):
    return {
        f"/v1/candidates/{PERSON}": own("recruitcrm", "api_candidate"),
        f"/v1/jobs/{JOB}": own("recruitcrm", "api_job"),
        f"/v1/companies/{COMPANY}": own("recruitcrm", "api_company"),
        f"/v1/contacts/{CONTACT}": own("recruitcrm", "api_contact"),
        f"/v1/candidates/{PERSON}/hiring-stages/{JOB}": own("recruitcrm", "api_stage"),
        f"/v1/candidates/{PERSON}/hiring-stages": [own("recruitcrm", "api_stage")],
        **more,
    }


def translate(name, replies=None, account=ACCOUNT, **changed):
    return run(CRM.translate(hook(name, **changed), account), api() if replies is None else replies)
