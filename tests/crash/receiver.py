"""The receiver: verifies every signature and keeps a ledger of each request: its time, its sender and its answer."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from app.kit.clock import stopwatch, system_now
from app.webhooks.sending.sender import MIN_LEASE
from tests.crash.process import PROCESS
from tests.crash.wire import read_head

FRESH_SECONDS = 60


class Receipt(NamedTuple):
    """One request that was received whole; times are seconds of the stopwatch."""

    at: float
    digest: bytes
    began: float
    """When its attempt began, by its own timestamp: up to a second before it did."""
    process: str
    """Which process made it."""
    accepted: bool = True
    """Whether it was answered with 204; otherwise with 500."""


class Receiver:
    """One server for every endpoint: `/name` is the endpoint's address."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.secrets: dict[str, str] = {}
        self.ledger: dict[str, dict[str, list[Receipt]]] = {}
        self.refused: list[str] = []
        self._first_fails: dict[str, float] = {}
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

    def expect(self, name: str, secret: str, first_fails: float) -> None:
        """Take what is signed with this secret at this address; such a share of events is answered 500 at first."""
        self.secrets[name], self.ledger[name], self._first_fails[name] = secret, {}, first_fails

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):  # a sender that dies breaks off: what is not whole was not received
            first, headers = read_head(await reader.readuntil(b"\r\n\r\n"))
            body = await reader.readexactly(int(headers["content-length"]))
            name = first.split(" ")[1].strip("/")
            fault = self._fault(name, headers, body)
            if fault:
                self.refused.append(fault)
                status = "400 Bad Request"
            else:
                status = "204 No Content" if self._take(name, headers, body) else "500 Not Now"
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def _take(self, name: str, headers: dict[str, str], body: bytes) -> bool:
        """Enter it in the ledger; answers whether it is accepted."""
        now, id = stopwatch(), headers["webhook-id"]
        came = self.ledger[name].setdefault(id, [])
        # A request younger than a lease is a first attempt, also where a worker died. The attempt after a 500 comes
        # 5 seconds later, the one after a second 500 comes 5 minutes later.
        age = system_now() - datetime.fromisoformat(json.loads(body)["timestamp"])
        fails = random.Random(f"{self._seed} {id}").random() < self._first_fails[name]
        accepted = bool(came) or age >= MIN_LEASE or not fails
        began = now - (system_now().timestamp() - int(headers["webhook-timestamp"]))
        came.append(Receipt(now, hashlib.sha256(body).digest(), began, headers[PROCESS], accepted))
        return accepted

    def _fault(self, name: str, headers: dict[str, str], body: bytes) -> str | None:
        id, stamp, signature = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        if name not in self.secrets:
            return f"{name} is no endpoint"
        key = base64.b64decode(self.secrets[name].removeprefix("whsec_"))
        digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        if not hmac.compare_digest(signature, "v1," + base64.b64encode(digest).decode()):
            return f"{id} at {name} has a wrong signature"
        if abs(system_now().timestamp() - int(stamp)) > FRESH_SECONDS:
            return f"{id} at {name} is not fresh"
        return None
