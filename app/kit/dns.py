"""Look-ups of host names by the system, none of which waits for another that hangs."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread

MAX_THREADS, MAX_IDLE_THREADS = 1000, 50
"""Look-ups that run at once, each of another name: more than a process makes requests at once; and how many threads
stay for the next."""


class SystemResolver:
    """Asks the system, which knows what a resolver of our own would have to be taught: /etc/hosts, a compose network's
    names, the search list.

    It cannot be told to give up, and a name server that stays silent holds a thread for half a minute. So whoever asks
    for a name that is being looked up shares that look-up, and a name holds one thread however often it is asked for;
    and there may be so many threads that many names that hang leave room for the others.
    """

    def __init__(self) -> None:
        self._threads = _Threads()
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Every address of the host, in the order to try them. Raises OSError where there is none.

        What one caller no longer waits for goes on for the others.
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
        """Wait for nothing that is under way: whoever does is told that nothing was found."""
        self._threads.close()
        for found in self._under_way.values():
            if not found.done():
                found.set_exception(OSError(_NO_MORE))


_NO_MORE = "this process looks up nothing more"
_Asked = tuple[str, int, asyncio.Future[list[str]]]


class _Threads:
    """As many as are needed, which wait for the next name. Unlike those of an executor they are daemons: one that hangs
    keeps no process from ending."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
        # How many wait for a name, less the names that wait for one of them.
        self._lock, self._all, self._idle, self._closed = Lock(), 0, 0, False

    def ask(self, host: str, port: int, answer: asyncio.Future[list[str]]) -> None:
        """Have a name looked up. Raises OSError where there is not one thread to be had."""
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
        """Let them end when they have nothing more to do."""
        with self._lock:
            self._closed = True
            for _ in range(self._all):
                self._asked.put(None)

    def _run(self) -> None:
        stays = True
        while stays and (asked := self._asked.get()):
            tell = _look_up(*asked)
            with self._lock:
                stays = self._idle < MAX_IDLE_THREADS
                if stays:
                    self._idle += 1
                else:
                    self._all -= 1
            tell()
            del asked, tell  # whoever idles holds on to nothing


def _look_up(host: str, port: int, answer: asyncio.Future[list[str]]) -> Callable[[], None]:
    """Look a name up; answers how to tell it to whoever waits."""
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

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            answer.get_loop().call_soon_threadsafe(take)

    return tell
