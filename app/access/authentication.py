"""Authentication by bearer tokens: callers cached for a second, and limits on requests and wrong keys."""

import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.access import api_keys
from app.access.caller import NOBODY, Caller, Role
from app.access.models import api_key
from app.access.rate_limits import WINDOW_SECONDS, Quota, WrongKeys
from app.kit.clock import Clock, monotonic
from app.kit.damaged_rows import raise_if_damaged
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.field_types import format_instant
from app.kit.server_connection_limits import source_of

REMEMBERED_SECONDS = 1.0
"""The seconds for which an authenticated caller is cached. A revoked key may work for this time."""
_MAX_REMEMBERED = 10_000
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="keepwarm"'}


def _unauthenticated(detail: str) -> Problem:
    return Problem(401, "not_authenticated", detail, headers=_CHALLENGE)


class _WrongKey(Problem):
    """The 401 problem for a malformed or unknown API key, or for a key whose secret is wrong."""

    def __init__(self) -> None:
        detail = "This API key is unknown or mistyped. Copy it again, or ask an admin for a new one."
        super().__init__(401, "not_authenticated", detail, headers=_CHALLENGE)


def _too_many_wrong_keys(wait: int) -> Problem:
    detail = f"Too many wrong API keys came from this address. Try again in {wait} seconds."
    return Problem(429, "too_many_wrong_keys", detail, headers={"Retry-After": str(wait)})


class Authenticator:
    """Authenticates callers by their bearer tokens."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        operator_key: str | None,
        rate_limit_per_minute: int,
        wrong_keys_per_minute: int = 0,
    ) -> None:
        self._database, self._clock, self._operator_key = database, clock, operator_key
        self._remembered: dict[str, tuple[float, Caller]] = {}
        self._most = rate_limit_per_minute
        self._quota = Quota(rate_limit_per_minute)
        self._wrong_keys = WrongKeys(wrong_keys_per_minute)

    async def admit(self, authorization: str, address: str) -> tuple[Caller, dict[str, str]]:
        """Authenticate a request. Return its caller and the RateLimit headers for the response.

        `authorization` is the header's value, `address` the client's IP address. Raises 401 for an invalid key, and 429
        above a limit.
        """
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated("Send an API key: `Authorization: Bearer kw_…`.")
        caller = self._known(token) or await self._identify(token, source_of(address))
        return caller, self._count(caller)

    async def _identify(self, token: str, address: str) -> Caller:
        """Return the caller of a token from the database. Raises 401 for a wrong key.

        Raises 429 while the IP address is blocked for wrong keys, unless the token was valid before.
        """
        if token not in self._remembered and self._wrong_keys.wait_of(address):
            raise _too_many_wrong_keys(self._wrong_keys.count(address))
        try:
            return await self._look_up(token)
        except _WrongKey:
            if wait := self._wrong_keys.count(address):
                raise _too_many_wrong_keys(wait) from None
            raise

    async def ask_again(self, caller: Caller) -> None:
        """Check in the database that a caller's key is still valid. Raises 401 if it is not.

        No limit counts this check.
        """
        await self._look_up(caller.credential)

    def _known(self, token: str) -> Caller | None:
        found = self._remembered.get(token)
        return found[1] if found and found[0] > monotonic() else None

    async def _look_up(self, token: str) -> Caller:
        if self._operator_key and hmac.compare_digest(token.encode(), self._operator_key.encode()):
            return self._remember(Caller(NOBODY, Role.operator, credential=token))
        key = api_keys.parse(token)
        row = await self._database.of(key.agency_id).read(lambda conn: _find(conn, key)) if key else None
        if key is None or row is None or not key.matches(row.secret_hash):
            self._remembered.pop(token, None)
            raise _WrongKey
        if (ended := _ended(row, self._clock())) is not None:
            # Only the owner of the secret gets here: nobody else learns what became of a key.
            self._remembered.pop(token, None)
            raise _unauthenticated(f"This API key {ended}. Ask an admin of your agency for a new one.")
        with raise_if_damaged(api_key, key.id):
            return self._remember(Caller(key.agency_id, Role(row.role), key.id, row.recruiter_id, token))

    def _remember(self, caller: Caller) -> Caller:
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        self._remembered[caller.credential] = (monotonic() + REMEMBERED_SECONDS, caller)
        return caller

    def _count(self, caller: Caller) -> dict[str, str]:
        if not self._most or caller.role is Role.operator:
            return {}
        left, wait = self._quota.take(caller.api_key_id)
        headers = {
            "RateLimit-Policy": f'"default";q={self._most};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={max(0, left)};t={wait}',
        }
        if left < 0:
            raise Problem(
                429,
                "too_many_requests",
                f"This key may make {self._most} requests a minute. Try again in {wait} seconds.",
                headers=headers | {"Retry-After": str(wait)},
            )
        return headers


def _find(conn: sa.Connection, key: api_keys.ApiKey) -> Any:
    return conn.execute(
        sa.select(api_key).where(api_key.c.agency_id == key.agency_id, api_key.c.id == key.id)
    ).one_or_none()


def _ended(row: Any, now: datetime) -> str | None:
    """Return a phrase that says how and when an API key ended, or None if the key is valid."""
    if row.revoked_at is not None:
        return f"was revoked at {format_instant(row.revoked_at)}"
    if row.expires_at is not None and row.expires_at <= now:
        return f"expired at {format_instant(row.expires_at)}"
    return None
