"""The mapping tester: what a request would do, had it come from the CRM."""

import dataclasses
import json
from collections.abc import Generator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import Linked
from app.connectors.connections.queries import get_row
from app.connectors.connector import Arrived, Event, Greeting, MayAsk, NotConnected, Refused, Translation
from app.connectors.inbox.apply import as_json, unknown_words
from app.connectors.inbox.receive import open_hook, tidied
from app.connectors.inbox.replay import NO_CREDENTIALS
from app.connectors.inbox.schemas import DryRunOut
from app.connectors.ingest.dispatch import keep
from app.connectors.ingest.sync_state import Missing
from app.connectors.models import arrival
from app.connectors.registry import SYSTEMS
from app.kit.errors import Problem, conflict
from app.kit.fields import written


def rehearse(work: Work, connection_id: UUID, request: Arrived) -> DryRunOut:
    """Verify, translate and keep a request as if it had come in. The caller undoes what this does."""
    connector = SYSTEMS[get_row(work, connection_id)["system"]]
    if not connector.receives:
        raise conflict(
            "no_webhooks",
            f"{connector.title} sends no webhooks, so there is nothing to try. Keepwarm reads its records by polling.",
        )
    link, secrets = open_hook(work.conn, work.seal, work.agency_id, connection_id, work.now)
    told: dict[str, Any] = {"signature": "good", "answer": "accepted"}
    greeting: Greeting | None = None
    try:
        greeting = connector.greeting(request)
        if greeting is None or greeting.signed:
            connector.verify(request, secrets)
    except Refused as refused:
        told |= {"signature": str(refused), "answer": "refused"}
        greeting = None
    if greeting is not None:
        return _told(told | {"answer": "hello"})
    try:
        event = tidied(connector.event(request))
    except Refused as refused:
        return _told(told | {"answer": "refused", "ignored": f"this is no event of {connector.title}: {refused}"})
    if told["answer"] == "accepted" and _is_known(work, connection_id, event):
        told["answer"] = "known"
    event = dataclasses.replace(event, occurred_at=event.occurred_at or work.now)
    asks, translation = _translated(link, event)
    told |= {"type": event.type, "key": event.key, "asks": asks, "ignored": translation.ignored}
    told["records"] = [_shown(record) for record in translation.records]
    return _told(told | _kept(work, link, translation))


def _kept(work: Work, link: Linked, translation: Translation) -> dict[str, Any]:
    try:
        kept = keep(dataclasses.replace(work, caller=link.caller, if_match=None), link, translation.records)
    except Missing as missing:
        return {"waits_for": f"{missing.kind} {missing.id}"}
    except Problem as problem:
        return {"ignored": f"it would be parked: refused ({problem.code}): {problem.detail}"}
    return {"outcome": [as_json(outcome) for outcome in (*kept, *unknown_words(translation))]}


def _translated(link: Linked, event: Event) -> tuple[list[str], Translation]:
    try:
        return _first_ask(link.connector.translate(event, link.account))
    except Refused as refused:
        return [], Translation(ignored=f"it cannot be read: {refused}")
    except NotConnected:
        return [], Translation(ignored=NO_CREDENTIALS)


def _first_ask(says: MayAsk[Translation]) -> tuple[list[str], Translation]:
    """What it would ask the CRM first; nothing is asked here, so that what would follow is not known."""
    if not isinstance(says, Generator):
        return [], says
    try:
        ask = next(says)
    except StopIteration as end:
        return [], end.value
    says.close()
    return [f"{ask.method} {ask.path}"], Translation(ignored="the payload is thin: the rest would be fetched first")


def _is_known(work: Work, connection_id: UUID, event: Event) -> bool:
    columns = arrival.c
    mine = (columns.agency_id == work.agency_id, columns.connection_id == connection_id, columns.key == event.key)
    return work.conn.scalar(sa.select(columns.id).where(*mine)) is not None


def _shown(record: Any) -> dict[str, Any]:
    values = {"record": type(record).__name__} | dataclasses.asdict(record)
    shown: dict[str, Any] = json.loads(json.dumps(values, default=written))
    return {name: value for name, value in shown.items() if value is not None}


def _told(values: dict[str, Any]) -> DryRunOut:
    blank: dict[str, Any] = {"type": None, "key": None, "ignored": None, "waits_for": None}
    return DryRunOut.model_validate(blank | {"asks": [], "records": [], "outcome": []} | values)
