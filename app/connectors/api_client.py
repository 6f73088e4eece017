"""The client of the CRMs' APIs: it runs a connector's requests, signs in, and limits their time and size."""

import asyncio
import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID
from weakref import WeakValueDictionary

from app.connectors.auth_session import acquire_login_lock, release_login_lock, store_session
from app.connectors.contract import (
    Account,
    ApiError,
    ApiExchange,
    ApiRequest,
    ApiResponse,
    Connector,
    MaybeApiExchange,
    NotConnected,
)
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.parsing import one_line, value_at
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http_client import HttpAnswer, HttpClient, HttpFailure, HttpRequest
from app.kit.retry_after import parse_retry_after
from app.kit.sealing import Seal

T = TypeVar("T")

MAX_REQUESTS = 200
"""The most requests that a connector may send in one exchange. A connector that needs more is taken to loop."""
EXCHANGE_SECONDS = 25
"""The time limit of one exchange in seconds, well below the shortest lease of a worker."""
CREDENTIALS_UNREADABLE = (
    "Its credentials were sealed under another secret key: enter them again, or have that key restored."
)
_RESPONSE_SECONDS = 15
_MAX_BODY = 8 * 1024 * 1024
_UNAVAILABLE = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_OUTAGE_PAUSE, _DENIED_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
_MAX_WAIT = timedelta(hours=1)
_LOGIN_LEASE = timedelta(seconds=30)
"""The lease of the login lock, longer than an exchange can take."""
_LOGIN_RETRY = timedelta(seconds=2)


class RetryLater(Exception):
    """The CRM is unavailable, limits the rate or rejects the credentials. Retry at `at`; no attempt is counted."""

    def __init__(self, at: datetime, sentence: str) -> None:
        super().__init__(sentence)
        self.at, self.sentence = at, sentence


class LoginInProgress(RetryLater):
    """Another worker is signing in to this connection's CRM. The CRM has not failed: retry at `at`."""


class ApiClient:
    """The client that runs the exchanges of connectors with their CRMs' APIs, one for each process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock
        self._login_locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def execute(self, loaded: LoadedConnection, steps: MaybeApiExchange[T]) -> tuple[T, bool]:
        """Run an exchange. Return its result, and True if the CRM responded to at least one request.

        Return a result that needs no request with False. Raise RetryLater, or ApiError if the CRM rejects a request.
        Raise NotConnected for a connection without credentials.
        """
        if not isinstance(steps, Generator):
            return steps, False
        exchange = _Exchange(loaded)
        try:
            async with asyncio.timeout(EXCHANGE_SECONDS):
                result = cast("T", await self._run(exchange, steps))
                return result, exchange.has_response
        except TimeoutError:
            raise RetryLater(
                self._clock() + _OUTAGE_PAUSE,
                f"{loaded.connector.title} did not finish within {EXCHANGE_SECONDS} seconds.",
            ) from None
        except NotConnected as error:
            # Neither case fails the work: the key may return, and the admin may enter other credentials.
            if loaded.account.unopened:
                raise RetryLater(self._clock() + _DENIED_PAUSE, CREDENTIALS_UNREADABLE) from None
            if not loaded.account.credentials:
                raise
            raise RetryLater(self._clock() + _DENIED_PAUSE, str(error)) from None

    async def _run(self, exchange: "_Exchange", steps: Generator[ApiRequest, ApiResponse, T]) -> T:
        try:
            request = next(steps)
            for _ in range(MAX_REQUESTS):
                request = steps.send(await self._request(exchange, request))
        except StopIteration as end:
            return cast("T", end.value)
        raise ApiError(f"{exchange.title} needs more than {MAX_REQUESTS} requests for one step.")

    async def _request(self, exchange: "_Exchange", request: ApiRequest) -> ApiResponse:
        connector = exchange.loaded.connector
        if not request.anonymous and not exchange.account.session and not exchange.has_tried_login:
            await self._sign_in(exchange)
        answer = await self._send(exchange, request)
        while answer.status == HTTPStatus.UNAUTHORIZED and not request.anonymous and not exchange.has_tried_login:
            await self._sign_in(exchange)
            answer = await self._send(exchange, request)
        if 200 <= answer.status < 300 or (answer.status in request.expects and answer.status != 429):
            response = ApiResponse(answer.status, self._document(connector.title, answer), answer.headers)
            exchange.has_response = True
            renewed = {
                name: text for name in request.rotates if (text := one_line(value_at(response.document, name), 4000))
            }
            if response.ok and renewed:
                await self._store_account(
                    exchange, replace(exchange.account, credentials={**exchange.account.credentials, **renewed})
                )
            return response
        raise self._error_of(connector, answer)

    async def _sign_in(self, exchange: "_Exchange") -> None:
        """Sign in to the CRM and store the session, or load the session that another worker stored meanwhile.

        One worker at a time signs in to a connection. A refresh token can be good for one use: the second use would
        lock the agency out. Within the process exchanges wait for each other. Raise LoginInProgress while another
        process signs in.
        """
        exchange.has_tried_login = True
        loaded = exchange.loaded
        steps = loaded.connector.sign_in(exchange.account, self._clock())
        if not isinstance(steps, Generator):
            exchange.account = replace(exchange.account, session=steps)
            return
        async with self._login_locks.setdefault(loaded.id, asyncio.Lock()):
            until = self._clock() + _LOGIN_LEASE
            current = await self._database.of(loaded.agency_id).write(
                partial(acquire_login_lock, self._seal, loaded, self._clock(), until)
            )
            if current is None:
                raise LoginInProgress(
                    self._clock() + _LOGIN_RETRY, f"Another worker is signing in to {exchange.title}."
                )
            try:
                has_new_session = current.session and current.session != exchange.account.session
                exchange.account = current
                if has_new_session:
                    exchange.has_tried_login = False
                    return
                steps = cast("ApiExchange[Mapping[str, Any]]", loaded.connector.sign_in(current, self._clock()))
                session = await self._run(exchange, steps)
                await self._store_account(exchange, replace(exchange.account, session=session))
            finally:
                await self._database.of(loaded.agency_id).write(partial(release_login_lock, loaded, until))

    async def _store_account(self, exchange: "_Exchange", account: Account) -> None:
        """Store the new session or credentials of an exchange in the database, even if the exchange times out
        meanwhile.
        """
        before, exchange.account = exchange.account, account
        scope = self._database.of(exchange.loaded.agency_id)
        await asyncio.shield(scope.write(partial(store_session, self._seal, exchange.loaded, before, account)))

    async def _send(self, exchange: "_Exchange", request: ApiRequest) -> HttpAnswer:
        try:
            return await self._http.send(_http_request(exchange, request), seconds=_RESPONSE_SECONDS, keep=_MAX_BODY)
        except HttpFailure as failure:
            if failure.kind == "refused_url":
                raise ApiError(failure.sentence) from None
            raise RetryLater(self._clock() + _OUTAGE_PAUSE, failure.sentence) from None

    def _document(self, title: str, answer: HttpAnswer) -> Any:
        if answer.truncated:
            raise ApiError(f"{title} sent more than {_MAX_BODY} bytes.")
        try:
            return json.loads(answer.body) if answer.body.strip() else None
        except (ValueError, RecursionError):
            return None

    def _error_of(self, connector: Connector, answer: HttpAnswer) -> Exception:
        title, status, now = connector.title, answer.status, self._clock()
        if status == HTTPStatus.TOO_MANY_REQUESTS or status in _UNAVAILABLE:
            default = _OUTAGE_PAUSE if status in _UNAVAILABLE else connector.rate_limit_pause
            wait = _wait(answer.headers.get("retry-after"), now, default)
            return RetryLater(now + wait, f"{title} answered {status}.")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return RetryLater(
                now + _DENIED_PAUSE, f"{title} denied access ({status}). Check the credentials and their permissions."
            )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return RetryLater(now + _OUTAGE_PAUSE, f"{title} answered {status}.")
        return ApiError(f"{title} rejected the request ({status}).")


class _Exchange:
    """The state of one exchange: its account, whether it has tried to sign in, and whether the CRM has responded."""

    def __init__(self, loaded: LoadedConnection) -> None:
        self.loaded, self.account = loaded, loaded.account
        self.has_tried_login, self.has_response = False, False
        self.title = loaded.connector.title


def _http_request(exchange: _Exchange, request: ApiRequest) -> HttpRequest:
    connector, account = exchange.loaded.connector, exchange.account
    url = request.path
    if not request.anonymous:
        own = connector.address(account) + "/"
        url = url if url.startswith(own) else own + url.lstrip("/")
    if request.query:
        url += ("&" if "?" in url else "?") + urlencode(dict(request.query))
    headers = {"accept": "application/json", "user-agent": "Keepwarm"} | dict(request.headers)
    body = b""
    if request.form is not None:
        headers["content-type"], body = "application/x-www-form-urlencoded", urlencode(dict(request.form)).encode()
    elif request.json is not None:
        headers["content-type"], body = "application/json", json.dumps(request.json).encode()
    if not request.anonymous:
        headers |= connector.headers(account)
    return HttpRequest(request.method, url, headers, body)


def _wait(header: str | None, now: datetime, default: timedelta) -> timedelta:
    """Return how long to wait before a retry, from a second to an hour.

    The time is that of the Retry-After header, or `default` if the header is absent or invalid.
    """
    wait = parse_retry_after(header, now)
    return min(max(default if wait is None else wait, timedelta(seconds=1)), _MAX_WAIT)
