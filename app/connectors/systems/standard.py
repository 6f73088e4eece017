"""Keepwarm's own event shapes under Standard Webhooks: for Zapier, Make, n8n and every CRM without an adapter."""

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from app.connectors import records
from app.connectors.connector import Account, Arrived, Connector, Event, Refused, Translation
from app.connectors.reading import at, document, ident, instant, line, mapping, note
from app.connectors.records import AnyRecord, Kind
from app.connectors.signing import check, from_base64, hmac_sha256, signed_at

_SHAPES: Mapping[str, TypeAdapter[Any]] = {
    "organisation": TypeAdapter(records.Organisation),
    "client_contact": TypeAdapter(records.ClientContact),
    "candidate": TypeAdapter(records.Candidate),
    "job": TypeAdapter(records.Job),
    "application": TypeAdapter(records.Application),
    "interview": TypeAdapter(records.Interview),
    "activity": TypeAdapter(records.Activity),
}
# What may be told inside another thing, and which field then names it: a whole story in one event.
_INSIDE = {
    "organisation": "organisation_id",
    "hiring_manager": "hiring_manager_id",
    "client_contact": "client_contact_id",
    "candidate": "candidate_id",
    "job": "job_id",
    "application": "application_id",
}
_KIND_INSIDE = {"hiring_manager": "client_contact"}
_IDS = ("id", "into", *_INSIDE.values())


class Standard(Connector):
    """`<kind>.updated`, `<kind>.deleted` and `candidate.merged`, each with `timestamp` and `data`.

    Source: the Standard Webhooks specification 1.0.0; the shapes of `data` are the canonical records.
    """

    system = "standard"
    title = "Standard Webhooks (Zapier, Make, n8n, your own)"

    def steps(self, url: str) -> list[str]:
        """What to do at the sender's."""
        return [
            f"Send a POST with a JSON body to {url}",
            'Body: {"type": "interview.updated", "timestamp": "<when it happened>", "data": {…}}; the types and their '
            "fields are in Keepwarm's connector book.",
            "Sign it with the secret shown here once, as Standard Webhooks has it: webhook-id (the same for every "
            "retry), webhook-timestamp (Unix seconds), webhook-signature (v1,<base64 of HMAC-SHA256 over "
            "id.timestamp.body>).",
            "Try it without consequences against this connection's dry-run address.",
        ]

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """`v1` by a shared secret (`whsec_…`), `v1a` by the sender's public key (`whpk_…`)."""
        headers = request.headers
        id, stamp, offered = (
            headers.get(f"webhook-{part}") or headers.get(f"svix-{part}", "")
            for part in ("id", "timestamp", "signature")
        )
        if not id or "." in id or len(id) > 200:
            raise Refused("webhook-id is missing or malformed")
        signed_at(stamp, request.at)
        signed = f"{id}.{stamp}.".encode() + request.body
        shared = [secret for secret in secrets if not secret.startswith("whpk_")]
        public = [secret for secret in secrets if secret.startswith("whpk_")]
        if any(_signed_by(key, signed, offered) for key in public):
            return
        check(
            _entries(offered, "v1"),
            shared,
            lambda secret: base64.b64encode(hmac_sha256(from_base64(secret.removeprefix("whsec_")), signed)).decode(),
        )

    def event(self, request: Arrived) -> Event:
        """The event under its `webhook-id`, which is the same for every retry."""
        body = document(request.body)
        id = request.headers.get("webhook-id") or request.headers.get("svix-id", "")
        return Event(id, line(at(body, "type"), 80) or "unknown", body, instant(at(body, "timestamp")))

    def translate(self, event: Event, account: Account) -> Translation:
        """The records that `data` holds, those told inside others first."""
        kind, _, verb = event.type.partition(".")
        data, told_at = at(event.document, "data"), event.occurred_at
        if kind not in _SHAPES or verb not in ("created", "updated", "deleted", "merged"):
            return Translation(ignored=f"there is no event of the type {event.type}")
        if told_at is None:
            return Translation(ignored="timestamp must be an RFC 3339 instant with an offset")
        try:
            match verb:
                case "deleted":
                    return Translation([_gone(kind, data, told_at)])
                case "merged":
                    return Translation([_read(TypeAdapter(records.Merged), data, told_at)])
                case _:
                    return Translation(_unfolded(kind, data, told_at))
        except ValidationError as error:
            return Translation(ignored=_told(error))


def _entries(offered: str, version: str) -> list[str]:
    """The signatures of one version in the space-delimited list; other versions are skipped."""
    pairs = (entry.partition(",") for entry in offered.split(" ")[:20])
    return [signature for name, _, signature in pairs if name == version]


def _signed_by(key: str, signed: bytes, offered: str) -> bool:
    for signature in _entries(offered, "v1a"):
        try:
            public = Ed25519PublicKey.from_public_bytes(from_base64(key.removeprefix("whpk_")))
            public.verify(from_base64(signature), signed)
        except (InvalidSignature, ValueError, Refused):
            continue
        return True
    return False


def _gone(kind: str, data: Any, told_at: datetime) -> records.Gone:
    found: Kind = next(known for known in get_args(Kind) if known == kind)
    values = {"id": ident(at(data, "id")), "version": instant(at(data, "updated_at")) or told_at, "kind": found}
    gone: records.Gone = TypeAdapter(records.Gone).validate_python(values)
    return gone


def _unfolded(kind: str, data: Any, told_at: datetime) -> list[AnyRecord]:
    """The record and, before it, those that it holds inside: `candidate` instead of `candidate_id` and so on."""
    values, before = dict(mapping(data)), []
    for name, reference in _INSIDE.items():
        inside = values.pop(name, None)
        if isinstance(inside, Mapping) and name != kind:
            before += _unfolded(_KIND_INSIDE.get(name, name), inside, told_at)
            values[reference] = inside.get("id")
    return [*before, _read(_SHAPES[kind], values, told_at)]


def _read(shape: TypeAdapter[Any], data: Any, told_at: datetime) -> Any:
    values = {name: _tidied(name, value) for name, value in mapping(data).items()}
    if isinstance(status := values.get("status"), Mapping):
        values["status"] = {name: _tidied(name, value) for name, value in status.items()}
        values["status"].setdefault("at", told_at)
    values["version"] = instant(values.get("updated_at")) or told_at
    return _in_utc(shape.validate_python({name: value for name, value in values.items() if value is not None}))


def _tidied(name: str, value: Any) -> Any:
    if name in _IDS:
        return ident(value)
    if name == "text":
        return note(value)
    return line(value) if isinstance(value, str) else value


def _in_utc(record: Any) -> Any:
    """The record with its instants in UTC; one that was told without an offset is taken for UTC."""
    changed = {
        item.name: (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        for item in dataclasses.fields(record)
        if isinstance(value := getattr(record, item.name), datetime)
    }
    if isinstance(status := getattr(record, "status", None), records.Status):
        changed["status"] = _in_utc(status)
    return dataclasses.replace(record, **changed)


def _told(error: ValidationError) -> str:
    """What is wrong with `data`, in one sentence and without its values, which may be somebody's."""
    wrong = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
    return f"data is not right: {wrong}"[:500]
