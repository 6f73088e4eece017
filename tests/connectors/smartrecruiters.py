"""Helpers of the tests of SmartRecruiters: its API with one record of each kind, and the translation of its events."""

from datetime import UTC, datetime

from app.connectors.contract import Account
from app.connectors.crm.smartrecruiters.connector import SmartRecruiters
from tests.connectors.documents import own
from tests.connectors.exchanges import run

SMART = SmartRecruiters()
ACCOUNT = Account(credentials={"api_key": "key"})
NOW = datetime(2026, 11, 10, 11, 21, tzinfo=UTC)
CAN, JOB = "6a1d0c1e-9f4a-4c55-8f40-5f0d2b6a9e11", "3f8f6d70-2a52-4a0e-b0d1-0d7b9b5a2c33"
INT = "b7b0a1de-5b0c-4f0e-9a77-1f2e3d4c5b6a"


def api(**more):
    return {
        f"candidates/{CAN}": own("smartrecruiters", "api_candidate"),
        f"jobs/{JOB}": own("smartrecruiters", "api_job"),
        f"interviews-api/v201904/interviews/{INT}": own("smartrecruiters", "api_interview"),
        **more,
    }


def translate(event, replies=None, asked=None):
    return run(SMART.translate(event, ACCOUNT), api() if replies is None else replies, asked)


def page(stream, cursor, replies, asked=None):
    return run(SMART.page(stream, NOW, cursor, ACCOUNT, NOW), replies, asked)
