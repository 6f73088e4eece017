"""The receivers of a benchmark: one that answers 204 at once, and one that hangs."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress

_ID = re.compile(rb"webhook-id: (\S+)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@asynccontextmanager
async def receiver(took: Callable[[str], None] | None) -> AsyncIterator[int]:
    """Listen on a port of loopback: answer every event, or without `took` read and never answer."""
    talks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length, id = _LENGTH.search(head), _ID.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                if took is None or id is None:
                    await reader.read()
                    return
                took(id[1].decode())
                writer.write(b"HTTP/1.1 204 Taken\r\n\r\n")
                await writer.drain()

    def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(talk := asyncio.ensure_future(meet(reader, writer)))
        talk.add_done_callback(talks.discard)

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
