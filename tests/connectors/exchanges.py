"""Leading a connector's dialogue with its CRM: with canned replies, or over real HTTP against a stand-in."""

from collections.abc import Callable, Generator, Mapping, MutableSequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, overload

import httpx

from app.connectors.contract import Account, ApiExchange, ApiRequest, ApiResponse, Connector, MaybeApiExchange
from app.connectors.parsing import mapping

T = TypeVar("T")
Responder = Callable[[ApiRequest], Any]
"""Answers an request: with a Reply, or with the document of a 200."""

MAX_REQUESTS = 500
"""A dialogue that is longer goes round in circles."""


class EndedError(Exception):
    """The CRM answered with a status that the connector did not expect: the service would try again later."""

    def __init__(self, request: ApiRequest, status: int) -> None:
        super().__init__(f"{request.method} {request.path} was answered {status}")
        self.request, self.status = request, status


# Of a dialogue that is one for certain, mypy could not tell its answer by the second form alone.
@overload
def run(
    exchange: ApiExchange[T],
    replies: Mapping[str, Any] | Responder | None = None,
    asked: MutableSequence[ApiRequest] | None = None,
) -> T: ...
@overload
def run(
    exchange: MaybeApiExchange[T],
    replies: Mapping[str, Any] | Responder | None = None,
    asked: MutableSequence[ApiRequest] | None = None,
) -> T: ...
def run(
    exchange: Any,
    replies: Mapping[str, Any] | Responder | None = None,
    asked: MutableSequence[ApiRequest] | None = None,
) -> Any:
    """Return the result of an exchange; `asked` is filled with its requests.

    `replies` are documents, responses or functions of the request, by `path` or by `METHOD path`; a path that is not
    there is answered 404. A function in place of the mapping answers everything.
    """

    def answer(request: ApiRequest) -> ApiResponse:
        found = replies(request) if callable(replies) else _canned(replies or {}, request)
        return found if isinstance(found, ApiResponse) else ApiResponse(200, found)

    return _run(exchange, answer, asked)


def in_turn(*replies: Any) -> Responder:
    """One response after the other for the same path; the last of them from then on."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


class Caller:
    """Makes a connector's asks over real HTTP as the service does: signs in first, and once more on a 401."""

    def __init__(self, connector: Connector, account: Account, now: datetime) -> None:
        self.connector, self.account, self.now = connector, account, now

    def run(self, exchange: Callable[[Account], Any]) -> Any:
        """Return the result of an exchange. Raises EndedError for a status that nobody expects."""
        if not self.account.session:
            self._sign_in()
        return _run(exchange(self.account), self._answer)

    def _sign_in(self) -> None:
        session = _run(self.connector.sign_in(self.account, self.now), self._send)
        self.account = replace(self.account, session=session)

    def _answer(self, request: ApiRequest) -> ApiResponse:
        response = self._send(request)
        if response.status == 401 and not request.anonymous and 401 not in request.expects:
            self._sign_in()
            return self._send(request)
        return response

    def _send(self, request: ApiRequest) -> ApiResponse:
        url = (
            request.path
            if "://" in request.path
            else f"{self.connector.address(self.account)}/{request.path.lstrip('/')}"
        )
        headers = {**({} if request.anonymous else self.connector.headers(self.account)), **request.headers}
        asked = {"headers": headers, "json": request.json, "data": request.form}
        with httpx.Client(trust_env=False, verify=False) as http:  # stand-ins speak plain HTTP
            found = http.request(
                request.method, url, params=request.query or None, **{k: v for k, v in asked.items() if v}
            )
        try:
            document = found.json() if found.content else None
        except ValueError:
            document = None
        if found.is_success and request.rotates:
            values = mapping(document)
            renewed = {name: values[name] for name in request.rotates if name in values}
            self.account = replace(self.account, credentials={**self.account.credentials, **renewed})
        return ApiResponse(found.status_code, document, {name.lower(): value for name, value in found.headers.items()})


def _canned(replies: Mapping[str, Any], request: ApiRequest) -> Any:
    found = replies.get(f"{request.method} {request.path}", replies.get(request.path, ApiResponse(404, None)))
    return found(request) if callable(found) else found


def _run(
    exchange: MaybeApiExchange[T],
    answer: Callable[[ApiRequest], ApiResponse],
    asked: MutableSequence[ApiRequest] | None = None,
) -> T:
    if not isinstance(exchange, Generator):
        return exchange
    response: ApiResponse | None = None
    for _ in range(MAX_REQUESTS):
        try:
            request = next(exchange) if response is None else exchange.send(response)
        except StopIteration as done:
            came: T = done.value
            return came
        if asked is not None:
            asked.append(request)
        response = answer(request)
        if not response.ok and response.status not in request.expects:
            exchange.close()
            raise EndedError(request, response.status)
    raise AssertionError(f"the dialogue does not end: {MAX_REQUESTS} asks and more")
