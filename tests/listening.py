"""A service that listens on a port of its own, for tests whose client is another process: curl, or a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app.api import create_app
from app.kit.settings import Settings


@contextmanager
def listening(settings: Settings) -> Iterator[int]:
    """Serve on a free port of this machine, which is answered. Its socket listens before anybody calls."""
    with socket.create_server(("127.0.0.1", 0)) as server_socket:
        port: int = server_socket.getsockname()[1]
        app = create_app(settings.model_copy(update={"port": port}))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [server_socket]})
        thread.start()
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(timeout=20)
