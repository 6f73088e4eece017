"""Keepwarm's own event shapes under Standard Webhooks, for Zapier, Make, n8n and every CRM without a connector."""

import base64
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.connectors.contract import (
    Account,
    Connector,
    DatedEvent,
    Handshake,
    InboundEvent,
    InboundRequest,
    RejectedRequest,
    Translation,
)
from app.connectors.crm.standard import records
from app.connectors.crm.standard.guide import GUIDE
from app.connectors.parsing import folded_word, one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check, check_time, from_base64, hmac_sha256, signed_time
from app.connectors.toolkit import body_or_none

_SHORTEST, _PUBLIC_KEY = 16, 32


class Standard(Connector):
    """`<kind>.created`, `<kind>.updated`, `<kind>.deleted` and `candidate.merged`, each with `timestamp` and `data`.

    Source: the Standard Webhooks specification 1.0.0; the shapes of `data` are the canonical records, field by field in
    the connector book, app/connectors/README.md.
    """

    system = "standard"
    title = "Standard Webhooks (Zapier, Make, n8n, your own)"
    guide = GUIDE

    def new_secret(self, random: bytes) -> str:
        """Return a signing secret: `whsec_` and the bytes in base64, as Standard Webhooks specifies."""
        return "whsec_" + base64.b64encode(random).decode()

    def check_secret(self, secret: str) -> None:
        """Raise RejectedRequest unless a secret (`whsec_…`) or a public key (`whpk_…`) is valid base64 of an accepted
        length.
        """
        key = from_base64(secret.removeprefix("whsec_").removeprefix("whpk_"))
        if len(key) < _SHORTEST or (secret.startswith("whpk_") and len(key) != _PUBLIC_KEY):
            raise RejectedRequest("the secret is too short")

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer a test delivery: an event whose type contains `test` or `ping`, or any event with `"test": true`."""
        body = body_or_none(request)
        type = one_line(value_at(body, "type"), 80) or ""
        is_test = value_at(body, "test") is True or any(
            folded_word(part) in ("test", "ping") for part in type.split(".")
        )
        return Handshake() if is_test else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check a `v1` signature by a shared secret (`whsec_…`), or a `v1a` signature by the sender's public key
        (`whpk_…`).
        """
        headers = request.headers
        id, stamp, offered = (
            headers.get(f"webhook-{part}") or headers.get(f"svix-{part}", "")
            for part in ("id", "timestamp", "signature")
        )
        if not (id.isascii() and id.isprintable()) or "." in id or not 0 < len(id) <= 200:
            raise RejectedRequest("webhook-id is missing or malformed")
        signed_at = signed_time(stamp)
        signed = f"{id}.{stamp}.".encode() + request.body
        public = [key for secret in secrets if secret.startswith("whpk_") and (key := _key(secret))]
        if any(_signed_by(key, signed, offered) for key in public):
            check_time(signed_at, request.at)
            return
        # A secret that is empty or no base64 signs nothing, and must not block another live one.
        shared = [secret for secret in secrets if not secret.startswith("whpk_") and _key(secret)]
        check(
            _entries(offered, "v1"),
            shared,
            lambda secret: base64.b64encode(hmac_sha256(_key(secret), signed)).decode(),
        )
        check_time(signed_at, request.at)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a request, keyed by its header `webhook-id`, which is the same for every retry."""
        body = parse_json(request.body)
        id = request.headers.get("webhook-id") or request.headers.get("svix-id", "")
        return InboundEvent(
            id, one_line(value_at(body, "type"), 80) or "unknown", body, parse_instant(value_at(body, "timestamp"))
        )

    def translate(self, event: DatedEvent, account: Account) -> Translation:
        """Return the canonical records in the event's `data`. Nested records come before the record that
        contains them.
        """
        return records.translate(event.type, event.document, event.occurred_at)


def _key(secret: str) -> bytes:
    """Decode a secret, with or without its prefix and its padding. Return empty bytes if the secret is no base64."""
    try:
        return from_base64(secret.removeprefix("whsec_").removeprefix("whpk_"))
    except RejectedRequest:
        return b""


def _entries(offered: str, version: str) -> list[str]:
    """Return the signatures of one version, such as `v1`, from the space-delimited list of the header."""
    pairs = (entry.partition(",") for entry in offered.split(" ")[:20])
    return [signature for name, _, signature in pairs if name == version and signature]


def _signed_by(key: bytes, signed: bytes, offered: str) -> bool:
    for signature in _entries(offered, "v1a"):
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(from_base64(signature), signed)
        except (InvalidSignature, ValueError, RejectedRequest):
            continue
        return True
    return False
