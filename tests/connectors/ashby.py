"""Helpers of the tests of Ashby: a signed request, an event, and the API with one application."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from app.connectors.contract import Account, InboundRequest
from app.connectors.crm.ashby.connector import Ashby
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import own
from tests.connectors.exchanges import run

CRM = Ashby()
ACCOUNT = Account(credentials={"api_key": "key"})
ALONE = Account()
SECRET = "kw_77af"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
APPLICATION = "000000a1-0000-4000-8000-000000000000"


def request(body, secret=SECRET):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return InboundRequest(text, {"ashby-signature": f"sha256={hmac_sha256(secret.encode(), text).hex()}"}, {}, NOW)


def hook(document):
    event = CRM.parse_event(request(document))
    return event if event.occurred_at else replace(event, occurred_at=NOW)


def api(**changed):
    answer = own("ashby", "api_application")
    return {"/application.info": {**answer, "results": {**answer["results"], **changed}}}


def translate(name, account=ACCOUNT, replies=None, asked=None, **changed):
    document = own("ashby", name)
    [thing] = [key for key in document["data"] if key != "offer" or name.startswith("offer")][:1]
    document["data"][thing].update(changed)
    return run(CRM.translate(hook(document), account), api() if replies is None else replies, asked)
