"""The HTTP server of `serve`: uvicorn with limits on its connections and a call when shutdown begins."""

import asyncio
import math
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from app.kit.limited_http_protocols import Fastest
from app.kit.logs import log
from app.kit.server_connection_limits import Limits, State

GRACE_SECONDS = 10
"""How many seconds running responses get at shutdown. Docker must wait longer before it kills the process."""
RESERVED_DESCRIPTORS = 400
"""File descriptors reserved for the database, outgoing requests, files and the clients of one backlog."""
BACKLOG = 256
"""Clients that wait to be accepted. All of them may be accepted before the first of them is closed."""
_MIN_CONNECTIONS = 16
_BESIDE_CONNECTIONS = 64
"""Connections to the port for monitoring."""
_TICKS_BETWEEN_LOOKS = 5
"""uvicorn ticks ten times a second."""


class Server(uvicorn.Server):
    """A uvicorn server that calls `closes` when shutdown begins, so that endless responses such as streams can end."""

    def __init__(self, config: uvicorn.Config, closes: Callable[[], None], limits: Limits) -> None:
        super().__init__(config)
        self._closes = closes
        self.server_state = self._connections = State(limits)

    async def on_tick(self, counter: int) -> bool:
        """Close the connections that are overdue, twice a second."""
        if counter % _TICKS_BETWEEN_LOOKS == 0:
            self._connections.end_overdue(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Shut down: end endless responses, wait for the others, and stop."""
        self._closes()
        await super().shutdown(sockets)


def limited_config(app: FastAPI, host: str, port: int, limits: Limits) -> uvicorn.Config:
    """Return uvicorn's settings for a `Server` that keeps the limits.

    `limit_concurrency` is not used. It counts idle connections, and it answers 503 to clients instead of closing a
    silent connection.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Fastest,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(limits.proxies),
        forwarded_allow_ips=limits.proxies,
        backlog=BACKLOG,
        timeout_keep_alive=math.ceil(limits.keep_alive_seconds),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class _Beside(Server):
    """A second uvicorn server of a process, which leaves signals to the first one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield


@asynccontextmanager
async def serve_beside(app: FastAPI, host: str, port: int) -> AsyncIterator[None]:
    """Serve an app at a second port while the body of the `async with` runs."""
    limits = Limits(connections=_BESIDE_CONNECTIONS)
    server = _Beside(limited_config(app, host, port, limits), lambda: None, limits)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def run_server(app: FastAPI, host: str, port: int, closes: Callable[[], None], limits: Limits) -> None:
    """Serve an app until SIGTERM or Ctrl-C. Exits with code 3 if the server could not start, as uvicorn does."""
    limits = limit_to_descriptors(limits)
    server = Server(limited_config(app, host, port, limits), closes, limits)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)


def limit_to_descriptors(limits: Limits) -> Limits:
    """Return the limits with no more connections than the process has descriptors for.

    The process raises its soft limit of descriptors as far as it needs and may.
    """
    wanted = limits.connections + RESERVED_DESCRIPTORS
    try:
        import resource  # noqa: PLC0415  Windows has none, and no such limit
    except ImportError:
        return limits
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY != soft < wanted:
        raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            soft = raised
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    connections = max(_MIN_CONNECTIONS, soft - RESERVED_DESCRIPTORS)
    log.warning(
        "fewer connections than configured: too few file descriptors", connections=connections, descriptors=soft
    )
    return replace(limits, connections=connections)
