"""Helpers of the tests of Lever: its API with one record of each kind, and the translation of its events."""

from datetime import UTC, datetime, timedelta

from app.connectors.contract import Account
from app.connectors.crm.lever.connector import Lever
from tests.connectors.documents import own
from tests.connectors.exchanges import run

LEVER = Lever()
ACCOUNT = Account(credentials={"api_key": "key"})
T = datetime.fromtimestamp(1794300000, UTC)
NOW = T + timedelta(minutes=1)
OPP, CON = "3410c8b9-5c31-4bab-b7e9-9f710206d647", "05c248f9-ccb1-435f-bab5-0ec608aec263"
STAGE, WITHDREW = "fbfb4473-38d2-4acf-943b-28cc0ed7ba87", "3274b963-c37c-4465-abeb-1113896e2aa3"
PANEL, POSTING = "fdb313e8-13c5-47de-9e51-6a21a4d76ff6", "6a1e4b79-75a3-454f-9417-ea79612b9585"


def api(opportunity="api_opportunity", **more):
    stages, reasons = own("lever", "api_stages"), own("lever", "api_archive_reasons")
    return {
        f"opportunities/{OPP}": own("lever", opportunity),
        f"opportunities/{OPP}/panels": own("lever", "api_panels"),
        f"opportunities/{OPP}/notes": own("lever", "api_notes"),
        f"contacts/{CON}": own("lever", "api_contact"),
        f"postings/{POSTING}": own("lever", "api_posting"),
        "users/df0adaa6-172c-4cd6-8520-49b203660fe1": own("lever", "api_user"),
        **{f"stages/{one['id']}": {"data": one} for one in stages["data"]},
        **{f"archive_reasons/{one['id']}": {"data": one} for one in reasons["data"]},
        "stages": stages,
        "archive_reasons": reasons,
        **more,
    }


def translate(event, **replies):
    return run(LEVER.translate(event, ACCOUNT), api(**replies))


def page(stream, cursor, replies, asked=None):
    return run(LEVER.page(stream, T, cursor, ACCOUNT, NOW), replies, asked)
