"""Ashby: an employer's ATS with signed and complete webhooks. Notes are polled."""

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
from app.connectors.crm.ashby import records, sync, write_back
from app.connectors.crm.ashby.guide import GUIDE
from app.connectors.parsing import content_digest, folded_word, id_text, one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check_hex
from app.connectors.toolkit import base_url, basic_auth, body_or_none, credential, first_value

# The fields in which actions name their entity.
_ENTITIES = ("application", "interviewSchedule", "offer", "job", "mergedCandidate", "candidate")


class Ashby(Connector):
    """The connector of Ashby. Several webhooks can report the same change, all with the same webhookActionId.

    Source: developers.ashbyhq.com: the OpenAPI document with its 22 webhooks, and the guides beside it.
    """

    system = "ashby"
    title = "Ashby"
    guide = GUIDE
    # After 401, 403, 404, 405 and 410 Ashby never retries, so a change of the secret would lose events.
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
        """Answer the ping by which Ashby checks the webhook URL [V]; Ashby sends no other test."""
        return Handshake() if folded_word(value_at(body_or_none(request), "action")) == "ping" else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the header `Ashby-Signature: sha256=<hex>` over the raw bytes of the body. Ashby signs no time."""
        scheme, _, offered = request.headers.get("ashby-signature", "").partition("=")
        if scheme != "sha256":
            raise RejectedRequest("the signature is missing or of another scheme")
        check_hex(offered, secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a webhook. Its key joins action, change id and entity, as one change can affect several
        entities.
        """
        body = parse_json(request.body)
        action, change = one_line(value_at(body, "action"), 80), id_text(value_at(body, "webhookActionId"))
        if not action:
            raise RejectedRequest("the body names no action")
        entity = next((id for name in _ENTITIES if (id := id_text(value_at(body, "data", name, "id")))), "")
        changed_at = first_value(parse_instant(value_at(body, "data", name, "updatedAt")) for name in _ENTITIES)
        return InboundEvent(
            f"{action}:{change}:{entity}" if change else content_digest(request.body), action, body, changed_at
        )

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of an Ashby event. Without an API key, use only what its payload contains."""
        return records.translate(event, connected=bool(account.credentials.get("api_key")))

    def address(self, account: Account) -> str:
        """Return the URL of Ashby's API, which is the same for every employer."""
        return base_url(account, "https://api.ashbyhq.com")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the header of basic authentication, with the API key as the user name and no password."""
        return {**basic_auth(credential(account, "api_key")), "Accept": "application/json; version=1"}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: a hundred records of an Ashby list, or the notes of a few candidates."""
        return sync.page(stream, since, cursor)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note on the candidate in Ashby, without a notification."""
        return write_back.write(finding, account.settings)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move an application to another interview stage, given by its id or title. Ashby sends no email for
        the move.
        """
        return write_back.move(application_id, status)
