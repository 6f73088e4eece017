"""Look-ups of host names by the system, none of which waits for another that hangs."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread

MOST = 1000
"""Look-ups that run at once, each of another name: more than a process makes requests at once."""


class SystemLookups:
    """Asks the system, which knows what a resolver of our own would have to be taught: /etc/hosts, a compose network's
    names, the search list.

    It cannot be told to give up, and a name server that stays silent holds a thread for half a minute. So whoever asks
    for a name that is being looked up shares that look-up, and a name holds one thread however often it is asked for;
    there may be so many threads that many names that hang leave room for the others; and none of them keeps the
    process from ending, as those of an executor would.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(MOST)
        self._under_way: dict[str, asyncio.Task[list[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Every address of the host, in the order to try them. Raises OSError where there is none.

        What one caller no longer waits for goes on for the others.
        """
        found = self._under_way.get(host)
        if found is None:
            found = self._under_way[host] = asyncio.create_task(self._look_up(host, port))
            found.add_done_callback(lambda ended: self._end(host, ended))
        return await asyncio.shield(found)

    async def _look_up(self, host: str, port: int) -> list[str]:
        async with self._room:
            answer: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
            Thread(target=_ask, args=(host, port, answer), name=f"lookup {host}", daemon=True).start()
            return await answer

    def _end(self, host: str, ended: asyncio.Task[list[str]]) -> None:
        del self._under_way[host]
        if not ended.cancelled():
            ended.exception()  # Seen: a failure that nobody waits for any more is not worth a warning.

    async def close(self) -> None:
        """Wait for nothing that is under way: its thread ends by itself, or with the process."""
        under_way = [*self._under_way.values()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _ask(host: str, port: int, answer: asyncio.Future[list[str]]) -> None:
    found, failure = list[str](), None
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = [str(address[0]) for *_, address in addresses]
    except Exception as error:
        failure = error

    def tell() -> None:
        if answer.done():  # nobody waits any more
            return
        if failure is None:
            answer.set_result(found)
        else:
            answer.set_exception(failure)

    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        answer.get_loop().call_soon_threadsafe(tell)
