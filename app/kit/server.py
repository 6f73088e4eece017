"""The HTTP server of `serve`: uvicorn, which here says that shutdown begins before it waits for what is under way."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 10
"""How long answers that are under way may take to end; Docker must wait for longer than that before it kills."""


class Server(uvicorn.Server):
    """Calls `closes` when shutdown begins: an answer that would go on for as long as it may ends by itself then."""

    def __init__(self, config: uvicorn.Config, closes: Callable[[], None]) -> None:
        super().__init__(config)
        self._closes = closes

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what goes on and on, wait for the other answers, and stop."""
        self._closes()
        await super().shutdown(sockets)


class _Beside(uvicorn.Server):
    """A server within a process whose signals another part handles."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@asynccontextmanager
async def beside(app: FastAPI, host: str, port: int) -> AsyncIterator[None]:
    """Answer HTTP at a second port while the body runs."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, lifespan="off"
    )
    server = _Beside(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def listen(app: FastAPI, host: str, port: int, closes: Callable[[], None]) -> None:
    """Answer HTTP until SIGTERM or Ctrl-C. Exits with 3 where it could not begin, as uvicorn's own command does."""
    server = Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        closes,
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(3)
