"""Helpers of the tests of Greenhouse: a signed request, an event, and Harvest with one of each thing."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from app.connectors.contract import Account, InboundRequest
from app.connectors.crm.greenhouse.connector import Greenhouse
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.documents import own
from tests.connectors.exchanges import run

CRM = Greenhouse()
ACCOUNT = Account(credentials={"client_id": "id", "client_secret": "secret"}, settings={"user_id": "92121"})
ALONE = Account()
SECRET = "kw_9b1d"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)


def request(body, secret=SECRET, id="e-1"):
    # As Greenhouse writes it: `<` and `>` as escapes, which are signed as they stand.
    text = (
        body if isinstance(body, bytes) else json.dumps(body).replace("<", "\\u003c").replace(">", "\\u003e").encode()
    )
    signature = hmac_sha256(secret.encode(), text).hex()
    return InboundRequest(text, {"signature": f"sha256 {signature}", "greenhouse-event-id": id}, {}, NOW)


def hook(document):
    return replace(CRM.parse_event(request(document)).dated(NOW), occurred_at=NOW)


def api(**more):
    return {
        "/applications": [own("greenhouse", "api_application")],
        "/candidates": [own("greenhouse", "api_candidate")],
        "/jobs": [own("greenhouse", "api_job")],
        "/interviews": [own("greenhouse", "api_interview")],
        "/users": [own("greenhouse", "api_user")],
        **{f"/{name}": document for name, document in more.items()},
    }


def translate(name, account=ACCOUNT, asked=None, **replies):
    return run(CRM.translate(hook(own("greenhouse", name)), account), api(**replies), asked)
