"""Receipt of webhooks: verify the signature on the raw bytes and store each event once, due at once."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.contract import Handshake, InboundEvent, InboundRequest, RejectedRequest, StaleRequest
from app.connectors.loaded_connection import LoadedConnection, load_connection
from app.connectors.models import connection, connection_secrets, inbound_event
from app.connectors.parsing import content_digest
from app.kit.dialects import insert
from app.kit.errors import Problem, not_found
from app.kit.logs import log
from app.kit.sealing import Seal

_DROPPED_HEADERS = {"authorization", "cookie", "proxy-authorization"}
_NOTED_AGAIN = timedelta(minutes=1)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class StaleTimestamp(Problem):
    """The error for a webhook with a good signature and a timestamp too far from now. The health view shows it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, "stale_timestamp", detail)


def load_hook(
    conn: sa.Connection, seal: Seal, agency_id: UUID, id: UUID, now: datetime
) -> tuple[LoadedConnection, list[str]]:
    """Return the connection of a webhook URL, and its valid signing secrets.

    Raise a 404 if there is no such connection or its CRM sends no webhooks.
    """
    loaded = load_connection(conn, seal, agency_id, id)
    if loaded is None or not loaded.connector.receives:
        raise not_found("hook")
    return loaded, connection_secrets.opened(conn, seal, agency_id, id, now)


def verify_request(loaded: LoadedConnection, secrets: list[str], request: InboundRequest) -> InboundEvent | Handshake:
    """Verify a webhook request. Return its event, or the handshake to answer.

    Raise StaleTimestamp for a timestamp too far from now. Raise a Problem for a bad signature or for a body that is no
    event of this CRM.
    """
    connector = loaded.connector
    try:
        handshake = connector.handshake(request)
        if handshake is None or handshake.signed:
            connector.verify(request, secrets)
    except StaleRequest as stale:
        raise StaleTimestamp(connector.rejection_status, f"The signature is right, but {stale}.") from None
    except RejectedRequest as refused:
        log.warning("webhook rejected", connection_id=str(loaded.id), system=connector.system, reason=str(refused))
        detail = "The signature does not match. Sign with the secret that this connection has now."
        raise Problem(connector.rejection_status, "bad_signature", detail) from None
    if handshake is not None:
        return handshake
    try:
        return sanitised(connector.parse_event(request))
    except RejectedRequest as refused:
        raise Problem(400, "not_understood", f"This is no event of {connector.title}: {refused}.") from None


def record_rejection(conn: sa.Connection, loaded: LoadedConnection, detail: str, now: datetime) -> None:
    """Store in the connection's health why a correctly signed webhook was rejected, at most once a minute."""
    columns = connection.c
    this = sa.and_(columns.agency_id == loaded.agency_id, columns.id == loaded.id)
    old = sa.or_(columns.refused_at.is_(None), columns.refused_at < now - _NOTED_AGAIN)
    conn.execute(sa.update(connection).where(this, old).values(refused_at=now, refusal=detail[:500]))


def sanitised(event: InboundEvent) -> InboundEvent:
    """Replace the key and the type of an event by texts that the database can hold.

    A key with other characters or of more than 200 becomes a digest. An empty type becomes `unknown`.
    """
    key = event.key if _KEY.fullmatch(event.key) else f"hash:{content_digest(event.key.encode('utf-8', 'replace'))}"
    return replace(event, key=key, type=_CONTROLS.sub(" ", event.type).strip()[:80] or "unknown")


def store(work: UnitOfWork, loaded: LoadedConnection, source: str, events: list[tuple[InboundEvent, bytes]]) -> int:
    """Store those events that are new, each due at once. Return how many were new.

    The key identifies an event. If the signature does not cover the key, the digest of the signed bytes does so too.
    """
    new = 0
    for event, packed in events:
        row = {
            "agency_id": loaded.agency_id,
            "id": work.new_id("inbound_event"),
            "connection_id": loaded.id,
            "key": event.key,
            "signed_digest": event.signed_digest,
            "type": event.type,
            "source": source,
            "arrived_at": work.now,
            "occurred_at": event.occurred_at,
            "sealed": work.seal.lock(loaded.agency_id, packed),
            "state": "waiting",
            "outcome": [],
            "due_at": work.now,
            "attempts": 0,
        }
        new += work.conn.execute(insert(work.conn, inbound_event).values(row).on_conflict_do_nothing()).rowcount
    return new


def pack_request(request: InboundRequest) -> bytes:
    """Serialise a webhook request for storage: headers and query as one line of JSON, then the raw body.

    Headers with credentials and cookies are left out.
    """
    headers = {name: value for name, value in request.headers.items() if name not in _DROPPED_HEADERS}
    return json.dumps({"headers": headers, "query": dict(request.query)}).encode() + b"\n" + request.body


def unpack_request(packed: bytes, at: datetime) -> InboundRequest:
    """Deserialise a stored webhook request; `at` is the time of its receipt."""
    head, _, body = packed.partition(b"\n")
    parts: Mapping[str, Any] = json.loads(head)
    return InboundRequest(body, parts["headers"], parts["query"], at)


def pack_document(document: Any) -> bytes:
    """Serialise the JSON document of a fetched event for storage."""
    return json.dumps(document).encode()
