"""Recruitee: signed webhooks that carry candidate, job and the stages of a move; interviews are polled."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.connector import (
    Account,
    ApiExchange,
    Connector,
    DatedEvent,
    Handshake,
    InboundEvent,
    InboundRequest,
    NotConnected,
    OutgoingNote,
    SyncPage,
    Translation,
)
from app.connectors.crm.recruitee import records, sync, write_back
from app.connectors.crm.recruitee.applications import moment
from app.connectors.crm.recruitee.guide import GUIDE
from app.connectors.parsing import at, digest, document, line
from app.connectors.paths import segment
from app.connectors.signing import check_hex
from app.connectors.toolkit import base_url, bearer_auth, body_or_none, credential


class Recruitee(Connector):
    """A candidate's placement in an offer is an application, named `<candidate>:<offer>`, for an event tells both ids.

    Sources: set-up, test requests, retries [V, docs.recruitee.com/docs/webhooks]; signature, `details` of a move, and
    notes [T, clients in public]; the fields of placements and jobs [T, recorded answers]; the paths of interviews and
    of a change of stage, the pages of jobs [T, tools that name Recruitee's paths]; the body's envelope besides [U],
    read leniently. Notes can be read a candidate at a time only and are not walked.
    """

    system = "recruitee"
    title = "Recruitee"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {"@hired": "accepted", "@rejected": "rejected"}
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """The buttons Test and Test payload: the latter carries an example event beside `test` [V]. They are pressed
        before the secret can be known here, so that they are answered unsigned; nothing of them is kept."""
        body = body_or_none(request)
        return Handshake(signed=False) if at(body, "test") is True else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """HMAC-SHA256 of the body in hex."""
        check_hex(request.headers.get("x-recruitee-signature", ""), secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """The event under the hash of what it says; a count of attempts would make every retry another one."""
        body = document(request.body)
        said = dict(body, attempt_count=None) if isinstance(body, dict) else body
        kind, sub = line(at(body, "event_type"), 40) or "unknown", line(at(body, "event_subtype"), 39)
        key = digest(json.dumps(said, sort_keys=True).encode())
        return InboundEvent(key, f"{kind}/{sub}" if sub else kind, body, moment(at(body, "created_at")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """What the event carries; a polled interview asks for its candidate."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """The company's part of the API."""
        company = segment(account.settings.get("company_id"))
        if company is None:
            raise NotConnected("company_id")
        return f"{base_url(account, 'https://api.recruitee.com')}/c/{company}"

    def headers(self, account: Account) -> Mapping[str, str]:
        """The token as a bearer."""
        return bearer_auth(credential(account, "api_token"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """A hundred candidates by their offset, or a hundred offers or interviews by their page."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """A note on the candidate that the hiring team reads; nobody is mentioned in it."""
        return write_back.write(finding)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Put the placement into another stage. Refused for a disqualified candidate, whom a move would requalify."""
        return write_back.move(application_id, status)
