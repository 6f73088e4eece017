"""Requests that nobody at the CRM ever sent: what a genuine one becomes in the hands of somebody without the secret."""

import base64
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from app.connectors.contract import Connector, InboundRequest, RejectedRequest

ENOUGH = 1_000


def refuses_forgeries(
    connector: Connector, genuine: InboundRequest, secrets: Sequence[str], headers: Sequence[str], *, body: bool = True
) -> None:
    """Assert that the genuine request passes, and that a thousand and more tampered ones raise Refused, nothing else.

    `headers` are those that carry the signature or are signed; `body`: whether the body is signed too.
    """
    connector.verify(genuine, secrets)
    dice = random.Random(20261122)
    tried = 0
    while tried < ENOUGH:
        for forged in _round(genuine, headers, dice, body=body):
            with pytest.raises(RejectedRequest):
                connector.verify(forged, secrets)
            tried += 1


def _round(
    genuine: InboundRequest, headers: Sequence[str], dice: random.Random, *, body: bool
) -> Iterator[InboundRequest]:
    for header in headers:
        for change in (*CHANGES, _one_character):
            changed = change(genuine.headers.get(header, ""), dice)
            if changed.lower() != genuine.headers.get(header, "").lower():
                yield replace(genuine, headers={**genuine.headers, header: changed})
        yield replace(genuine, headers={name: value for name, value in genuine.headers.items() if name != header})
    if body:
        where, text = dice.randrange(len(genuine.body)), genuine.body
        flipped = bytes([text[where] ^ dice.randrange(1, 256)])
        for other in (
            text[:where] + flipped + text[where + 1 :],
            text[:where] + b" " + text[where:],
            text[:where],
            text + b"\n",
            text * 2,
            b"\xef\xbb\xbf" + text,
            b"",
        ):
            yield replace(genuine, body=other)


def _one_character(value: str, dice: random.Random) -> str:
    if not value:
        return "x"
    where = dice.randrange(len(value))
    other = dice.choice([letter for letter in "0123456789abcdefXYZ=+/;,.- é" if letter.lower() != value[where].lower()])
    return value[:where] + other + value[where + 1 :]


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    lambda value, dice: "",
    lambda value, dice: value[: dice.randrange(len(value))] if value else "0",
    lambda value, dice: value[:-1],
    lambda value, dice: value + "0",
    lambda value, dice: value[::-1],
    lambda value, dice: value + value,
    lambda value, dice: "é" * 64,
    lambda value, dice: "a" * 65_536,
    lambda value, dice: base64.b64encode(value.encode("latin-1", "replace")).decode(),
    lambda value, dice: "\u0660" * 10,
    lambda value, dice: f"{dice.getrandbits(256):064x}",
    lambda value, dice: "sha256=" + value,
    lambda value, dice: "0x" + value,
)
"""Changes of a text that carries a signature, or is signed."""
