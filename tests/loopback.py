"""The service behind a real socket on loopback, for clients that run outside of the tests' process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from app.api import create_app
from app.kit.settings import Settings
from tests.service import OPERATOR_KEY, SECRET_KEY, Clock


@contextmanager
def serving(database_url: str, clock: Clock, **settings: Any) -> Iterator[str]:
    """Serve a migrated database; yield the base URL and stop at the end."""
    usual: dict[str, Any] = {
        "operator_key": OPERATOR_KEY,
        "secret_key": SECRET_KEY,
        "embedded_worker": False,
        "rate_limit_per_minute": 0,
        "wrong_keys_per_minute": 0,
        "stream_seconds": 0,
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = create_app(Settings(**(usual | settings | {"database_url": database_url})), clock=clock)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
