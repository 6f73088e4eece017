"""Helpers of the tests of Workable: an event and its translation."""

import json
from datetime import UTC, datetime

from app.connectors.contract import Account, InboundRequest
from app.connectors.crm.workable.connector import Workable
from tests.connectors.documents import own
from tests.connectors.exchanges import run

WORKABLE = Workable()
ACCOUNT = Account({"subdomain": "brightside", "member_id": "13e0eb0e"}, {"api_token": "token"})
NOW = datetime(2026, 11, 10, 11, 21, tzinfo=UTC)
BODY = json.dumps(own("workable", "candidate_moved")).encode()


def request(signature, body=BODY):
    return InboundRequest(body, {"x-workable-signature": signature}, {}, NOW)


def hook(name):
    return WORKABLE.parse_event(request("", json.dumps(own("workable", name)).encode()))


def translate(event, replies=None, asked=None):
    return run(WORKABLE.translate(event, ACCOUNT), replies or {}, asked)
