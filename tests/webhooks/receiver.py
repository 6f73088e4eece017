"""A webhook receiver on loopback. It records every request and answers as configured."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.kit.peers import Talk


@dataclass(frozen=True)
class Received:
    """One request as received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The event's id, by which receivers deduplicate."""
        return self.headers["webhook-id"]

    @property
    def stamp(self) -> int:
        """The timestamp of the attempt."""
        return int(self.headers["webhook-timestamp"])

    @property
    def signatures(self) -> list[str]:
        """The signatures with their versions."""
        return self.headers["webhook-signature"].split(" ")


Reply = Callable[[Received], bytes]


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return the bytes of a response, such as `answer(429, retry_after="7")`."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()} | {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode("latin-1") + body


@dataclass
class Receiver:
    """A server on loopback. `connections` includes those that sent no request."""

    reply: Reply = lambda _: answer(204)
    talk: Talk | None = None
    """Takes over the connection after a request was read, in place of a response."""
    connections: int = 0
    got: list[Received] = field(default_factory=list)
    port: int = 0
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address of the receiver."""
        return f"http://127.0.0.1:{self.port}/hook"

    def says(self, *statuses: int) -> None:
        """Answer with these statuses in turn, then always with the last."""
        left = list(statuses)
        self.reply = lambda _: answer(left.pop(0) if len(left) > 1 else left[0])

    def ids(self) -> list[str]:
        """Return the ids of the received events, in order."""
        return [one.id for one in self.got]

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._met, "127.0.0.1", 0, backlog=500)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Close the server and all connections."""
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
