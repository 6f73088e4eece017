"""uvicorn's HTTP protocols with limits on the size and the duration of requests."""

import asyncio
import json
from enum import Enum
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.kit import metrics
from app.kit.errors import Problem
from app.kit.server_connection_limits import Limits, State, source_of

MAX_PIPELINED = 32
"""Requests that one connection may send ahead of their answers."""

_BUSY = Problem(503, "too_many_connections", "Too many connections are open. Try again.", headers={"Retry-After": "5"})
_LATE = Problem(408, "request_timeout", "The request did not arrive in time. Send it again.")
_LARGE = Problem(431, "headers_too_large", "The request line, headers or trailers are too large.")
_MALFORMED = Problem(400, "malformed_request", "This is not an HTTP request.")
_BESIDE_HEADER_BYTES = len(": \r\n")

REST_PAUSE_SECONDS = 0.05
"""The pause between two reads of the rest of a body after the response."""


class _PassedError(Exception):
    """Raised inside the parser when a request exceeds a limit, to stop parsing."""


class Reading(Enum):
    """The part of a request that a connection waits for."""

    head = "head"
    body = "body"
    nothing = "nothing"


class LimitedConnection(asyncio.Protocol):
    """The limits of a connection. A class puts it before one of uvicorn's protocols and sets `_reading`."""

    # Attributes of uvicorn's protocols.
    transport: Any
    flow: Any
    cycle: Any
    loop: Any
    client: Any

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)  # type: ignore[call-arg]
        self._state: State = server_state
        self._limits: Limits = self._state.limits
        self.source = ""
        self._reading = Reading.head
        now: float = self.loop.time()
        self._since = self._progress = self._unsent_since = now
        self._unsent = 0

    @property
    def busy(self) -> bool:
        """True while a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a new connection, or refuse it if the process or its address has too many."""
        super().connection_made(transport)
        self.source = source_of(self.client[0]) if self.client else ""
        if not self._state.enter(self):
            self.refuse(_BUSY, "no_room")

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the closed connection from the counts of its process and its address."""
        self._state.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Record the time of the received bytes and pass them to uvicorn's parser."""
        self._progress = self.loop.time()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Expect the rest of the request's body or the next request, after a response."""
        self._since = self.loop.time()
        if not self.busy:
            self.cycle.body = bytearray()  # it would be kept until the next request
        self._state.touch(self)
        super().on_response_complete()  # type: ignore[misc]

    def refuse_request(self, *, is_large: bool) -> None:
        """Refuse a request that is too large or could not be parsed."""
        self.refuse(_LARGE if is_large else _MALFORMED, "large_head" if is_large else "malformed")

    def refuse(self, problem: Problem, reason: str) -> None:
        """Send a problem response unless another response has begun, then close the connection."""
        if self.transport.is_closing():
            return
        if self.busy:
            unanswered = self._reading is Reading.body and not self.cycle.response_started and not self._queued()
            self.cycle.disconnected = True  # the app's own answer comes too late
            self.cycle.message_event.set()
        else:
            unanswered = self._reading is not Reading.body
        if unanswered:
            self.transport.write(_written(problem))
        self.end(reason)

    def _queued(self) -> bool:
        """Return whether earlier requests of this connection have no response yet."""
        return False

    def end(self, reason: str) -> None:
        """Close the connection without a response."""
        metrics.ENDED.labels(reason).inc()
        self._since = self.loop.time()
        self.transport.close()

    def end_if_overdue(self, now: float) -> None:
        """Close the connection if its client took longer than the limits allow."""
        limits, waited = self._limits, now - self._since
        if self.transport.is_closing():
            if waited > limits.write_seconds:  # the client does not read the last bytes
                self.transport.abort()
        elif self.flow.write_paused and self._stalled(now):
            metrics.ENDED.labels("answer_not_read").inc()
            self.transport.abort()
        elif self.busy:
            if self.flow.read_paused:  # the service makes the client wait
                self._progress = now
            elif self._reading is Reading.body and (
                now - self._progress > limits.body_seconds or waited > limits.body_total_seconds
            ):
                self.refuse(_LATE, "slow_body")
        elif self._reading is Reading.head:
            if waited > limits.head_seconds:
                self.end("slow_head")
        elif waited > (limits.rest_seconds if self._reading is Reading.body else limits.keep_alive_seconds):
            self.end("slow_rest" if self._reading is Reading.body else "idle")

    def _stalled(self, now: float) -> bool:
        unsent: int = self.transport.get_write_buffer_size()
        if unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        return now - self._unsent_since > self._limits.write_seconds

    def _now_reading(self, what: Reading) -> None:
        if what is not self._reading:
            self._reading, self._since = what, self._progress


class _LimitedParser(h11.Connection):
    """An h11 parser with limits.

    h11 itself limits only unparsed bytes; complete heads and trailers are limited here.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(h11.SERVER, limits.head_bytes)
        self._limits = limits
        self.is_large = False

    def next_event(self) -> Any:
        """Return h11's next event. Raises h11.RemoteProtocolError; `is_large` is True if a limit was exceeded."""
        try:
            event = super().next_event()
        except h11.RemoteProtocolError as error:
            self.is_large = error.error_status_hint == _LARGE.status
            raise
        if isinstance(event, h11.Request | h11.EndOfMessage) and self._is_too_large(event):
            self.is_large = True
            raise h11.RemoteProtocolError(_LARGE.detail)
        return event

    def _is_too_large(self, event: h11.Request | h11.EndOfMessage) -> bool:
        headers = event.headers
        size = sum(len(name) + len(value) + _BESIDE_HEADER_BYTES for name, value in headers)
        size += len(event.target) if isinstance(event, h11.Request) else 0
        return len(headers) > self._limits.headers or size > self._limits.head_bytes


class H11Connection(LimitedConnection, H11Protocol):
    """uvicorn's protocol in Python, where httptools is not installed."""

    conn: _LimitedParser

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _LimitedParser(self._limits)

    def send_400_response(self, msg: str) -> None:
        """Answer 431 to a request that is too large, and 400 to a malformed one."""
        if self.busy:
            self._now_reading(Reading.body)  # h11 reads no request ahead of the one that is being answered
        self.refuse_request(is_large=self.conn.is_large)

    def data_received(self, data: bytes) -> None:
        """Parse the received bytes and update which part of a request is awaited."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Start the next request after a response, if its bytes have already been received."""
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        theirs = self.conn.their_state
        if theirs is h11.SEND_BODY:
            self._now_reading(Reading.body)
        else:
            begun = theirs is h11.IDLE and self.conn.trailing_data[0]
            self._now_reading(Reading.head if begun else Reading.nothing)


try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ImportError:  # Windows
    Fastest: type[LimitedConnection] = H11Connection
else:

    class HttpToolsConnection(LimitedConnection, HttpToolsProtocol):
        """uvicorn's httptools protocol, written in C. Its parser has no limits, so it is fed at most the limit at a
        time."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pending = self._rest = self._named = 0
            self._moved = self._large = False

        def data_received(self, data: bytes) -> None:
            """Parse as much as the head or the trailers may still hold; refuse what goes on past it."""
            self._progress = self.loop.time()
            room = self._limits.head_bytes - self._pending
            if len(data) < room:
                self._feed(data)
                return
            left = memoryview(data)
            while left and not self.transport.is_closing():
                self._feed(left[:room])
                left, room = left[room:], self._limits.head_bytes - self._pending
                if not room:
                    self.refuse_request(is_large=True)

        def _feed(self, data: bytes | memoryview) -> None:
            """Parse, and count the bytes since something was finished or a part of a body was read."""
            self._moved = False
            HttpToolsProtocol.data_received(self, data)  # type: ignore[arg-type]  # httptools reads any buffer
            self._pending = 0 if self._moved else self._pending + len(data)

        def on_message_begin(self) -> None:
            """Begin a head."""
            if len(self.pipeline) >= MAX_PIPELINED:
                raise _PassedError
            super().on_message_begin()
            self._named = self._rest = 0
            self._now_reading(Reading.head)

        def on_header(self, name: bytes, value: bytes) -> None:
            """Keep a header; drop a trailer, which nothing here reads."""
            self._named += 1
            if self._named > self._limits.headers:
                self._large = True
                raise _PassedError
            if self._reading is Reading.head:
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            """Begin a body."""
            self._moved, self._named = True, 0
            self._now_reading(Reading.body)
            super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            """Keep a part of a body. After the answer drop it, slowly and up to a limit, so that it costs nothing."""
            self._moved = True
            if self.busy:
                super().on_body(body)
                return
            self._rest += len(body)
            if self._rest > self._limits.rest_bytes:
                self.end("large_rest")
            elif not self.flow.read_paused:
                self.flow.pause_reading()
                self.loop.call_later(REST_PAUSE_SECONDS, self._read_on)

        def _read_on(self) -> None:
            if not (self.busy or self.transport.is_closing()):
                self.flow.resume_reading()

        def on_message_complete(self) -> None:
            """Wait for the next request."""
            self._moved = True
            self._now_reading(Reading.nothing)
            super().on_message_complete()

        def send_400_response(self, msg: str) -> None:
            """Answer 431 to a request that is too large, and 400 to a malformed one."""
            self.refuse_request(is_large=self._large)

        def _queued(self) -> bool:
            return bool(self.pipeline)

    Fastest = HttpToolsConnection


def _written(problem: Problem) -> bytes:
    """Return the problem as the whole response of a connection that is closed after it."""
    body = json.dumps(problem.document("", uuid4().hex)).encode()
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "connection": "close",
    } | problem.headers
    first = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"
    lines = [first, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body
