"""The receiver: verifies every signature and keeps a ledger of what came, when, and whether it came before."""

import asyncio
import base64
import hashlib
import hmac
from contextlib import suppress
from typing import NamedTuple

from app.kit.clock import stopwatch, system
from tests.crash.wire import read_head

FRESH_SECONDS = 60


class Receipt(NamedTuple):
    """One request that was received whole: when (seconds of the stopwatch), and the digest of its body."""

    at: float
    digest: bytes


class Receiver:
    """One server for every endpoint: `/name` is the endpoint's address."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.ledger: dict[str, dict[str, list[Receipt]]] = {}
        self.refused: list[str] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen; answers the port."""
        self._server = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def expect(self, name: str, secret: str) -> None:
        """Take what is signed with this secret at this address."""
        self.secrets[name], self.ledger[name] = secret, {}

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):  # a sender that dies breaks off: what is not whole was not received
            first, headers = read_head(await reader.readuntil(b"\r\n\r\n"))
            body = await reader.readexactly(int(headers["content-length"]))
            name = first.split(" ")[1].strip("/")
            fault = self._fault(name, headers, body)
            if fault:
                self.refused.append(fault)
            else:
                receipt = Receipt(stopwatch(), hashlib.sha256(body).digest())
                self.ledger[name].setdefault(headers["webhook-id"], []).append(receipt)
            status = "400 Bad Request" if fault else "204 No Content"
            writer.write(f"HTTP/1.1 {status}\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def _fault(self, name: str, headers: dict[str, str], body: bytes) -> str | None:
        id, stamp, signature = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        if name not in self.secrets:
            return f"{name} is no endpoint"
        key = base64.b64decode(self.secrets[name].removeprefix("whsec_"))
        digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        if not hmac.compare_digest(signature, "v1," + base64.b64encode(digest).decode()):
            return f"{id} at {name} has a wrong signature"
        if abs(system().timestamp() - int(stamp)) > FRESH_SECONDS:
            return f"{id} at {name} is not fresh"
        return None
