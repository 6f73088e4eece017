"""Lever: an employer's ATS whose webhooks sign a token and a time, and not the data."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
    Stream,
    SyncPage,
    Translation,
)
from app.connectors.crm.lever import records, sync, write_back
from app.connectors.crm.lever.guide import GUIDE
from app.connectors.parsing import mapping, one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check_hex, check_time
from app.connectors.toolkit import base_url, basic_auth, body_or_none, credential

OLDEST = timedelta(days=15)
"""The largest age of an event, by its signed time, with which the event is accepted.

Lever signs the time of the event, not of its sending. Lever retries five times with growing delays, and an admin can
resend two weeks of history. A limit of five minutes would reject all of these. The token of an event prevents that the
event is applied twice.
"""
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class Lever(Connector):
    """Opportunities are applications, contacts are candidates, postings are jobs, interview panels are interviews.

    A delivery carries hex HMAC-SHA256(signature token, token + triggeredAt) in its body, so `data` and even `id` could
    be forged with one captured delivery. Every event is therefore fetched by its id, `data` is not trusted, and the
    idempotency key is the signed `token`.

    Source [V]: Lever's developer documentation, "Webhooks", "Opportunities", "Interviews", "Notes", "Archive reasons".
    The fields of `data` of most events are not published in full [U]: more than one name is tried. The fields of panels
    are read as in a recorded answer [T, NangoHQ/integration-templates, integrations/lever].
    """

    system = "lever"
    title = "Lever"
    guide = GUIDE
    signed_by = "their_secret"
    # "Opportunities exit your pipeline by being archived for one of two reasons: rejected, or hired" [V]. An agency
    # maps its own archive reasons by their names, which are the label.
    known_stages = {
        "@hired": "accepted",
        "@archived": "rejected",
        "@withdrawn": "withdrawn",
        "@offer_declined": "offer_declined",
        "@position_closed": "cancelled",
    }
    # Lever has no webhook of postings: closed ones are found in their list.
    streams = (
        Stream("postings", every=timedelta(minutes=15)),
        Stream("opportunities"),
        Stream("panels", every=timedelta(minutes=15)),
        Stream("notes", every=timedelta(minutes=15)),
        Stream("offers", every=timedelta(minutes=15)),
    )

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer the test that Lever's settings page sends, whose `data` is empty [V].

        The test is accepted without a valid signature. An admin can send it before the token is stored here, and its
        signature is no hexadecimal. Nothing of the test is stored.
        """
        body = body_or_none(request)
        test = value_at(body, "data") == {} and isinstance(value_at(body, "event"), str)
        return Handshake(signed=False) if test else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check Lever's signature over token and time. The time must be at most 15 days old and at most five minutes
        ahead.
        """
        body = parse_json(request.body)
        token, stamp, signature = value_at(body, "token"), value_at(body, "triggeredAt"), value_at(body, "signature")
        if not (isinstance(token, str) and token.isascii() and 16 <= len(token) <= 200):
            raise RejectedRequest("the token is missing or malformed")
        signed_at = parse_instant(stamp) if isinstance(stamp, int) else None
        if signed_at is None:
            raise RejectedRequest("the time is missing or malformed")
        if not (isinstance(signature, str) and _HEX.fullmatch(signature)):
            raise RejectedRequest("the signature is missing or malformed")
        check_hex(signature, secrets, f"{token}{stamp}".encode())
        check_time(signed_at, request.at, behind=OLDEST)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a Lever webhook, keyed by its signed token."""
        body = parse_json(request.body)
        token = one_line(value_at(body, "token"))
        if token is None:
            raise RejectedRequest("the token is missing")
        kind = one_line(value_at(body, "event"), 80) or "unknown"
        return InboundEvent(token, kind, dict(mapping(body)), parse_instant(value_at(body, "triggeredAt")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of the objects that a Lever event names, as Lever's API returns them."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the URL of Lever's Data API."""
        return base_url(account, "https://api.lever.co/v1")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the header of basic authentication, with the API key as the user name and no password."""
        return basic_auth(credential(account, "api_key"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: a hundred changed records, or the panels or notes of ten opportunities."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note on the Lever opportunity. Its followers are not notified."""
        return write_back.write(finding, account)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move an opportunity to another stage. Archiving and hiring are refused: they can only be done in Lever
        itself.
        """
        return write_back.move(application_id, status, account)
