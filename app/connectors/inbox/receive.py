"""Receiving a CRM's request: verified on its raw bytes, and kept once with the work that it means."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import Linked, find_linked
from app.connectors.connector import Arrived, Event, Greeting, Refused, Stale
from app.connectors.models import arrival, connection, connection_secrets
from app.connectors.parsing import digest
from app.kit.dialects import insert
from app.kit.errors import Problem, not_found
from app.kit.logs import log
from app.kit.sealing import Seal

_UNSEEN = {"authorization", "cookie", "proxy-authorization"}
_NOTED_AGAIN = timedelta(minutes=1)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class StaleTimestamp(Problem):
    """The refusal of a request with a good signature and an old or early timestamp. The health view shows it."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, "stale_timestamp", detail)


def open_hook(conn: sa.Connection, seal: Seal, agency_id: UUID, id: UUID, now: datetime) -> tuple[Linked, list[str]]:
    """The connection behind an address, and the secrets it takes now. 404 for one that is none (any more)."""
    link = find_linked(conn, seal, agency_id, id)
    if link is None or not link.connector.receives:
        raise not_found("hook")
    return link, connection_secrets.opened(conn, seal, agency_id, id, now)


def examine(link: Linked, secrets: list[str], request: Arrived) -> Event | Greeting:
    """The event that the request tells, or the greeting that it wants. A forged or foreign one is refused."""
    connector = link.connector
    try:
        greeting = connector.greeting(request)
        if greeting is None or greeting.signed:
            connector.verify(request, secrets)
    except Stale as stale:
        raise StaleTimestamp(connector.refusal, f"The signature is right, but {stale}.") from None
    except Refused as refused:
        log.warning("hook refused", connection_id=str(link.id), system=connector.system, reason=str(refused))
        detail = "The signature does not match. Sign with the secret that this connection has now."
        raise Problem(connector.refusal, "bad_signature", detail) from None
    if greeting is not None:
        return greeting
    try:
        return tidied(connector.event(request))
    except Refused as refused:
        raise Problem(400, "not_understood", f"This is no event of {connector.title}: {refused}.") from None


def note_refusal(conn: sa.Connection, link: Linked, detail: str, now: datetime) -> None:
    """Show in the connection's health why a signed request was refused; a repetition within a minute adds nothing."""
    columns = connection.c
    this = sa.and_(columns.agency_id == link.agency_id, columns.id == link.id)
    old = sa.or_(columns.refused_at.is_(None), columns.refused_at < now - _NOTED_AGAIN)
    conn.execute(sa.update(connection).where(this, old).values(refused_at=now, refusal=detail[:500]))


def tidied(event: Event) -> Event:
    """The event with a key and a type that the database can hold."""
    key = event.key if _KEY.fullmatch(event.key) else f"hash:{digest(event.key.encode('utf-8', 'replace'))}"
    return replace(event, key=key, type=_CONTROLS.sub(" ", event.type).strip()[:80] or "unknown")


def store(work: Work, link: Linked, source: str, events: list[tuple[Event, bytes]]) -> int:
    """Keep events that were not kept before, each with its work item, all or none. Return how many were new.

    An event is known by its key, or by the digest of its signed bytes where the signature does not cover the key.
    """
    new = 0
    for event, packed in events:
        row = {
            "agency_id": link.agency_id,
            "id": work.new_id("arrival"),
            "connection_id": link.id,
            "key": event.key,
            "signed_digest": event.signed_digest,
            "type": event.type,
            "source": source,
            "arrived_at": work.now,
            "occurred_at": event.occurred_at,
            "sealed": work.seal.lock(link.agency_id, packed),
            "state": "waiting",
            "outcome": [],
            "due_at": work.now,
            "attempts": 0,
        }
        new += work.conn.execute(insert(work.conn, arrival).values(row).on_conflict_do_nothing()).rowcount
    return new


def packed_request(request: Arrived) -> bytes:
    """A request as it is kept: its headers and query in one line of JSON, then its raw bytes."""
    headers = {name: value for name, value in request.headers.items() if name not in _UNSEEN}
    return json.dumps({"headers": headers, "query": dict(request.query)}).encode() + b"\n" + request.body


def unpacked_request(packed: bytes, at: datetime) -> Arrived:
    """The request again."""
    head, _, body = packed.partition(b"\n")
    told: Mapping[str, Any] = json.loads(head)
    return Arrived(body, told["headers"], told["query"], at)


def packed_document(document: Any) -> bytes:
    """A document that we fetched ourselves, as it is kept."""
    return json.dumps(document).encode()
