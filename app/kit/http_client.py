"""The one HTTP client: for URLs that somebody else chose, over a network that may be slow, broken or hostile."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import httpcore
import httpx

from app.kit.dns import SystemResolver
from app.kit.ssrf import ascii_host, check_url, is_public

LOOKUP_SECONDS = 5.0
"""How long a look-up may take before its host counts as unreachable."""

DIAL_SECONDS = 5.0
"""How long one address may take to answer before the host's next one is dialled."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Answers every address of a host, in the order to try them; raises OSError where there is none."""


# What is sent may hold keys, in the URL too, so that none of it shows in a log.
@dataclass(frozen=True)
class HttpRequest:
    """A request. The client sets `Host`, `Content-Length`, `Accept-Encoding` and `Connection` itself."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class HttpAnswer:
    """A response with any status. The body is as it was sent: it is never decompressed."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name; the values of one that came more than once are joined with commas."""
    body: bytes = field(repr=False)
    truncated: bool
    """Whether there was more of the body than was to be kept."""


class HttpFailure(Exception):
    """A request without a response. The sentence names only the host, and may be shown to the user who chose the URL.

    A refused address has the same text as a closed port, so that nobody can map a network by it.
    """

    def __init__(
        self, kind: Literal["refused_url", "timeout", "unreachable", "tls", "protocol"], sentence: str
    ) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


class HttpClient:
    """Sends requests. One client serves the process, from its start until `close`.

    Each request has a connection of its own. In a pool, a hanging request would take a connection from all others.
    Callers limit how many requests run at once.

    There are no redirects, no proxies, no cookies, no decompression, and nothing is read from the environment.
    """

    def __init__(
        self,
        *,
        private_targets: bool,
        resolver: Resolver | None = None,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._private_targets = private_targets
        self._system = SystemResolver()
        self._resolver = resolver or self._system
        self._network = network or httpcore.AnyIOBackend()
        self._tls = tls or _trusted()

    async def close(self) -> None:
        """Cancel look-ups under way. Requests under way end by themselves."""
        self._system.close()

    async def send(self, request: HttpRequest, *, seconds: float = 15, keep: int) -> HttpAnswer:
        """Send a request, and keep at most `keep` bytes of the answer's body; the rest is never read.

        `seconds` is the time for all of it: look-up, dialling, handshake, request and answer. Raises HttpFailure.
        """
        try:
            check_url(request.url, private_targets=self._private_targets)
        except ValueError as refused:
            raise HttpFailure("refused_url", str(refused)) from None
        url = httpx.URL(request.url)
        host = ascii_host(url)
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(request, url.copy_with(host=host), keep)
        except TimeoutError:
            raise HttpFailure("timeout", f"{host} took longer than {seconds:g} seconds.") from None
        except (httpcore.ConnectError, ssl.SSLError) as error:
            raise HttpFailure("tls", f"No trusted connection to {host} could be made.") from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise HttpFailure("protocol", f"{host} broke off, or did not answer in HTTP.") from error
        except httpcore.LocalProtocolError as error:
            raise HttpFailure("protocol", f"The request to {host} cannot be said in HTTP.") from error

    async def _exchange(self, request: HttpRequest, url: httpx.URL, keep: int) -> HttpAnswer:
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        message = httpcore.Request(request.method, target, headers=_headers(request, url), content=request.body)
        line = _CheckedNetwork(self._resolver, self._network, private_targets=self._private_targets)
        connection = httpcore.AsyncHTTPConnection(target.origin, self._tls, network_backend=line)
        try:
            response = await connection.handle_async_request(message)
            body = bytearray()
            async for part in response.aiter_stream():
                body += part
                if len(body) > keep:
                    break
            return HttpAnswer(response.status, _joined(response.headers), bytes(body[:keep]), len(body) > keep)
        finally:
            await line.hang_up()


class _CheckedNetwork(httpcore.AsyncNetworkBackend):
    """The network as one request sees it: the host is looked up once, and an address that was checked is dialled.

    Only the dialling knows of addresses. TLS and the request go by the host's name.
    """

    def __init__(self, resolver: Resolver, network: httpcore.AsyncNetworkBackend, *, private_targets: bool) -> None:
        self._resolver, self._network, self._private_targets = resolver, network, private_targets
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's word for it; the whole request has one clock
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        for address in await self._addresses(host, port):
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                self._stream = await self._network.connect_tcp(address, port, timeout=DIAL_SECONDS)
                return self._stream
        raise HttpFailure("unreachable", f"{host} cannot be reached.")

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Return every address of the host; none if one of them is private: mixed addresses are an attack."""
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await self._resolver(host, port)
        except OSError:  # TimeoutError among them
            return []
        return found if self._private_targets or all(map(is_public, found)) else []

    async def hang_up(self) -> None:
        """Close the connection, also during its TLS handshake, where httpcore would leave the socket open."""
        if self._stream:
            await self._stream.aclose()


@cache
def _trusted() -> ssl.SSLContext:
    """Return the TLS context with the usual certificate authorities, read once for each process."""
    return httpx.create_ssl_context(trust_env=False)


def _headers(request: HttpRequest, url: httpx.URL) -> list[tuple[bytes, bytes]]:
    said = {"user-agent": "Keepwarm"} | {name.lower(): value for name, value in request.headers.items()}
    ours = {"host": url.netloc.decode("ascii"), "accept-encoding": "identity", "connection": "close"}
    if request.body or request.method in {"POST", "PUT", "PATCH"}:
        ours["content-length"] = str(len(request.body))
    return [(name.encode(), value.encode()) for name, value in (said | ours).items()]


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
