"""A process of the service that can be made to die at a boundary: the app itself knows nothing of it.

Armed by SIGUSR1, it kills itself with SIGKILL the n-th time it passes the boundary: no cleaning up, no last word.
"""

import gc
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import current_process, parent_process
from typing import Any
from unittest.mock import patch

from app import worker
from app.__main__ import main
from app.applications import projection
from app.kit import due_rows
from app.kit.db import Scope
from app.kit.http_client import HttpAnswer, HttpClient, HttpRequest
from app.webhooks.outbox import create_deliveries
from app.webhooks.sending.sender import Sender

PROCESS = "x-process"
"""The header that names the process which made a request."""


@dataclass(frozen=True)
class Start:
    """The command of a process, its log, and the boundary at whose n-th pass it dies; None: it has none."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: str
    boundary: str | None
    passes: int


class Fuse:
    """Counts passes once it is armed, and ends the process at the last."""

    def __init__(self, passes: int) -> None:
        self._left, self._armed = passes, False
        signal.signal(signal.SIGUSR1, self._arm)

    def _arm(self, *_: Any) -> None:
        self._armed = True

    def burn(self) -> None:
        """Pass the boundary."""
        if self._armed:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def run(start: Start) -> None:
    """Be the process."""
    log = os.open(start.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(start.environment)
    threading.Thread(target=_fall_with_the_harness, daemon=True).start()
    _name_the_sender()
    fuse = Fuse(start.passes)
    if start.boundary is not None:
        BOUNDARIES[start.boundary](fuse)
    gc.freeze()  # the collector need not look at what was imported before the fork
    main(list(start.arguments))


def _fall_with_the_harness() -> None:
    """A harness that is killed itself leaves nobody behind."""
    harness = parent_process()
    if harness is not None:
        harness.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _name_the_sender() -> None:
    """Every request that goes out says which process made it, so that a repeat is held against that one's end."""
    send, name = HttpClient.send, current_process().name

    async def named(self: HttpClient, request: HttpRequest, **options: Any) -> HttpAnswer:
        headers = {**request.headers, PROCESS: name}
        return await send(self, replace(request, headers=headers), **options)

    patch.object(HttpClient, "send", named).start()


def _before_commit(fuse: Fuse) -> None:
    write = Scope.write

    async def dying(self: Scope, step: Callable[[Any], Any]) -> Any:
        def to_the_end(conn: Any) -> Any:
            answer = step(conn)
            fuse.burn()
            return answer

        return await write(self, to_the_end)

    patch.object(Scope, "write", dying).start()


def _after_commit(fuse: Fuse) -> None:
    _burn_after(fuse, Scope, "write")


def _after_claim(fuse: Fuse) -> None:
    """The boundary between the claim's commit and the work: of deliveries, and of applications in the sweep."""
    _burn_before(fuse, Sender, "_send")
    _burn_before(fuse, worker, "_assess")


def _after_send(fuse: Fuse) -> None:
    """The receiver has answered; nobody knows yet."""
    _burn_after(fuse, HttpClient, "send")


def _during_complete(fuse: Fuse) -> None:
    """The attempt is recorded and the delivery done, in a transaction that is not committed."""
    done = due_rows.complete

    def dying(*arguments: Any, **values: Any) -> bool:
        answer = done(*arguments, **values)
        fuse.burn()
        return answer

    patch.object(due_rows, "complete", dying).start()


def _during_sweep(fuse: Fuse) -> None:
    """Flags, actions and events of a batch are written, their deliveries not yet, and nothing is committed."""

    def dying(*arguments: Any) -> None:
        fuse.burn()
        create_deliveries(*arguments)

    patch.object(projection, "create_deliveries", dying).start()


def _burn_before(fuse: Fuse, owner: Any, name: str) -> None:
    function = getattr(owner, name)

    async def dying(*arguments: Any) -> Any:
        fuse.burn()
        return await function(*arguments)

    patch.object(owner, name, dying).start()


def _burn_after(fuse: Fuse, owner: Any, name: str) -> None:
    function = getattr(owner, name)

    async def dying(*arguments: Any, **named: Any) -> Any:
        answer = await function(*arguments, **named)
        fuse.burn()
        return answer

    patch.object(owner, name, dying).start()


BOUNDARIES: Mapping[str, Callable[[Fuse], None]] = {
    "before commit": _before_commit,
    "after commit": _after_commit,
    "after claim": _after_claim,
    "after send": _after_send,
    "during complete": _during_complete,
    "during sweep": _during_sweep,
}
OF_THE_API = ("before commit", "after commit")
"""Where an API can die; a worker can die at each."""
