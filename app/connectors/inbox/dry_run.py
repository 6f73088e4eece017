"""Dry run of a webhook request: report what it would change, and change nothing."""

import dataclasses
import json
from collections.abc import Generator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.connection_lookup import get_connection_row
from app.connectors.contract import (
    DatedEvent,
    Handshake,
    InboundEvent,
    InboundRequest,
    MaybeApiExchange,
    NotConnected,
    RejectedRequest,
    Translation,
)
from app.connectors.inbox.apply_event import as_json, unknown_words
from app.connectors.inbox.receive import load_hook, sanitised
from app.connectors.inbox.replay import NO_CREDENTIALS
from app.connectors.inbox.schemas import DryRunOut
from app.connectors.ingest.dispatch import ingest
from app.connectors.ingest.sync_state import MissingEntity
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import inbound_event
from app.connectors.registry import CONNECTORS
from app.kit.errors import Problem, conflict
from app.kit.field_types import format_instant


def dry_run(work: UnitOfWork, connection_id: UUID, request: InboundRequest) -> DryRunOut:
    """Verify, translate and import a webhook request, and return each result. The caller must roll back.

    Raise a 409 for a CRM that sends no webhooks.
    """
    connector = CONNECTORS[get_connection_row(work, connection_id)["system"]]
    if not connector.receives:
        raise conflict(
            "no_webhooks",
            f"{connector.title} sends no webhooks, so there is nothing to try. Keepwarm reads its records by polling.",
        )
    loaded, secrets = load_hook(work.conn, work.seal, work.agency_id, connection_id, work.now)
    result: dict[str, Any] = {"signature": "good", "answer": "accepted"}
    handshake: Handshake | None = None
    try:
        handshake = connector.handshake(request)
        if handshake is None or handshake.signed:
            connector.verify(request, secrets)
    except RejectedRequest as refused:
        result |= {"signature": str(refused), "answer": "refused"}
        handshake = None
    if handshake is not None:
        return _result(result | {"answer": "hello"})
    try:
        event = sanitised(connector.parse_event(request))
    except RejectedRequest as refused:
        return _result(result | {"answer": "refused", "ignored": f"this is no event of {connector.title}: {refused}"})
    if result["answer"] == "accepted" and _is_known(work, connection_id, event):
        result["answer"] = "known"
    asks, translation = _translated(loaded, event.dated(work.now))
    result |= {"type": event.type, "key": event.key, "asks": asks, "ignored": translation.ignored}
    result["records"] = [_shown(record) for record in translation.records]
    return _result(result | _ingested(work, loaded, translation))


def _ingested(work: UnitOfWork, loaded: LoadedConnection, translation: Translation) -> dict[str, Any]:
    try:
        kept = ingest(dataclasses.replace(work, caller=loaded.caller, if_match=None), loaded, translation.records)
    except MissingEntity as missing:
        return {"waits_for": f"{missing.kind} {missing.id}"}
    except Problem as problem:
        return {"ignored": f"it would be parked: refused ({problem.code}): {problem.detail}"}
    return {"outcome": [as_json(outcome) for outcome in (*kept, *unknown_words(translation))]}


def _translated(loaded: LoadedConnection, event: DatedEvent) -> tuple[list[str], Translation]:
    try:
        return _first_request(loaded.connector.translate(event, loaded.account))
    except RejectedRequest as refused:
        return [], Translation(ignored=f"it cannot be read: {refused}")
    except NotConnected:
        return [], Translation(ignored=NO_CREDENTIALS)


def _first_request(steps: MaybeApiExchange[Translation]) -> tuple[list[str], Translation]:
    """Return a pair: the API request that a translation needs first, and the translation.

    A dry run sends no request. If one is needed, it is the only list item, such as `GET jobs/1`, and the translation
    has no records.
    """
    if not isinstance(steps, Generator):
        return [], steps
    try:
        ask = next(steps)
    except StopIteration as end:
        return [], end.value
    steps.close()
    return [f"{ask.method} {ask.path}"], Translation(ignored="the payload is thin: the rest would be fetched first")


def _is_known(work: UnitOfWork, connection_id: UUID, event: InboundEvent) -> bool:
    columns = inbound_event.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id, columns.key == event.key)
    return work.conn.scalar(sa.select(columns.id).where(*mine)) is not None


def _shown(record: Any) -> dict[str, Any]:
    values = {"record": type(record).__name__} | dataclasses.asdict(record)
    shown: dict[str, Any] = json.loads(json.dumps(values, default=format_instant))
    return {name: value for name, value in shown.items() if value is not None}


def _result(values: dict[str, Any]) -> DryRunOut:
    blank: dict[str, Any] = {"type": None, "key": None, "ignored": None, "waits_for": None}
    return DryRunOut.model_validate(blank | {"asks": [], "records": [], "outcome": []} | values)
