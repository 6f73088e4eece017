"""Leading a connector's dialogue with its CRM: with canned replies, or over real HTTP against a stand-in."""

from collections.abc import Callable, Generator, Mapping, MutableSequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, overload

import httpx

from app.connectors.connector import Account, ApiExchange, ApiRequest, ApiResponse, Connector, MaybeApiExchange
from app.connectors.parsing import mapping

T = TypeVar("T")
Says = Callable[[ApiRequest], Any]
"""Answers an ask: with a Reply, or with the document of a 200."""

MOST_ASKS = 500
"""A dialogue that is longer goes round in circles."""


class EndedError(Exception):
    """The CRM answered with a status that the connector did not expect: the service would try again later."""

    def __init__(self, ask: ApiRequest, status: int) -> None:
        super().__init__(f"{ask.method} {ask.path} was answered {status}")
        self.ask, self.status = ask, status


# Of a dialogue that is one for certain, mypy could not tell its answer by the second form alone.
@overload
def run(
    says: ApiExchange[T],
    replies: Mapping[str, Any] | Says | None = None,
    asked: MutableSequence[ApiRequest] | None = None,
) -> T: ...
@overload
def run(
    says: MaybeApiExchange[T],
    replies: Mapping[str, Any] | Says | None = None,
    asked: MutableSequence[ApiRequest] | None = None,
) -> T: ...
def run(
    says: Any, replies: Mapping[str, Any] | Says | None = None, asked: MutableSequence[ApiRequest] | None = None
) -> Any:
    """What came of a dialogue; `asked` is filled with what was asked on the way.

    `replies` are documents, Replies or functions of the Ask, by `path` or by `METHOD path`; a path that is not there
    is answered 404. A function in place of the mapping answers everything.
    """

    def answer(ask: ApiRequest) -> ApiResponse:
        found = replies(ask) if callable(replies) else _canned(replies or {}, ask)
        return found if isinstance(found, ApiResponse) else ApiResponse(200, found)

    return _lead(says, answer, asked)


def in_turn(*replies: Any) -> Says:
    """One reply after the other for the same path; the last of them from then on."""
    left = list(replies)
    return lambda ask: left.pop(0) if len(left) > 1 else left[0]


class Caller:
    """Makes a connector's asks over real HTTP as the service does: signs in first, and once more on a 401."""

    def __init__(self, connector: Connector, account: Account, now: datetime) -> None:
        self.connector, self.account, self.now = connector, account, now

    def run(self, says: Callable[[Account], Any]) -> Any:
        """What came of the dialogue that `says` begins. Raises EndedError for a status that nobody expects."""
        if not self.account.session:
            self._sign_in()
        return _lead(says(self.account), self._answer)

    def _sign_in(self) -> None:
        session = _lead(self.connector.sign_in(self.account, self.now), self._send)
        self.account = replace(self.account, session=session)

    def _answer(self, ask: ApiRequest) -> ApiResponse:
        reply = self._send(ask)
        if reply.status == 401 and not ask.anonymous and 401 not in ask.expects:
            self._sign_in()
            return self._send(ask)
        return reply

    def _send(self, ask: ApiRequest) -> ApiResponse:
        url = ask.path if "://" in ask.path else f"{self.connector.address(self.account)}/{ask.path.lstrip('/')}"
        headers = {**({} if ask.anonymous else self.connector.headers(self.account)), **ask.headers}
        asked = {"headers": headers, "json": ask.json, "data": ask.form}
        with httpx.Client(trust_env=False, verify=False) as http:  # stand-ins speak plain HTTP
            found = http.request(ask.method, url, params=ask.query or None, **{k: v for k, v in asked.items() if v})
        try:
            document = found.json() if found.content else None
        except ValueError:
            document = None
        if found.is_success and ask.rotates:
            told = mapping(document)
            renewed = {name: told[name] for name in ask.rotates if name in told}
            self.account = replace(self.account, credentials={**self.account.credentials, **renewed})
        return ApiResponse(found.status_code, document, {name.lower(): value for name, value in found.headers.items()})


def _canned(replies: Mapping[str, Any], ask: ApiRequest) -> Any:
    found = replies.get(f"{ask.method} {ask.path}", replies.get(ask.path, ApiResponse(404, None)))
    return found(ask) if callable(found) else found


def _lead(
    says: MaybeApiExchange[T],
    answer: Callable[[ApiRequest], ApiResponse],
    asked: MutableSequence[ApiRequest] | None = None,
) -> T:
    if not isinstance(says, Generator):
        return says
    reply: ApiResponse | None = None
    for _ in range(MOST_ASKS):
        try:
            ask = next(says) if reply is None else says.send(reply)
        except StopIteration as done:
            came: T = done.value
            return came
        if asked is not None:
            asked.append(ask)
        reply = answer(ask)
        if not reply.ok and reply.status not in ask.expects:
            says.close()
            raise EndedError(ask, reply.status)
    raise AssertionError(f"the dialogue does not end: {MOST_ASKS} asks and more")
