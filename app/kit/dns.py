"""DNS look-ups by the system's resolver, in threads: one that hangs delays no other."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread

MAX_THREADS, MAX_IDLE_THREADS = 1000, 50
"""The maximum number of threads, each for another name, and of idle threads that stay for the next."""


class SystemResolver:
    """Resolves host names by the system, which reads /etc/hosts, a compose network's names and the search list.

    A look-up cannot be cancelled, and a silent name server blocks a thread for half a minute. Callers that ask for the
    same name therefore share one look-up. The limit of threads leaves room for others while many names hang.
    """

    def __init__(self) -> None:
        self._threads = _Threads()
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return every address of the host, in the order to try them. Raises OSError if there is none.

        A look-up continues for the other callers when one of them is cancelled.
        """
        found = self._under_way.get(host)
        if found is None:
            found = asyncio.get_running_loop().create_future()
            self._threads.ask(host, port, found)
            self._under_way[host] = found
            found.add_done_callback(lambda ended: self._end(host, ended))
        return await asyncio.shield(found)

    def _end(self, host: str, ended: asyncio.Future[list[str]]) -> None:
        del self._under_way[host]
        ended.exception()  # Seen: a failure that nobody waits for any more is not worth a warning.

    def close(self) -> None:
        """Fail every look-up under way at once: its callers get OSError."""
        self._threads.close()
        for found in self._under_way.values():
            if not found.done():
                found.set_exception(OSError(_NO_MORE))


_NO_MORE = "this process looks up nothing more"
_Asked = tuple[str, int, asyncio.Future[list[str]]]


class _Threads:
    """Daemon threads, started as needed, that wait for the next name. One that hangs keeps no process from ending."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        # How many wait for a name, less the names that wait for one of them.
        self._lock, self._all, self._idle, self._closed = Lock(), 0, 0, False

    def ask(self, host: str, port: int, answer: asyncio.Future[list[str]]) -> None:
        """Queue a DNS look-up. Raises OSError if no thread can be started."""
        with self._lock:
            if self._closed:
                raise OSError(_NO_MORE)
            if self._idle > 0 or self._all >= MAX_THREADS:
                self._idle -= 1
            else:
                try:
                    Thread(target=self._run, name="lookup", daemon=True).start()
                except RuntimeError as error:
                    raise OSError("the system has no thread for a look-up") from error
                self._all += 1
        self._asked.put((host, port, answer))

    def close(self) -> None:
        """Stop the threads after the look-ups that are queued."""
        with self._lock:
            self._closed = True
            for _ in range(self._all):
                self._asked.put(None)

    def _run(self) -> None:
        stays = True
        while stays and (asked := self._asked.get()):
            deliver = _look_up(*asked)
            with self._lock:
                stays = self._idle < MAX_IDLE_THREADS
                if stays:
                    self._idle += 1
                else:
                    self._all -= 1
            deliver()
            del asked, deliver  # an idle thread keeps no reference


def _look_up(host: str, port: int, answer: asyncio.Future[list[str]]) -> Callable[[], None]:
    """Look a name up; return a function that passes the result to the waiting callers."""
    found, failure = list[str](), None
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = [str(address[0]) for *_, address in addresses]
    except Exception as error:
        failure = error

    def take() -> None:
        if answer.done():
            return
        if failure is None:
            answer.set_result(found)
        else:
            answer.set_exception(failure)

    def deliver() -> None:
        with suppress(RuntimeError):  # the loop has ended, and its callers with it
            answer.get_loop().call_soon_threadsafe(take)

    return deliver
