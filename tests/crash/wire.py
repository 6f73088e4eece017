"""HTTP as the harness speaks it: bare streams, since the clients must cost less than the service they load."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

PATIENCE = 30.0
"""How many seconds an answer may take before the client takes the process for dead."""


class Broken(Exception):
    """No answer came: whether the request took effect is not known."""


async def rest(seconds: float) -> None:
    """Let that much time pass: what these tests wait for happens in other processes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


class Line:
    """One client's connection, kept from request to request and opened again when it breaks."""

    def __init__(self) -> None:
        self._port: int | None = None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, port: int, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Any]:
        """Status and JSON of one request. Raises Broken where no whole answer came."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask(port, method, path, headers, body)
        except (OSError, EOFError, ValueError, IndexError, TimeoutError) as error:
            await self.close()
            raise Broken from error

    async def _ask(self, port: int, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
        if self._port != port:
            await self.close()
        if self._streams is None:
            self._streams, self._port = await asyncio.open_connection("127.0.0.1", port), port
        reader, writer = self._streams
        named = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body))} | dict(headers)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        status, received = read_head(await reader.readuntil(b"\r\n\r\n"))
        content = await reader.readexactly(int(received.get("content-length", "0")))
        return int(status.split(" ")[1]), json.loads(content) if content else None

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            writer, self._streams = self._streams[1], None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def read_head(head: bytes) -> tuple[str, dict[str, str]]:
    """The first line of a message, and its headers by lower-case name."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return first, {name.lower(): value.strip() for name, value in pairs}
