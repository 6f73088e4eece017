"""A stand-in for a CRM: a small server on loopback that serves requests, fails on demand, and sends webhooks."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
"""Where a stand-in's clock begins: as the service's in tests/service.py."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that came; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, where it is JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Delivery:
    """A webhook as the CRM would send it; `answers` are the statuses it was answered so far."""

    event: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)


To = Callable[[Delivery], int]
"""Where a delivery goes: answers the status."""
HANG_UP = 0
"""A value in place of a status: the connection is closed in the middle of an answer."""


class StandIn:
    """The base of every stand-in. Used as a context manager; `url` is where it listens.

    A subclass names its `routes()`, fills its own dicts, and puts what it would send into `deliveries`.
    """

    def __init__(self, now: datetime = START) -> None:
        self.now = now
        self.heard: list[Heard] = []
        self.deliveries: list[Delivery] = []
        self._failures: deque[tuple[int, Mapping[str, str]] | None] = deque()
        self._faults: list[Exception] = []
        self._socket = socket.socket()
        self._app = Starlette(routes=self.routes())
        quiet = uvicorn.Config(self._serve, interface="asgi3", log_config=None, lifespan="off", ws="none")
        self._server = uvicorn.Server(quiet)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name=type(self).__name__)

    def routes(self) -> Sequence[Route]:
        """The API that this CRM has."""
        raise NotImplementedError

    def accepts(self, status: int) -> bool:
        """Return whether the CRM takes this answer to a webhook for success."""
        return 200 <= status < 300

    # --- Its life ---

    def __enter__(self) -> Self:
        # It listens before its thread runs: an early caller waits in the queue of the socket, and nobody polls.
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=30)
        self._socket.close()
        if self._faults:
            raise self._faults[0]

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def advance(self, **units: float) -> datetime:
        """Turn its clock: `crm.advance(minutes=5)`."""
        self.now += timedelta(**units)
        return self.now

    # --- Trouble ---

    def fail_next(self, status: int, times: int = 1, retry_after: int | None = None, after: int = 0) -> None:
        """Answer the next requests with this status (`HANG_UP`: with half an answer), and do nothing else.

        `after`: so many requests go well before.
        """
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self._failures.extend([*([None] * after), *([(status, headers)] * times)])

    def answers_again(self) -> None:
        """Forget the failures that were still to come."""
        self._failures.clear()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        query = dict(request.query_params)
        self.heard.append(Heard(request.method, request.url.path, query, dict(request.headers), body))

        async def again() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        failure = self._failures.popleft() if self._failures else None
        if failure is None:
            try:
                await self._app(scope, again, send)
            except Exception as fault:
                self._faults.append(fault)  # a fault of the stand-in itself, which fails the test at its end
                raise
            return
        status, headers = failure
        if status == HANG_UP:
            length = [(b"content-length", b"1000")]
            await send({"type": "http.response.start", "status": 200, "headers": length})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            return
        await JSONResponse({"error": "fails on demand"}, status, headers)(scope, again, send)

    # --- Webhooks ---

    @property
    def undelivered(self) -> list[Delivery]:
        """Return the deliveries without success, in the order of their events."""
        return [each for each in self.deliveries if not any(map(self.accepts, each.answers))]

    def send(self, to: To, order: Callable[[list[Delivery]], Iterable[Delivery]] = list) -> list[int]:
        """Deliver what was never tried yet, in any order (`reversed`, or a shuffle); answers the statuses."""
        return self._deliver([each for each in self.deliveries if not each.answers], to, order)

    def retry(self, to: To, order: Callable[[list[Delivery]], Iterable[Delivery]] = list) -> list[int]:
        """Try again what was refused, as the CRM does after a while."""
        return self._deliver([each for each in self.undelivered if each.answers], to, order)

    def _deliver(
        self, chosen: list[Delivery], to: To, order: Callable[[list[Delivery]], Iterable[Delivery]]
    ) -> list[int]:
        statuses = []
        for delivery in order(chosen):
            statuses.append(to(delivery))
            delivery.answers.append(statuses[-1])
        return statuses
