"""Checks of webhook signatures: over raw bytes, in constant time, against every valid secret."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from app.connectors.contract import RejectedRequest, StaleRequest
from app.kit.field_types import format_instant

TOLERANCE = timedelta(minutes=5)
"""The most that the signed time of a webhook may differ from the service's time (Standard Webhooks 1.0.0)."""


def hmac_sha256(secret: bytes, *parts: bytes) -> bytes:
    """Return the HMAC-SHA256 of the concatenated parts."""
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(part)
    return digest.digest()


def check(offered: Sequence[str], secrets: Sequence[str], expected: Callable[[str], str]) -> None:
    """Raise RejectedRequest unless one of the sent signatures is right for one of the secrets.

    `expected` returns the right signature for a secret. Every pair is compared, in constant time.
    """
    if not secrets:
        raise RejectedRequest("no secret is set")
    if not any(offered):
        raise RejectedRequest("the signature is missing")
    wanted = [expected(secret).encode() for secret in secrets]
    good = False
    for one in offered[:20]:
        for other in wanted:
            good |= hmac.compare_digest(one.encode(), other)
    if not good:
        raise RejectedRequest("the signature does not match")


def check_hex(offered: str, secrets: Sequence[str], *signed: bytes) -> None:
    """Raise RejectedRequest unless a hex signature is the HMAC-SHA256 of the signed parts under one of the secrets."""
    check([offered.lower()], secrets, lambda secret: hmac_sha256(secret.encode(), *signed).hex())


def signed_time(stamp: str, *, per_second: int = 1) -> datetime:
    """Parse the Unix time of a signature, with `per_second` units in a second.

    Raise RejectedRequest for any other value.
    """
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
        raise RejectedRequest("the time is not a whole number")
    return datetime.fromtimestamp(min(int(stamp) / per_second, 4e9), UTC)


def check_time(signed: datetime, now: datetime, *, behind: timedelta = TOLERANCE) -> None:
    """Raise StaleRequest if a signed time is too far from now. The caller must have checked the signature before.

    Otherwise the answer would reveal to a stranger whether a signature was right.
    """
    if now - behind <= signed <= now + TOLERANCE:
        return
    apart = _in_words(abs(now - signed))
    offset = f"{apart} before" if signed < now else f"{apart} after"
    raise StaleRequest(
        f"the timestamp {format_instant(signed)} is {offset} the service's time. Check the clocks of both sides; "
        "a request that is sent again later must be signed again"
    )


def _in_words(apart: timedelta) -> str:
    """Return a duration in words, in the largest unit that fits at least twice, such as `3 hours`."""
    seconds = int(apart.total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


def from_base64(text: str) -> bytes:
    """Decode base64 with or without its padding. Raise RejectedRequest for any other text."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise RejectedRequest("this is not base64") from None
