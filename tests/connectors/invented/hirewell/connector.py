"""Hirewell: signed webhooks that carry a record each; what a record refers to is fetched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.contract import (
    Account,
    ApiExchange,
    Connector,
    DatedEvent,
    Handshake,
    InboundEvent,
    InboundRequest,
    OutgoingNote,
    RejectedRequest,
    SyncPage,
    Translation,
)
from app.connectors.parsing import one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check_hex
from app.connectors.toolkit import base_url, bearer_auth, body_or_none, credential
from tests.connectors.invented.hirewell import records, sync, write_back
from tests.connectors.invented.hirewell.guide import GUIDE


class Hirewell(Connector):
    """A webhook is `{id, type, at, record}`, signed with hex HMAC-SHA256 of the body."""

    system = "hirewell"
    title = "Hirewell"
    guide = GUIDE
    known_stages = {"@hired": "accepted"}
    known_activities = {"call: outgoing": {"channel": "phone"}}
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer the button Send test."""
        return Handshake() if value_at(body_or_none(request), "type") == "test" else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check `Hirewell-Signature: <hex>` over the raw bytes."""
        check_hex(request.headers.get("hirewell-signature", ""), secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event, keyed by its id, which is the same for every retry."""
        body = parse_json(request.body)
        id, type = one_line(value_at(body, "id")), one_line(value_at(body, "type"), 80)
        if not (id and type):
            raise RejectedRequest("the body has no id or no type")
        return InboundEvent(id, type, value_at(body, "record"), parse_instant(value_at(body, "at")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the record of an event, with those that it refers to."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the address, which is the same for every agency."""
        return base_url(account, "https://api.hirewell.example/v1")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the API key as bearer."""
        return bearer_auth(credential(account, "api_key"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return a hundred people or placements."""
        return sync.page(stream, since, cursor, now)

    def write(self, note: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note on the person."""
        return write_back.write(note)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the stage of a placement, by its name."""
        return write_back.move(application_id, status)
