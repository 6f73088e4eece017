"""Signing in to Bullhorn: the right data centre, OAuth by refresh token or by password, and the REST session.

Source: bullhorn.github.io, Getting Started with REST; docs/oauth; rest-api-docs, login and authorization.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from app.connectors.connector import Account, Ask, Asking, NotConnected, Reply
from app.connectors.parsing import at, line

LOGIN = "https://rest.bullhornstaffing.com/rest-services"
OAUTH = "https://auth.bullhornstaffing.com/oauth"
_ELSEWHERE = (301, 302, 307, 308)
_REFUSED = (400, 401, 403)


def signed_in(account: Account) -> Asking[Mapping[str, Any]]:
    """A REST session. Raises NotConnected where Bullhorn takes neither the refresh token nor the password."""
    rest, oauth = yield from _data_centre(account)
    access = yield from _token(account, oauth)
    login = Ask(f"{rest}/login", {"version": "*", "access_token": access}, bare=True, expects=_REFUSED)
    reply = yield from _following(login)
    token, address = line(at(reply.document, "BhRestToken")), line(at(reply.document, "restUrl"), 500)
    return {"token": token, "address": address.rstrip("/")} if token and address else {}


def _data_centre(account: Account) -> Asking[tuple[str, str]]:
    """Where this user's data centre takes sign-ins: its REST services, and its OAuth server."""
    rest = account.settings.get("login_url", LOGIN).rstrip("/")
    oauth, username = account.settings.get("auth_url", ""), account.credentials.get("username")
    if username:
        asked = Ask(f"{rest}/loginInfo", {"username": username}, bare=True, expects=(400, 404))
        reply = yield from _following(asked)
        rest = line(at(reply.document, "restUrl"), 500) or rest
        oauth = oauth or line(at(reply.document, "oauthUrl"), 500) or ""
    return rest.rstrip("/"), (oauth or OAUTH).rstrip("/")


def _token(account: Account, oauth: str) -> Asking[str]:
    """An access token, good for ten minutes."""
    refresh = account.credentials.get("refresh_token")
    if refresh:
        reply = yield from _granted(account, oauth, {"grant_type": "refresh_token", "refresh_token": refresh})
        if access := line(at(reply.document, "access_token"), 4000):
            return access
    code = yield from _code(account, oauth)
    reply = yield from _granted(account, oauth, {"grant_type": "authorization_code", "code": code})
    if access := line(at(reply.document, "access_token"), 4000):
        return access
    raise NotConnected("Bullhorn did not take the client id and secret.")


def _code(account: Account, oauth: str) -> Asking[str]:
    given = {part: account.credentials.get(part, "") for part in ("client_id", "username", "password")}
    if not all(given.values()):
        raise NotConnected("Bullhorn did not take the refresh token, and no user name and password are set.")
    query = {"response_type": "code", "action": "Login", **given, **_redirect(account)}
    ask = Ask(f"{oauth}/authorize", query, bare=True, expects=(*_ELSEWHERE, *_REFUSED))
    for _ in range(3):
        reply = yield ask
        target = urljoin(ask.path, reply.headers.get("location", ""))
        if code := parse_qs(urlsplit(target).query).get("code"):
            return code[0]
        if reply.status not in {307, 308}:
            break
        ask = replace(ask, path=target, query={})
    raise NotConnected(
        "Bullhorn did not take the user name and password, or its terms were never agreed to: sign in once by hand."
    )


def _granted(account: Account, oauth: str, grant: Mapping[str, str]) -> Asking[Reply]:
    client = {part: account.credentials.get(part, "") for part in ("client_id", "client_secret")}
    if not all(client.values()):
        raise NotConnected("The client id and secret of a Bullhorn API key are not set.")
    form = {**grant, **client, **(_redirect(account) if "code" in grant else {})}
    # A refresh token is good for one use: the next one is kept even where the session is not given.
    ask = Ask(f"{oauth}/token", method="POST", form=form, bare=True, expects=_REFUSED, renews=("refresh_token",))
    return (yield from _following(ask))


def _redirect(account: Account) -> Mapping[str, str]:
    told = account.settings.get("redirect_uri")
    return {"redirect_uri": told} if told else {}


def _following(ask: Ask) -> Asking[Reply]:
    """The reply of the data centre that answers: the wrong one points to the right one with a 307."""
    ask = replace(ask, expects=(*ask.expects, *_ELSEWHERE))
    reply = yield ask
    for _ in range(3):
        target = reply.headers.get("location")
        if reply.status not in _ELSEWHERE or not target:
            break
        ask = replace(ask, path=urljoin(ask.path, target), query={} if "?" in target else ask.query)
        reply = yield ask
    return reply
