"""One stranger in a process of its own, started by `tests.attack.strangers`. It imports little, to start quickly."""

import re
import socket
import sys

_POST = b"POST /v1/candidates HTTP/1.1\r\nHost: here\r\n"
_BODY = b"[" + b'{"name": "Kim", "notes": [1, 2, 3, {}]},' * 26_000 + b"1]"
"""A little more than 1 MB of JSON."""
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "small headers": (b"GET /healthz HTTP/1.1\r\n", b"a: b\r\n" * 10_000),
    "one header": (b"GET /healthz HTTP/1.1\r\na: ", b"b" * 65_536),
    "one name of a header": (b"GET /healthz HTTP/1.1\r\n", b"b" * 65_536),
    "the address": (b"GET /", b"b" * 65_536),
    "trailers": (_CHUNKED + b"0\r\n", b"a: b\r\n" * 10_000),
    "one trailer": (_CHUNKED + b"0\r\na: ", b"b" * 65_536),
}
"""The bytes that are sent once, and those that are sent repeatedly."""
BODIES = "bodies of 1 MB"


def attack(kind: str, port: int, source: str) -> None:
    """Send heads without end, or posts of 1 MB without a key, for ever; connect again whenever the connection ends."""
    while True:
        with socket.socket() as client:
            client.bind((source, 0))
            client.connect(("127.0.0.1", port))
            try:
                if kind == BODIES:
                    _post(client)
                else:
                    _flood(client, *FLOODS[kind])
            except ConnectionError:
                continue


def _flood(client: socket.socket, begin: bytes, piece: bytes) -> None:
    client.sendall(begin)
    while True:
        client.sendall(piece)


def _post(client: socket.socket) -> None:
    head = _POST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
    while True:
        client.sendall(head + _BODY)
        found = b""
        while (length := re.search(rb"content-length: (\d+)\r\n(?s:.*?)\r\n\r\n", found)) is None or len(
            found
        ) < length.end() + int(length[1]):
            piece = client.recv(65_536)
            if not piece:
                raise ConnectionResetError
            found += piece
        assert found.startswith(b"HTTP/1.1 401"), found[:200]


if __name__ == "__main__":
    print("ready", flush=True)  # noqa: T201
    attack(sys.argv[1], int(sys.argv[2]), sys.argv[3])
