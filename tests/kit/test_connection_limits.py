"""Limits of connections, over sockets on loopback: sizes, times and numbers, in both of uvicorn's protocols."""

import json
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

import pytest

from app.kit.http_server import RESERVED_DESCRIPTORS, Server, limit_to_descriptors, limited_config
from app.kit.limited_http_protocols import Fastest, H11Connection
from app.kit.server_connection_limits import Limits, is_listed, source_of

BRIEF = Limits(
    head_seconds=0.6,
    body_seconds=0.6,
    body_total_seconds=1.2,
    rest_seconds=0.6,
    keep_alive_seconds=0.6,
    write_seconds=1,
)
"""Limits that a test can wait for. The server looks twice a second."""
USUAL = Limits()
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers how many bytes the body had and how many headers came; `/early` before it reads any; `/large` 8 MiB."""
    if scope["type"] != "http":
        return
    size, more = 0, scope["path"] == "/"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    while scope["path"] == "/never" and (await receive())["type"] != "http.disconnect":
        pass
    answer = b"." * 2**23 if scope["path"] == "/large" else json.dumps([size, len(scope["headers"])]).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


class Served(NamedTuple):
    """A server of this process."""

    port: int
    connect: Callable[..., socket.socket]


@contextmanager
def serving(protocol: Any, limits: Limits) -> Iterator[Served]:
    """Serve the small app. Its clients' sockets are closed at the end."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        config = limited_config(app, "127.0.0.1", 0, limits)  # type: ignore[arg-type]
        config.http, config.lifespan = protocol, "off"
        server = Server(config, lambda: None, limits)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()

        def connect(source: str = "127.0.0.1") -> socket.socket:
            made = stack.enter_context(socket.socket())
            made.settimeout(20)
            made.bind((source, 0))
            made.connect(listening.getsockname())
            return made

        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)
        yield Served(listening.getsockname()[1], connect)


@pytest.fixture(params=[Fastest, H11Connection], ids=lambda protocol: protocol.__name__)
def serve(request: pytest.FixtureRequest) -> Iterator[Callable[..., Served]]:
    """Starts a server with the given limits."""
    with ExitStack() as stack:
        yield lambda limits=USUAL: stack.enter_context(serving(request.param, limits))


def answer_of(client: socket.socket) -> bytes:
    """Read to the end of the connection; a reset is an end, too."""
    found = b""
    try:
        while piece := client.recv(65536):
            found += piece
    except ConnectionError:
        pass
    return found


def one_answer(client: socket.socket) -> list[int]:
    """The answer to one request of a connection that goes on."""
    found = b""
    while not found.endswith(b"]"):
        piece = client.recv(65536)
        assert piece, f"closed after {found!r}"
        found += piece
    assert found.startswith(b"HTTP/1.1 200")
    numbers: list[int] = json.loads(found.rpartition(b"\r\n")[2])
    return numbers


def flood(client: socket.socket, pieces: Iterator[bytes]) -> int:
    """Send until the server closes the connection; how many bytes that took."""
    sent = 0
    try:
        for piece in pieces:
            client.sendall(piece)
            sent += len(piece)
    except ConnectionError:
        return sent
    raise AssertionError(f"{sent} bytes were taken")


def endless(piece: bytes, most: int = 100 * 2**20) -> Iterator[bytes]:
    """The piece, again and again."""
    piece *= max(1, 16384 // len(piece))
    return (piece for _ in range(most // len(piece)))


STARTS = {
    "small headers": (b"GET / HTTP/1.1\r\n", b"a: b\r\n"),
    "one header": (b"GET / HTTP/1.1\r\na: ", b"b"),
    "one header's name": (b"GET / HTTP/1.1\r\n", b"b"),
    "the address": (b"GET /", b"b"),
    "trailers": (POST + b"0\r\n", b"a: b\r\n"),
    "one trailer": (POST + b"0\r\na: ", b"b"),
    "an extension of a chunk": (POST + b"5;", b"a"),
    "empty lines": (b"", b"\r\n"),
}


@pytest.mark.parametrize("start", STARTS)
def test_what_has_no_end_is_not_kept(serve, start):
    served = serve()
    begin, piece = STARTS[start]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    client = served.connect()
    client.sendall(begin)
    flood(client, endless(piece))
    other = served.connect()
    other.sendall(GET)
    assert one_answer(other) == [0, 1]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024, "kilobytes"


@pytest.mark.parametrize("name_bytes", [1, 1000])
def test_a_head_just_within_the_limit(serve, name_bytes):
    client = serve().connect()
    begin, end = b"GET / HTTP/1.1\r\nHost: here\r\n", b": b\r\n\r\n"
    name = b"a" * name_bytes
    client.sendall(begin + (name + b": b\r\n") * 50 + b"x" * 1000 + end)
    assert one_answer(client) == [0, 52]


TOO_LARGE = {
    "the address": b"GET /" + b"u" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    "the query": b"GET /?" + b"u" * 70_000 + b" HTTP/1.1\r\nHost: here\r\n\r\n",
    "a header": GET[:-2] + b"a: " + b"b" * 70_000 + b"\r\n\r\n",
    "a header's name": GET[:-2] + b"b" * 70_000 + b": a\r\n\r\n",
    "headers": GET[:-2] + (b"a: " + b"b" * 1000 + b"\r\n") * 70 + b"\r\n",
    "many headers": GET[:-2] + b"a: b\r\n" * 300 + b"\r\n",
    "a header without an end": GET[:-2] + b"a: " + b"b" * 70_000,
    "trailers": POST + b"0\r\n" + (b"a: " + b"b" * 1000 + b"\r\n") * 140 + b"\r\n",
    "many trailers": POST + b"0\r\n" + b"a: b\r\n" * 300 + b"\r\n",
    "the head after a request": GET + GET[:-2] + b"a: " + b"b" * 140_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("piece_bytes", [1000, 200_000])
@pytest.mark.parametrize("large", TOO_LARGE)
def test_what_is_too_large_is_431(serve, large, piece_bytes):
    client, request = serve().connect(), TOO_LARGE[large]
    with suppress(ConnectionError):  # closed before the last piece
        for at in range(0, len(request), piece_bytes):
            client.sendall(request[at : at + piece_bytes])
    found = answer_of(client)
    head, _, body = found[found.index(b"HTTP/1.1 431") :].partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "headers_too_large"


@pytest.mark.parametrize("request_bytes", [b"nonsense\r\n\r\n", GET[:-2] + b"no colon\r\n\r\n"])
def test_what_is_malformed_is_400(serve, request_bytes):
    client = serve().connect()
    client.sendall(request_bytes)
    head, _, body = answer_of(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["code"] == "malformed_request"


def test_a_trailer_is_no_header(serve):
    client = serve().connect()
    client.sendall(POST + b"3\r\nabc\r\n0\r\nAuthorization: Bearer later\r\n\r\n")
    assert one_answer(client) == [3, 2]


def test_a_large_body_in_small_chunks_is_taken(serve):
    client = serve().connect()
    client.sendall(POST + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n")
    assert one_answer(client) == [100_000, 2]
    client.sendall(GET)
    assert one_answer(client) == [0, 1]


def test_requests_one_after_the_other_and_ahead_of_their_answers(serve):
    client = serve().connect()
    for _ in range(3):
        client.sendall(GET)
        assert one_answer(client) == [0, 1]
    client.sendall(GET * 5)
    found = b""
    while found.count(b"[0, 1]") < 5:
        found += client.recv(65536)


def test_requests_far_ahead_of_their_answers_end_the_connection():
    with serving(Fastest, Limits()) as served:
        client = served.connect()
        client.sendall(b"GET /never HTTP/1.1\r\nHost: here\r\n\r\n" + GET * 1000)
        answer_of(client)


WAITING = {
    "nothing": b"",
    "half a head": GET[:-4],
    "a request, then nothing": GET,
    "half of the next head": GET + GET[:-4],
    "half a body": b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n12345",
    "half a body that nobody reads": b"POST /early HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n12345",
}


@pytest.mark.parametrize("first", WAITING)
def test_a_silent_client_is_not_waited_for(serve, first):
    client = serve(BRIEF).connect()
    client.sendall(WAITING[first])
    found = answer_of(client)
    if first == "half a body" and found:
        assert found.startswith(b"HTTP/1.1 408")
    else:
        assert found.count(b"HTTP/1.1 200") == (WAITING[first].count(b" HTTP/1.1") > 0 and first != "half a head")


def test_a_client_that_sends_a_byte_now_and_then_is_not_waited_for(serve):
    served = serve(BRIEF)
    clients = served.connect(), served.connect()
    clients[1].sendall(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100000\r\n\r\n")
    clients[0].sendall(b"GET / HTTP/1.1\r\na: ")
    for client in clients:
        client.settimeout(0.1)
        assert ended_while_sending(client)


def ended_while_sending(client: socket.socket) -> bool:
    """Send a byte ten times a second until the connection ends, for twenty seconds at most."""
    for _ in range(200):
        try:
            client.sendall(b"b")
            if not client.recv(1000):
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def test_an_answer_that_nobody_reads_is_given_up(serve):
    served = serve(BRIEF)
    client = served.connect()
    client.sendall(b"GET /large HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    other = served.connect()
    for _ in range(4):  # each takes as long as an idle connection lives
        other.sendall(GET)
        answer_of(other)
        other = served.connect()
    assert len(answer_of(client)) < 2**23


def test_silent_connections_make_room(serve):
    served = serve(Limits(connections=20, per_address=10))
    silent = [served.connect("127.0.0.2") for _ in range(200)]
    client = served.connect("127.0.0.3")
    for _ in range(3):
        client.sendall(GET)
        assert one_answer(client) == [0, 1]
        silent += [served.connect("127.0.0.2") for _ in range(20)]
    assert all(answer_of(one) == b"" for one in silent[:-10])


def test_no_address_has_more_busy_connections_than_allowed(serve):
    served = serve(Limits(connections=20, per_address=3, proxies="127.0.0.9"))
    busy = [served.connect() for _ in range(3)]
    for one in busy:
        one.sendall(POST)
    found = answer_of(served.connect())
    assert found.startswith(b"HTTP/1.1 503"), "refused, or let in before the others were seen to be busy"
    other = served.connect("127.0.0.2")
    other.sendall(GET)
    assert one_answer(other) == [0, 1]
    proxied = [served.connect("127.0.0.9") for _ in range(10)]
    for one in (*proxied, *busy):
        one.sendall(GET if one in proxied else b"0\r\n\r\n")
        one_answer(one)


def test_the_number_of_connections_stays_below_that_of_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(900, hard), hard))
        assert limit_to_descriptors(Limits(connections=500)).connections == 500
        assert limit_to_descriptors(Limits(connections=hard)).connections <= hard - RESERVED_DESCRIPTORS
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_what_counts_as_one_address():
    assert source_of("192.0.2.7") == "192.0.2.7"
    assert source_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert source_of("2001:db8::1") == source_of("2001:db8::2:3") != source_of("2001:db8:0:1::1")
    assert source_of("testclient") == "testclient"
    assert is_listed("10.1.2.3", "192.0.2.1, 10.0.0.0/8")
    assert not is_listed("11.1.2.3", "192.0.2.1, 10.0.0.0/8")
    assert not is_listed("127.0.0.1", "")
    assert is_listed("anything", "*")
