"""Servers on loopback that behave and misbehave, and a network in which they have names."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.kit.clock import system_now

PUBLIC = "93.184.216.34"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server on loopback. It counts connections, not requests, and keeps the head of each request."""

    port: int = 0
    connections: int = 0
    heads: list[str] = field(default_factory=list)
    talks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.port}/"


@asynccontextmanager
async def serving(talk: Talk | None = None, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A peer that reads a request and then talks; without a talk it answers 200 and `hello`.

    It is left when everybody has hung up, so that a client that keeps a connection fails its test.
    """
    peer = Peer()
    talk = talk or saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            peer.heads.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.connections += 1
        peer.talks.append(asyncio.ensure_future(meet(reader, writer)))

    server = await asyncio.start_server(count, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer
        async with asyncio.timeout(10):
            await asyncio.gather(*peer.talks)


def saying(answer: bytes) -> Talk:
    """Say this and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return talk


def going_silent(after: bytes = b"") -> Talk:
    """Say this, and then hold the line until the other side hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(after)
        await reader.read()

    return talk


def never_ending(head: bytes, part: bytes) -> Talk:
    """Say the head, and then the part for as long as anybody listens."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()

    return talk


class Names:
    """A resolver with given answers that counts its queries."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = answers, list[str]()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The answers in turn; the last one for ever."""
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


class Wires(httpcore.AsyncNetworkBackend):
    """A network in which every address is that of one peer, but for the dead ones. It notes what was dialled."""

    def __init__(self, peer: Peer, dead: Sequence[str] = ()) -> None:
        self.peer, self.dead, self.dialled = peer, dead, list[str]()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if host in self.dead:
            raise httpcore.ConnectError
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.peer.port, timeout=timeout)


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's side and the client's side of a TLS in which `name` alone is trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(system_now() - timedelta(days=1))
        .not_valid_after(system_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=pem)
