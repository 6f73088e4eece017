"""The commands themselves, as they run in production, to be killed in the middle."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.service import OPERATOR_KEY

HOME = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 2
_COMMAND = """
from app import __main__, worker
assert worker.EXCHANGE_SECONDS
worker.EXCHANGE_SECONDS = 0  # no CRM is called here: the lease of a killed worker may be short
__main__.main()
"""
_PATIENCE = 600
"""Looks, a tenth of a second apart, before what should happen is given up."""

Process = subprocess.Popen[bytes]


class ServiceProcesses:
    """`serve` and `work` over one database. Processes that still run at the end are killed."""

    def __init__(self, database_url: str, directory: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._log = directory / "log"
        self._running: list[Process] = []
        settings = {
            "DATABASE_URL": database_url,
            "OPERATOR_KEY": OPERATOR_KEY,
            "SECRET_KEY": "s" * 32,
            "PORT": str(self._port),
            "EMBEDDED_WORKER": "false",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "SWEEP_PAUSE_SECONDS": "0.05",
        }
        self._environment = os.environ | {f"KEEPWARM_{name}": value for name, value in settings.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in list(self._running):
            self.kill(process)

    @property
    def url(self) -> str:
        """The URL of `serve`."""
        return f"http://127.0.0.1:{self._port}"

    def serve(self) -> Process:
        """Start `serve`, and wait until it listens."""
        process = self._start("serve")
        until(process, self._listens)
        return process

    def work(self) -> Process:
        """Start `work`."""
        return self._start("work")

    def kill(self, process: Process) -> None:
        """Kill a process."""
        process.send_signal(signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def log(self) -> str:
        """Return the log of all processes."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _start(self, command: str) -> Process:
        with self._log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, command], cwd=HOME, env=self._environment, stdout=out, stderr=out
            )
        self._running.append(process)
        return process

    def _listens(self) -> bool:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self._port)).close()
            return True
        return False


def until(process: Process, happened: Callable[[], bool]) -> None:
    """Wait until it has happened, as long as the process runs that should cause it."""
    for _ in range(_PATIENCE):
        if happened():
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
            raise AssertionError("the command ended by itself; its log tells why")
    raise AssertionError("it has not happened for a minute")
