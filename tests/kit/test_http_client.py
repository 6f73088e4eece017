"""One exchange over HTTP: what is sent, what comes back, and how a peer that misbehaves is borne."""

import asyncio
import gzip
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import httpcore
import pytest

from app.kit.http_client import HttpAnswer, HttpClient, HttpFailure, HttpRequest
from tests.kit.peers import (
    PUBLIC,
    Names,
    Talk,
    Wires,
    certified,
    going_silent,
    never_ending,
    saying,
    serving,
)

pytestmark = pytest.mark.anyio
ClientWith = Callable[..., HttpClient]
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def client(client_with: ClientWith) -> HttpClient:
    """A client that may talk to servers on loopback."""
    return client_with(private_targets=True)


async def answer_of(client: HttpClient, talk: Talk | bytes, *, keep: int = 1000, seconds: float = 10) -> HttpAnswer:
    """Return the client's response from a server that sends these bytes."""
    async with serving(saying(talk) if isinstance(talk, bytes) else talk) as peer:
        return await client.send(HttpRequest("GET", peer.url), seconds=seconds, keep=keep)


async def kind_of_failure(client: HttpClient, talk: Talk | bytes, *, seconds: float = 10) -> str:
    """Return the failure of a request to a server that sends these bytes."""
    with pytest.raises(HttpFailure) as failed:
        await answer_of(client, talk, seconds=seconds)
    return failed.value.kind


async def test_a_request_says_what_it_was_given_and_little_else(client: HttpClient):
    async with serving() as peer:
        headers = {"Authorization": "Bearer k", "Content-Type": "application/json", "X-Word": "déjà"}
        await client.send(HttpRequest("POST", f"{peer.url}a%2Fb?c=ü d".replace(" ", "+"), headers, b"{}"), keep=10)
        start, *rest = peer.heads[0].rstrip().split("\r\n")
    assert start == "POST /a%2Fb?c=%C3%BC+d HTTP/1.1"
    assert sorted(rest) == [
        "accept-encoding: identity",
        "authorization: Bearer k",
        "connection: close",
        "content-length: 2",
        "content-type: application/json",
        f"host: 127.0.0.1:{peer.port}",
        "user-agent: Keepwarm",
        "x-word: déjà".encode().decode("latin-1"),
    ]


async def test_what_is_the_client_s_to_say_cannot_be_overruled(client: HttpClient):
    wanted = {"Host": "other.example", "Accept-Encoding": "gzip", "Content-Length": "7", "Connection": "keep-alive"}
    async with serving() as peer:
        await client.send(HttpRequest("PUT", peer.url, wanted | {"User-Agent": "Another"}), keep=10)
        said = dict(line.split(": ", 1) for line in peer.heads[0].rstrip().split("\r\n")[1:])
    assert said == {
        "host": f"127.0.0.1:{peer.port}",
        "accept-encoding": "identity",
        "content-length": "0",
        "connection": "close",
        "user-agent": "Another",
    }


async def test_an_answer_has_its_status_its_headers_by_lower_case_name_and_its_body(client: HttpClient):
    said = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nLink: a\r\nLINK: b\r\nContent-Length: 4\r\n\r\nwait"
    answer = await answer_of(client, said)
    assert answer == HttpAnswer(
        429, {"retry-after": "7", "link": "a, b", "content-length": "4"}, b"wait", truncated=False
    )


async def test_a_body_may_come_in_chunks_or_to_the_end_of_the_line(client: HttpClient):
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert (await answer_of(client, chunked)).body == b"abcde"
    assert (await answer_of(client, OK + b"\r\nabcde")).body == b"abcde"


async def test_an_international_name_in_any_case_is_looked_up_certified_and_named_alike(
    client_with: ClientWith, tmp_path: Path
):
    server, trusting = certified("crm.xn--bcher-kva.example", tmp_path)
    names = Names([PUBLIC])
    async with serving(tls=server) as peer:
        client = client_with(resolver=names, network=Wires(peer), tls=trusting)
        for host in ("CRM.Bücher.example.:8443", "crm.xn--bcher-kva.EXAMPLE:8443"):
            assert (await client.send(HttpRequest("GET", f"https://{host}/x"), keep=9)).body == b"hello"
        assert names.asked == ["crm.xn--bcher-kva.example"] * 2
        assert all("host: crm.xn--bcher-kva.example:8443\r\n" in head for head in peer.heads)


async def test_the_next_address_is_dialled_where_the_first_is_dead(client_with: ClientWith, tmp_path: Path):
    server, trusting = certified("crm.example", tmp_path)
    async with serving(tls=server) as peer:
        wires = Wires(peer, dead=["2606:4700:4700::1111"])
        client = client_with(resolver=Names(["2606:4700:4700::1111", PUBLIC]), network=wires, tls=trusting)
        assert (await client.send(HttpRequest("GET", "https://crm.example"), keep=9)).status == 200
        assert wires.dialled == ["2606:4700:4700::1111", PUBLIC]


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_certificate_of_another_name_or_of_nobody_known_is_not_trusted(
    client_with: ClientWith, tmp_path: Path, trusted: bool
):
    server, trusting = certified("another.example", tmp_path)
    async with serving(tls=server) as peer:
        client = client_with(resolver=Names([PUBLIC]), network=Wires(peer), tls=trusting if trusted else None)
        with pytest.raises(HttpFailure) as failed:
            await client.send(HttpRequest("GET", "https://crm.example/"), keep=9)
    assert (failed.value.kind, peer.heads) == ("tls", [])


async def test_a_handshake_that_never_comes_ends_with_the_clock_and_leaves_no_connection(client_with: ClientWith):
    async with serving() as peer:  # it waits for the end of a plain request, which a handshake does not have
        client = client_with(resolver=Names([PUBLIC]), network=Wires(peer))
        with pytest.raises(HttpFailure, match=r"^crm\.example took longer than 0\.1 seconds\.$") as failed:
            await client.send(HttpRequest("GET", "https://crm.example/"), seconds=0.1, keep=9)
    assert failed.value.kind == "timeout"


@pytest.mark.parametrize(
    "talk",
    [
        going_silent(),
        going_silent(b"HTTP/1.1 20"),
        going_silent(OK + b"Content-Length: 100\r\n\r\nd"),
        never_ending(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["says nothing", "stops in the head", "stops in the body", "is always about to answer"],
)
async def test_the_clock_ends_a_peer_that(client: HttpClient, talk: Talk):
    assert await kind_of_failure(client, talk, seconds=0.1) == "timeout"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        OK + b"no header\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        OK + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n",
        OK + b"Content-Length: 100\r\n\r\nall I have",
    ],
)
async def test_what_is_not_http_is_distinguished_from_an_answer(client: HttpClient, said: bytes):
    assert await kind_of_failure(client, said) == "protocol"


async def test_a_flood_of_headers_ends(client: HttpClient):
    assert await kind_of_failure(client, never_ending(OK, b"X-Water: " + b"~" * 1000 + b"\r\n")) == "protocol"
    assert await kind_of_failure(client, never_ending(OK + b"X-Water: ", b"~" * 1000)) == "protocol"


@pytest.mark.parametrize("said", [b"", OK, OK + b"Content-Length: 100\r\n\r\nhalf"])
async def test_a_connection_may_be_reset(client: HttpClient, said: bytes):
    async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        line = writer.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    assert await kind_of_failure(client, resetting) == "protocol"


async def test_a_body_without_end_is_cut(client: HttpClient):
    answer = await answer_of(client, never_ending(OK + b"\r\n", b"x" * 60_000), keep=4096)
    assert (answer.body, answer.truncated) == (b"x" * 4096, True)


async def test_what_is_not_kept_is_not_read(client_with: ClientWith):
    class Tape(httpcore.AsyncMockStream):
        reads = 0

        async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  its signature
            self.reads += 1
            return await super().read(max_bytes, timeout)

    class Player(httpcore.AsyncMockBackend):
        async def connect_tcp(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
            return tape

    tape = Tape([OK + b"\r\n", *[b"x" * 1000] * 50])
    client = client_with(private_targets=True, network=Player([]))
    await client.send(HttpRequest("GET", "http://127.0.0.1/"), keep=2500)
    assert tape.reads == 4  # the head, and three parts


@pytest.mark.parametrize(("keep", "kept"), [(0, b""), (4, b"hell"), (5, b"hello"), (6, b"hello")])
async def test_a_body_is_cut_only_where_there_is_more_of_it(client: HttpClient, keep: int, kept: bytes):
    answer = await answer_of(client, OK + b"Content-Length: 5\r\n\r\nhello", keep=keep)
    assert (answer.body, answer.truncated) == (kept, keep < 5)


async def test_a_bomb_is_kept_as_it_came(client: HttpClient):
    bomb = gzip.compress(bytes(1_000_000), mtime=0)
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    answer = await answer_of(client, head + bomb, keep=10_000)
    assert (answer.body, answer.headers["content-encoding"]) == (bomb, "gzip")


async def test_a_request_that_cannot_be_said_in_http_is_not_sent(client: HttpClient):
    async with serving() as peer:
        for headers in ({"X-Key": "a\r\nX-Other: b"}, {"X Key": "a"}, {"": "a"}):
            with pytest.raises(HttpFailure) as failed:
                await client.send(HttpRequest("GET", peer.url, headers), keep=9)
            assert failed.value.kind == "protocol"
    assert peer.heads == []


async def test_those_who_hang_hold_nobody_up(client: HttpClient):
    async with serving(going_silent()) as hanging, serving() as peer:
        sending = [asyncio.create_task(client.send(HttpRequest("GET", hanging.url), keep=9)) for _ in range(150)]
        async with asyncio.timeout(10):
            assert (await client.send(HttpRequest("GET", peer.url), keep=9)).body == b"hello"
        for task in sending:
            task.cancel()
        ends = await asyncio.gather(*sending, return_exceptions=True)
    assert {type(end) for end in ends} == {asyncio.CancelledError}


async def test_a_request_shows_no_secret_where_it_is_logged():
    request = HttpRequest("POST", "https://crm.example/?token=sesame", {"Authorization": "sesame"}, b"sesame")
    answer = HttpAnswer(200, {"set-cookie": "sesame"}, b"sesame", truncated=False)
    assert "sesame" not in f"{request} {answer!r}"
