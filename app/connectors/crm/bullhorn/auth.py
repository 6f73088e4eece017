"""Sign-in to Bullhorn: the data centre, OAuth by refresh token or by password, and the REST session.

Source: bullhorn.github.io, Getting Started with REST; docs/oauth; rest-api-docs, login and authorization.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from app.connectors.contract import Account, ApiExchange, ApiRequest, ApiResponse, NotConnected
from app.connectors.parsing import one_line, value_at

LOGIN = "https://rest.bullhornstaffing.com/rest-services"
OAUTH = "https://auth.bullhornstaffing.com/oauth"
_ELSEWHERE = (301, 302, 307, 308)
_REFUSED = (400, 401, 403)


def sign_in(account: Account) -> ApiExchange[Mapping[str, Any]]:
    """Sign in to Bullhorn and return the REST session. Raise NotConnected if Bullhorn rejects both the refresh token
    and the password.
    """
    rest, oauth = yield from _data_centre(account)
    access = yield from _token(account, oauth)
    login = ApiRequest(f"{rest}/login", {"version": "*", "access_token": access}, anonymous=True, expects=_REFUSED)
    response = yield from _following(login)
    token, address = (
        one_line(value_at(response.document, "BhRestToken")),
        one_line(value_at(response.document, "restUrl"), 500),
    )
    return {"token": token, "address": address.rstrip("/")} if token and address else {}


def _data_centre(account: Account) -> ApiExchange[tuple[str, str]]:
    """Return the URLs of the REST services and of the OAuth server of this user's data centre."""
    rest = account.settings.get("login_url", LOGIN).rstrip("/")
    oauth, username = account.settings.get("auth_url", ""), account.credentials.get("username")
    if username:
        asked = ApiRequest(f"{rest}/loginInfo", {"username": username}, anonymous=True, expects=(400, 404))
        response = yield from _following(asked)
        rest = one_line(value_at(response.document, "restUrl"), 500) or rest
        oauth = oauth or one_line(value_at(response.document, "oauthUrl"), 500) or ""
    return rest.rstrip("/"), (oauth or OAUTH).rstrip("/")


def _token(account: Account, oauth: str) -> ApiExchange[str]:
    """Return an OAuth access token of Bullhorn, which is valid for ten minutes."""
    refresh = account.credentials.get("refresh_token")
    if refresh:
        response = yield from _granted(account, oauth, {"grant_type": "refresh_token", "refresh_token": refresh})
        if access := one_line(value_at(response.document, "access_token"), 4000):
            return access
    code = yield from _code(account, oauth)
    response = yield from _granted(account, oauth, {"grant_type": "authorization_code", "code": code})
    if access := one_line(value_at(response.document, "access_token"), 4000):
        return access
    raise NotConnected("Bullhorn did not take the client id and secret.")


def _code(account: Account, oauth: str) -> ApiExchange[str]:
    given = {part: account.credentials.get(part, "") for part in ("client_id", "username", "password")}
    if not all(given.values()):
        raise NotConnected("Bullhorn did not take the refresh token, and no user name and password are set.")
    query = {"response_type": "code", "action": "Login", **given, **_redirect(account)}
    ask = ApiRequest(f"{oauth}/authorize", query, anonymous=True, expects=(*_ELSEWHERE, *_REFUSED))
    for _ in range(3):
        response = yield ask
        target = urljoin(ask.path, response.headers.get("location", ""))
        if code := parse_qs(urlsplit(target).query).get("code"):
            return code[0]
        if response.status not in {307, 308}:
            break
        ask = replace(ask, path=target, query={})
    raise NotConnected(
        "Bullhorn did not take the user name and password, or its terms were never agreed to: sign in once by hand."
    )


def _granted(account: Account, oauth: str, grant: Mapping[str, str]) -> ApiExchange[ApiResponse]:
    client = {part: account.credentials.get(part, "") for part in ("client_id", "client_secret")}
    if not all(client.values()):
        raise NotConnected("The client id and secret of a Bullhorn API key are not set.")
    form = {**grant, **client, **(_redirect(account) if "code" in grant else {})}
    # A refresh token is good for one use: the next one is stored even if the session fails.
    ask = ApiRequest(
        f"{oauth}/token", method="POST", form=form, anonymous=True, expects=_REFUSED, rotates=("refresh_token",)
    )
    return (yield from _following(ask))


def _redirect(account: Account) -> Mapping[str, str]:
    uri = account.settings.get("redirect_uri")
    return {"redirect_uri": uri} if uri else {}


def _following(ask: ApiRequest) -> ApiExchange[ApiResponse]:
    """Send a request and follow its redirects: the wrong data centre redirects to the right one with a 307."""
    ask = replace(ask, expects=(*ask.expects, *_ELSEWHERE))
    response = yield ask
    for _ in range(3):
        target = response.headers.get("location")
        if response.status not in _ELSEWHERE or not target:
            break
        ask = replace(ask, path=urljoin(ask.path, target), query={} if "?" in target else ask.query)
        response = yield ask
    return response
