"""Helpers of the tests of Recruitee: its API with a candidate and a job, and the translation of its events."""

from datetime import UTC, datetime

from app.connectors.contract import Account
from app.connectors.crm.recruitee.connector import Recruitee
from tests.connectors.documents import own
from tests.connectors.exchanges import run

RECRUITEE = Recruitee()
ACCOUNT = Account({"company_id": "brightside"}, {"api_token": "token"})
NOW = datetime(2026, 11, 10, 11, 21, tzinfo=UTC)


def api(**more):
    return {"candidates/48821": own("recruitee", "api_candidate"), "offers/7001": own("recruitee", "api_offer"), **more}


def translate(event, replies=None, asked=None):
    return run(RECRUITEE.translate(event, ACCOUNT), replies or {}, asked)
