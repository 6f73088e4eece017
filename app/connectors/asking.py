"""Leading a connector's dialogue with its CRM's API: signing in, waiting as told, hard limits on time and size."""

import asyncio
import json
from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

import sqlalchemy as sa

from app.connectors.connector import Account, Ask, AskFailed, MayAsk, Reply
from app.connectors.linked import Linked
from app.connectors.models import connection
from app.connectors.opening import find_linked
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http import HttpAnswer, HttpClient, HttpFailure, HttpRequest
from app.kit.sealing import Seal

T = TypeVar("T")

MOST_ASKS = 200
"""A dialogue that asks more often is going in circles."""
DIALOGUE_SECONDS = 25
"""How long one dialogue may take, whatever the CRM does; well below the shortest lease."""
_ANSWER_SECONDS = 15
_KEEP = 8 * 1024 * 1024
_AWAY = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
_OUTAGE, _DENIED = timedelta(minutes=1), timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=1)


class ComeBack(Exception):
    """The CRM is away, in a hurry or denies us: the same again at `at`. It is nobody's fault who asked."""

    def __init__(self, at: datetime, sentence: str) -> None:
        super().__init__(sentence)
        self.at, self.sentence = at, sentence


class Asker:
    """Leads dialogues for one process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock) -> None:
        self._database, self._seal, self._http, self._clock = database, seal, http, clock

    async def lead(self, link: Linked, says: MayAsk[T]) -> T:
        """What the connector says in the end. Raises ComeBack, AskFailed, or NotConnected without credentials."""
        if not isinstance(says, Generator):
            return says
        try:
            async with asyncio.timeout(DIALOGUE_SECONDS):
                return cast("T", await self._lead(_Line(link), says))
        except TimeoutError:
            raise ComeBack(self._clock() + _OUTAGE, f"{link.connector.title} takes too long to answer.") from None

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
            return Reply(answer.status, self._document(connector.title, answer), answer.headers)
        raise self._refused(connector.title, answer)

    async def _sign_in(self, line: "_Line") -> None:
        """Take the session that another worker may have brought home meanwhile, or bring one."""
        line.signed_in = True
        link = line.link

        kept = await self._database.read(lambda conn: find_linked(conn, self._seal, link.agency_id, link.id))
        if kept is not None and kept.account.session and kept.account.session != line.account.session:
            line.account, line.signed_in = kept.account, False
            return
        account = kept.account if kept is not None else line.account
        says = link.connector.sign_in(account, self._clock())
        session = dict(await self._lead(line, says) if isinstance(says, Generator) else says)
        credentials = {**account.credentials, **session.pop("credentials", {})}
        line.account = Account(account.settings, credentials, session)
        if session or credentials != account.credentials:
            await self._remember(link, line.account)

    async def _remember(self, link: Linked, account: Account) -> None:
        def sealed(values: Mapping[str, Any]) -> bytes:
            return self._seal.lock(link.agency_id, json.dumps(dict(values)).encode())

        mine = sa.and_(connection.c.agency_id == link.agency_id, connection.c.id == link.id)
        values = {"sealed_session": sealed(account.session), "sealed_credentials": sealed(account.credentials)}
        await self._database.write(lambda conn: conn.execute(sa.update(connection).where(mine).values(**values)))

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

    def _refused(self, title: str, answer: HttpAnswer) -> Exception:
        status, now = answer.status, self._clock()
        if status == HTTPStatus.TOO_MANY_REQUESTS or status in _AWAY:
            return ComeBack(now + _wait(answer.headers.get("retry-after"), now), f"{title} answered {status}.")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ComeBack(now + _DENIED, f"{title} denies us ({status}): check the credentials and what they may do.")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ComeBack(now + _OUTAGE, f"{title} answered {status}.")
        return AskFailed(f"{title} refuses the request ({status}).")


class _Line:
    """One dialogue: the account as it is by now, and whether signing in was tried."""

    def __init__(self, link: Linked) -> None:
        self.link, self.account, self.signed_in = link, link.account, False
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


def _wait(told: str | None, now: datetime) -> timedelta:
    """What Retry-After asks for, in seconds or as a date; a minute without one, and never more than an hour."""
    wanted = _OUTAGE
    if told is not None and told.strip().isascii() and told.strip().isdigit():
        wanted = timedelta(seconds=min(int(told.strip()[:9]), 10**6))
    elif told is not None:
        try:
            wanted = parsedate_to_datetime(told).astimezone(UTC) - now
        except (ValueError, OverflowError):
            wanted = _OUTAGE
    return min(max(wanted, timedelta(seconds=1)), _LONGEST_WAIT)
