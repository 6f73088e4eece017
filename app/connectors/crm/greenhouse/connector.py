"""Greenhouse: an employer's ATS with signed webhooks. Interviews and notes are polled."""

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
from app.connectors.crm.greenhouse import auth, records, sync, write_back
from app.connectors.crm.greenhouse.guide import GUIDE
from app.connectors.parsing import content_digest, folded_word, one_line, parse_json, value_at
from app.connectors.signature_checks import check_hex
from app.connectors.toolkit import base_url, body_or_none


class Greenhouse(Connector):
    """The connector of Greenhouse. Webhooks carry whole applications. Missing details, interviews and notes are fetched
    from Harvest v3.

    Source: developers.greenhouse.io/webhooks.html for the webhooks; Harvest v3 as its clients use it.
    """

    system = "greenhouse"
    title = "Greenhouse"
    guide = GUIDE
    known_stages = {
        "@hired": "accepted",
        "@rejected": "rejected",
        "@withdrawn": "withdrawn",
        "@offer_made": "offer",
        "@offer_accepted": "accepted",
        "@offer_declined": "offer_declined",
    }
    known_activities = {"email: EMAIL": {"channel": "email"}}
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer the ping that Greenhouse sends when a web hook is saved [V]; there is no test button. The body of the
        ping is not published [U].
        """
        body = body_or_none(request)
        action = value_at(body, "action")
        return Handshake() if isinstance(body, Mapping) and (action is None or folded_word(action) == "ping") else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the header `Signature: sha256 <hex>`, with a space, over the raw bytes of the body, JSON escapes
        included.
        """
        scheme, _, offered = request.headers.get("signature", "").partition(" ")
        if scheme != "sha256":
            raise RejectedRequest("the signature is missing or of another scheme")
        check_hex(offered, secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a web hook, keyed by the unsigned header Greenhouse-Event-ID. The body has no time of
        sending.
        """
        body = parse_json(request.body)
        action = one_line(value_at(body, "action"), 80)
        if not action:
            raise RejectedRequest("the body names no action")
        key = one_line(request.headers.get("greenhouse-event-id"), 200)
        signed = content_digest(request.body)
        return InboundEvent(key or signed, action, body, signed_digest=signed)

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of a Greenhouse event. Without a Harvest credential, use only what its payload
        contains.
        """
        return records.translate(event, connected=auth.is_connected(account))

    def address(self, account: Account) -> str:
        """Return the URL of Harvest v3: v1 and v2 ended on 31 August 2026."""
        return base_url(account, "https://harvest.greenhouse.io/v3")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the Authorization header with the access token."""
        return auth.headers(account)

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """Exchange the client credentials for an access token of Harvest v3. The token acts for the user `user_id` if
        that is set.
        """
        return auth.sign_in(account, now)

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: fifty records of Harvest, each with its application, candidate and job."""
        return sync.page(stream, since, cursor)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note in Greenhouse that only the hiring team, or only admins, can see."""
        return write_back.write(finding, account.settings)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move an application to another stage, given by its id or name. The employer's transition rules can send mail,
        which the API cannot prevent.
        """
        return write_back.move(application_id, status)
