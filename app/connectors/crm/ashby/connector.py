"""Ashby: an employer's ATS whose webhooks are signed and whole; notes must be asked for."""

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
    OutgoingNote,
    RejectedRequest,
    SyncPage,
    Translation,
)
from app.connectors.crm.ashby import records, sync, write_back
from app.connectors.crm.ashby.guide import GUIDE
from app.connectors.parsing import at, digest, document, ident, instant, line, word
from app.connectors.signing import check_hex
from app.connectors.toolkit import base_url, basic_auth, body_or_none, credential, first

# Where each action names the thing that it is about.
_ENTITIES = ("application", "interviewSchedule", "offer", "job", "mergedCandidate", "candidate")


class Ashby(Connector):
    """One change may be told by several webhooks, all under the same webhookActionId.

    Source: developers.ashbyhq.com: the OpenAPI document with its 22 webhooks, and the guides beside it.
    """

    system = "ashby"
    title = "Ashby"
    guide = GUIDE
    # After 401, 403, 404, 405 and 410 Ashby never tries again, so a secret that is being changed would lose events.
    rejection_status = 400
    known_stages = {
        "@hired": "accepted",
        "@rejected": "rejected",
        "@withdrawn": "withdrawn",
        "@offer_made": "offer",
        "@offer_accepted": "accepted",
        "@offer_declined": "offer_declined",
    }
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """The ping by which Ashby sees that the address is live [V]; it has no other test."""
        return Handshake() if word(at(body_or_none(request), "action")) == "ping" else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """`Ashby-Signature: sha256=<hex>` over the bytes as they came. No time is signed."""
        scheme, _, offered = request.headers.get("ashby-signature", "").partition("=")
        if scheme != "sha256":
            raise RejectedRequest("the signature is missing or of another scheme")
        check_hex(offered, secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """The event under its action, the id of the change and the thing: a change may touch several things."""
        body = document(request.body)
        action, change = line(at(body, "action"), 80), ident(at(body, "webhookActionId"))
        if not action:
            raise RejectedRequest("the body names no action")
        entity = next((id for name in _ENTITIES if (id := ident(at(body, "data", name, "id")))), "")
        changed_at = first(instant(at(body, "data", name, "updatedAt")) for name in _ENTITIES)
        return InboundEvent(f"{action}:{change}:{entity}" if change else digest(request.body), action, body, changed_at)

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """What the event says; without an API key, what its payload alone can tell."""
        return records.translate(event, connected=bool(account.credentials.get("api_key")))

    def address(self, account: Account) -> str:
        """The same for every employer."""
        return base_url(account, "https://api.ashbyhq.com")

    def headers(self, account: Account) -> Mapping[str, str]:
        """The API key as the user of Basic, without a password."""
        return {**basic_auth(credential(account, "api_key")), "Accept": "application/json; version=1"}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """A hundred of a list, or the notes of a few candidates."""
        return sync.page(stream, since, cursor)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """A note that notifies nobody."""
        return write_back.write(finding, account.settings)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Change the interview stage, by its id or title; no email goes with it."""
        return write_back.move(application_id, status)
