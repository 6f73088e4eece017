"""Look-ups of host names by the system, none of which waits for another that hangs."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

LOOKUP_THREADS = 1000
"""Look-ups that run at once, each of another name: more than a process makes requests at once."""


class SystemLookups:
    """Asks the system, which knows what a resolver of our own would have to be taught: /etc/hosts, a compose network's
    names, the search list.

    It cannot be told to give up, and a name server that stays silent holds a thread for half a minute. So whoever asks
    for a name that is being looked up shares that look-up, and a name holds one thread however often it is asked for;
    and there are so many threads, made when they are needed, that many names that hang leave room for the others.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUP_THREADS, "lookup")
        self._under_way: dict[str, asyncio.Future[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Every address of the host, in the order to try them. Raises OSError where there is none.

        What one caller no longer waits for goes on for the others.
        """
        found = self._under_way.get(host)
        if found is None:
            found = asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host, port)
            self._under_way[host] = found
            found.add_done_callback(lambda ended: self._end(host, ended))
        return await asyncio.shield(found)

    def _end(self, host: str, ended: asyncio.Future[list[str]]) -> None:
        del self._under_way[host]
        if not ended.cancelled():
            ended.exception()  # Seen: a failure that nobody waits for any more is not worth a warning.

    def close(self) -> None:
        """Let go of the threads. One that hangs ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str, port: int) -> list[str]:
    return [str(address[0]) for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
