"""Sign-in to Harvest v3: an access token for client credentials, in the name of a user if one is set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.contract import Account, ApiExchange, ApiRequest
from app.connectors.parsing import one_line, value_at
from app.connectors.toolkit import basic_auth, bearer_auth, credential


def is_connected(account: Account) -> bool:
    """Return True if a credential of Harvest v3 is set."""
    return bool(account.credentials.get("client_id") and account.credentials.get("client_secret"))


def headers(account: Account) -> Mapping[str, str]:
    """Return the Authorization header with the access token."""
    credential(account, "client_id"), credential(account, "client_secret")
    return bearer_auth(str(account.session.get("access_token", "")))


def sign_in(account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
    """Exchange the client credentials for an access token of Harvest v3. The token acts for the user `user_id` if that
    is set.
    """
    client = basic_auth(credential(account, "client_id"), credential(account, "client_secret"))
    form = {"grant_type": "client_credentials"}
    if user := account.settings.get("user_id"):
        form["sub"] = user
    response = yield ApiRequest(
        account.settings.get("auth_url", "https://auth.greenhouse.io/token"),
        method="POST",
        form=form,
        headers=client,
        expects=(),
        anonymous=True,
    )
    return {"access_token": one_line(value_at(response.document, "access_token"), 10_000) or ""}
