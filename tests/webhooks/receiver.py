"""A receiver of webhooks on loopback: it keeps every request whole, and answers as it is told."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.kit.peers import Talk


@dataclass(frozen=True)
class Received:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The event's id, which the receiver knows it by."""
        return self.headers["webhook-id"]

    @property
    def stamp(self) -> int:
        """When the attempt was made."""
        return int(self.headers["webhook-timestamp"])

    @property
    def signatures(self) -> list[str]:
        """Each signature with its version."""
        return self.headers["webhook-signature"].split(" ")


Reply = Callable[[Received], bytes]


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An answer's bytes: `answer(429, retry_after="7")`."""
    told = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode("latin-1") + body


@dataclass
class Receiver:
    """A server on loopback. `connections` counts those too that never said a word."""

    reply: Reply = lambda _: answer(204)
    talk: Talk | None = None
    """What it does in place of answering, once it has read a request."""
    connections: int = 0
    got: list[Received] = field(default_factory=list)
    port: int = 0
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def says(self, *statuses: int) -> None:
        """Answer these in turn, and the last for ever."""
        left = list(statuses)
        self.reply = lambda _: answer(left.pop(0) if len(left) > 1 else left[0])

    def ids(self) -> list[str]:
        """The ids of what came, in its order."""
        return [one.id for one in self.got]

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", 0, backlog=500)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up on everybody."""
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.ensure_future(self._meet(reader, writer))
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(_named(head[1:-2]))
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            method, path, _ = head[0].split(" ")
            received = Received(method, path, headers, body)
            self.got.append(received)
            if self.talk is not None:
                await self.talk(reader, writer)
            else:
                writer.write(self.reply(received))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _named(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(": ")
        yield name.lower(), value
