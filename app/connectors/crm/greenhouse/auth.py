"""Signing in to Harvest v3: an access token for the client credentials, in the name of a user where one is set."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.connector import Account, ApiExchange, ApiRequest, NotConnected
from app.connectors.parsing import at, line


def is_connected(account: Account) -> bool:
    """Return True if a credential of Harvest v3 is set."""
    return bool(account.credentials.get("client_id") and account.credentials.get("client_secret"))


def headers(account: Account) -> Mapping[str, str]:
    """The access token as bearer."""
    if not is_connected(account):
        raise NotConnected("The client id or the client secret of a Harvest v3 credential is missing.")
    return {"Authorization": f"Bearer {account.session.get('access_token', '')}", "Accept": "application/json"}


def sign_in(account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
    """Client credentials, as `user_id` where that is set."""
    if not is_connected(account):
        raise NotConnected("The client id or the client secret of a Harvest v3 credential is missing.")
    pair = f"{account.credentials['client_id']}:{account.credentials['client_secret']}"
    form = {"grant_type": "client_credentials"}
    if user := account.settings.get("user_id"):
        form["sub"] = user
    response = yield ApiRequest(
        account.settings.get("auth_url", "https://auth.greenhouse.io/token"),
        method="POST",
        form=form,
        headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"},
        expects=(),
        anonymous=True,
    )
    return {"access_token": line(at(response.document, "access_token"), 10_000) or ""}
