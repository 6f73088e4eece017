"""Leading a connector's dialogue with its CRM's API: signing in, waiting as told, hard limits on time and size."""

import asyncio
import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID
from weakref import WeakValueDictionary

from app.connectors.auth_session import end_turn, remember, take_turn
from app.connectors.connection import Linked
from app.connectors.connector import Account, Ask, AskFailed, Asking, Connector, MayAsk, NotConnected, Reply
from app.connectors.parsing import at
from app.connectors.parsing import line as text
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http import HttpAnswer, HttpClient, HttpFailure, HttpRequest
from app.kit.sealing import Seal

T = TypeVar("T")

MOST_ASKS = 200
"""A dialogue that asks more often is going in circles."""
DIALOGUE_SECONDS = 25
"""How long one dialogue may take, whatever the CRM does; well below the shortest lease."""
UNOPENED = "Its credentials were sealed under another secret key: enter them again, or have that key restored."
_ANSWER_SECONDS = 15
_KEEP = 8 * 1024 * 1024
_AWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_OUTAGE, _DENIED = timedelta(minutes=1), timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1)
_SIGNING_IN = timedelta(seconds=30)
"""How long a turn to sign in is held by a worker that died of it; no dialogue takes longer."""
_NEXT_TURN = timedelta(seconds=2)


class ComeBack(Exception):
    """The CRM is away, in a hurry or denies us: the same again at `at`. It is nobody's fault who asked."""

    def __init__(self, at: datetime, sentence: str) -> None:
        super().__init__(sentence)
        self.at, self.sentence = at, sentence


class NotMyTurn(ComeBack):
    """Another worker signs in at this moment. Nothing is wrong."""


class Asker:
    """Leads dialogues for one process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def lead(self, link: Linked, says: MayAsk[T]) -> tuple[T, bool]:
        """What the connector says in the end, and whether the CRM answered anything on the way.

        Raises ComeBack, AskFailed, or NotConnected without credentials.
        """
        if not isinstance(says, Generator):
            return says, False
        line = _Line(link)
        try:
            async with asyncio.timeout(DIALOGUE_SECONDS):
                answer = cast("T", await self._lead(line, says))
                return answer, line.answered
        except TimeoutError:
            raise ComeBack(self._clock() + _OUTAGE, f"{link.connector.title} takes too long to answer.") from None
        except NotConnected as denied:
            if link.account.unopened:  # whether the key comes back or new credentials are entered: nothing is given up
                raise ComeBack(self._clock() + _DENIED, UNOPENED) from None
            if not link.account.credentials:
                raise
            # There are credentials and they do not serve: the admin is told, and nothing is given up meanwhile.
            raise ComeBack(self._clock() + _DENIED, str(denied)) from None

    async def _lead(self, line: "_Line", says: Generator[Ask, Reply, T]) -> T:
        try:
            ask = next(says)
            for _ in range(MOST_ASKS):
                ask = says.send(await self._ask(line, ask))
        except StopIteration as end:
            return cast("T", end.value)
        raise AskFailed(f"{line.title} leads in circles: more than {MOST_ASKS} requests for one step.")

    async def _ask(self, line: "_Line", ask: Ask) -> Reply:
        connector = line.link.connector
        if not ask.bare and not line.account.session and not line.signed_in:
            await self._sign_in(line)
        answer = await self._send(line, ask)
        while answer.status == HTTPStatus.UNAUTHORIZED and not ask.bare and not line.signed_in:
            await self._sign_in(line)
            answer = await self._send(line, ask)
        if 200 <= answer.status < 300 or (answer.status in ask.expects and answer.status != 429):
            reply = Reply(answer.status, self._document(connector.title, answer), answer.headers)
            line.answered = True
            renewed = {name: told for name in ask.renews if (told := text(at(reply.document, name), 4000))}
            if reply.found and renewed:
                await self._keep(line, replace(line.account, credentials={**line.account.credentials, **renewed}))
            return reply
        raise self._refused(connector, answer)

    async def _sign_in(self, line: "_Line") -> None:
        """Bring a session, or take the one that another brought home meanwhile.

        One signs in at a time, in all processes: where a refresh token is good for one use, the second to use it would
        lock the agency out. Those of this process wait for each other, those of others come back.
        """
        line.signed_in = True
        link = line.link
        says = link.connector.sign_in(line.account, self._clock())
        if not isinstance(says, Generator):
            line.account = replace(line.account, session=says)
            return
        async with self._turns.setdefault(link.id, asyncio.Lock()):
            until = self._clock() + _SIGNING_IN
            kept = await self._database.write(partial(take_turn, self._seal, link, self._clock(), until))
            if kept is None:
                raise NotMyTurn(self._clock() + _NEXT_TURN, f"Another worker signs in to {line.title} at this moment.")
            try:
                news = kept.session and kept.session != line.account.session
                line.account = kept
                if news:
                    line.signed_in = False
                    return
                says = cast("Asking[Mapping[str, Any]]", link.connector.sign_in(kept, self._clock()))
                session = await self._lead(line, says)
                await self._keep(line, replace(line.account, session=session))
            finally:
                await self._database.write(partial(end_turn, link, until))

    async def _keep(self, line: "_Line", account: Account) -> None:
        """Keep a new session or new credentials, also where the dialogue is out of time."""
        before, line.account = line.account, account
        await asyncio.shield(self._database.write(partial(remember, self._seal, line.link, before, account)))

    async def _send(self, line: "_Line", ask: Ask) -> HttpAnswer:
        try:
            return await self._http.send(_request(line, ask), seconds=_ANSWER_SECONDS, keep=_KEEP)
        except HttpFailure as failure:
            if failure.kind == "refused_url":
                raise AskFailed(failure.sentence) from None
            raise ComeBack(self._clock() + _OUTAGE, failure.sentence) from None

    def _document(self, title: str, answer: HttpAnswer) -> Any:
        if answer.truncated:
            raise AskFailed(f"{title} answered more than {_KEEP} bytes.")
        try:
            return json.loads(answer.body) if answer.body.strip() else None
        except (ValueError, RecursionError):
            return None

    def _refused(self, connector: Connector, answer: HttpAnswer) -> Exception:
        title, status, now = connector.title, answer.status, self._clock()
        if status == HTTPStatus.TOO_MANY_REQUESTS or status in _AWAY:
            otherwise = _OUTAGE if status in _AWAY else connector.breather
            wait = _wait(answer.headers.get("retry-after"), now, otherwise)
            return ComeBack(now + wait, f"{title} answered {status}.")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ComeBack(now + _DENIED, f"{title} denies us ({status}): check the credentials and what they may do.")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ComeBack(now + _OUTAGE, f"{title} answered {status}.")
        return AskFailed(f"{title} refuses the request ({status}).")


class _Line:
    """One dialogue: the account as it is by now, whether signing in was tried, and whether anything was answered."""

    def __init__(self, link: Linked) -> None:
        self.link, self.account, self.signed_in, self.answered = link, link.account, False, False
        self.title = link.connector.title


def _request(line: _Line, ask: Ask) -> HttpRequest:
    connector, account = line.link.connector, line.account
    url = ask.path
    if not ask.bare:
        own = connector.address(account) + "/"
        url = url if url.startswith(own) else own + url.lstrip("/")
    if ask.query:
        url += ("&" if "?" in url else "?") + urlencode(dict(ask.query))
    headers = {"accept": "application/json", "user-agent": "Keepwarm"} | dict(ask.headers)
    body = b""
    if ask.form is not None:
        headers["content-type"], body = "application/x-www-form-urlencoded", urlencode(dict(ask.form)).encode()
    elif ask.json is not None:
        headers["content-type"], body = "application/json", json.dumps(ask.json).encode()
    if not ask.bare:
        headers |= connector.headers(account)
    return HttpRequest(ask.method, url, headers, body)


def _wait(told: str | None, now: datetime, otherwise: timedelta) -> timedelta:
    """What Retry-After asks for, in seconds or as a date, and never more than an hour; where it does not, otherwise."""
    wanted = otherwise
    if told is not None and told.strip().isascii() and told.strip().isdigit():
        wanted = timedelta(seconds=min(int(told.strip()[:9]), 10**6))
    elif told is not None:
        try:
            wanted = parsedate_to_datetime(told).astimezone(UTC) - now
        except (ValueError, OverflowError):
            wanted = otherwise
    return min(max(wanted, timedelta(seconds=1)), _LONGEST_WAIT)
