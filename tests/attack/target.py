"""The service under attack: `serve` in a process of its own, and a client that measures how long answers take."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.kit.clock import stopwatch
from tests.service import OPERATOR_KEY, SECRET_KEY

HOME = Path(__file__).resolve().parents[2]
CLIENT = "127.0.0.3"
"""The client's address on loopback; attackers have others."""


class Target:
    """A running `serve`."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process, self.port = process, port

    def memory(self) -> float:
        """Its resident memory in MB, where /proc tells it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def client(self, source: str = CLIENT) -> "closing[http.client.HTTPConnection]":
        """A connection that is opened by the first request, and closed at the end of its block."""
        return closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(source, 0)))

    def ask(self, client: http.client.HTTPConnection, path: str, key: str | None = None, body: Any = None) -> Any:
        """One answer: the status and the document."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        client.request(
            "POST" if body is not None else "GET", path, json.dumps(body) if body is not None else None, headers
        )
        answer = client.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def agency(self) -> str:
        """The admin key of a new agency."""
        body = {"name": "Harbour", "time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}
        with self.client() as client:
            status, made = self.ask(client, "/v1/agencies", OPERATOR_KEY, body)
        assert status == 201, made
        key: str = made["api_key"]
        return key


@contextmanager
def serving(database_url: str, log: Path, **settings: str) -> Iterator[Target]:
    """Run `serve` over a migrated database, until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    usual = {
        "DATABASE_URL": database_url,
        "OPERATOR_KEY": OPERATOR_KEY,
        "SECRET_KEY": SECRET_KEY,
        "PORT": str(port),
        "EMBEDDED_WORKER": "false",
        "LOG_LEVEL": "warning",
    }
    environment = os.environ | {f"KEEPWARM_{name}": value for name, value in (usual | settings).items()}
    with log.open("ab") as file:
        command = [sys.executable, "-m", "app", "serve"]
        process = subprocess.Popen(command, cwd=HOME, env=environment, stdout=file, stderr=file)
    target = Target(process, port)
    try:
        _wait_for(target, process)
        yield target
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(target: Target, process: "subprocess.Popen[bytes]") -> None:
    pause = threading.Event()
    for _ in range(600):
        assert process.poll() is None, "serve ended"
        try:
            with target.client() as client:
                target.ask(client, "/healthz")
        except OSError:
            pause.wait(0.1)
        else:
            return
    raise AssertionError("serve does not listen")


class Probe:
    """Asks for an address again and again in a thread, beside an attack, and keeps how long each answer took."""

    def __init__(self, target: Target, path: str, key: str | None = None, pause: float = 0.02) -> None:
        self._target, self._path, self._key, self._pause = target, path, key, pause
        self.milliseconds: list[float] = []
        self.failures: list[str] = []
        self.memory = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Probe":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def median(self) -> float:
        """Half of the answers took no longer."""
        return statistics.median(self.milliseconds)

    @property
    def worst(self) -> float:
        """No answer took longer."""
        return max(self.milliseconds)

    def _run(self) -> None:
        with self._target.client() as client:
            while not self._stop.wait(self._pause):
                self._ask(client)

    def _ask(self, client: http.client.HTTPConnection) -> None:
        started = stopwatch()
        try:
            status, _ = self._target.ask(client, self._path, self._key)
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr(error))
            client.close()
            return
        self.milliseconds.append((stopwatch() - started) * 1000)
        if status != 200:
            self.failures.append(str(status))
        self.memory = max(self.memory, self._target.memory())
