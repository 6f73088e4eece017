"""Signatures of outgoing webhooks by Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body` for each valid
secret.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

SECRET_BYTES = 32


def new_secret() -> str:
    """Return a new random signing secret: `whsec_` and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(event_id: str, at: datetime, body: bytes, live: Sequence[str]) -> Mapping[str, str]:
    """Return the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of one attempt.

    The id is that of the event and the same in every retry; the timestamp is that of the attempt. Every secret in
    `live` adds a signature.
    """
    stamp = str(int(at.timestamp()))
    signed = f"{event_id}.{stamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in live),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
