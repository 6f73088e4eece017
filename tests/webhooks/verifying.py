"""The signature as the specification defines it, written down once more and apart from the code that sends."""

import base64
import hashlib
import hmac

from tests.webhooks.receiver import Received


def signature(secret: str, signed: bytes) -> str:
    """What stands after `v1,`."""
    kind, _, key = secret.partition("_")
    assert kind == "whsec"
    return base64.b64encode(hmac.digest(base64.b64decode(key, validate=True), signed, hashlib.sha256)).decode()


def accepts(secret: str, got: Received) -> bool:
    """Whether a receiver that knows this one secret takes the request for Keepwarm's."""
    return f"v1,{signature(secret, f'{got.id}.{got.stamp}.'.encode() + got.body)}" in got.signatures
