"""Sign-in to JobAdder: an access token, good for an hour, for a refresh token that is good for one use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.connectors.contract import Account, ApiExchange, ApiRequest, NotConnected
from app.connectors.crm.jobadder.guide import SIGN_IN
from app.connectors.parsing import one_line, value_at
from app.connectors.toolkit import base_url, bearer_auth, session_value


def address(account: Account) -> str:
    """Return the URL of JobAdder's API: that of the settings, else the URL that came with the access token."""
    return base_url(account, "") or session_value(account, "address", "JobAdder").rstrip("/")


def headers(account: Account) -> Mapping[str, str]:
    """Return the Authorization header with the access token."""
    return bearer_auth(session_value(account, "token", "JobAdder"))


def sign_in(account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
    """Exchange the refresh token for an access token and the next refresh token."""
    form = {part: account.credentials.get(part, "") for part in ("client_id", "client_secret", "refresh_token")}
    if not all(form.values()):
        raise NotConnected("JobAdder's client id, client secret and refresh token are not all set.")
    server = account.settings.get("auth_url", SIGN_IN).rstrip("/")
    form["grant_type"] = "refresh_token"
    response = yield ApiRequest(
        f"{server}/connect/token",
        method="POST",
        form=form,
        expects=(400, 401, 403),
        anonymous=True,
        rotates=("refresh_token",),
    )
    token, api = (
        one_line(value_at(response.document, "access_token"), 4000),
        one_line(value_at(response.document, "api"), 500),
    )
    if not (token and api):
        raise NotConnected("JobAdder did not take the refresh token: consent to Keepwarm again.")
    return {"token": token, "address": api}
