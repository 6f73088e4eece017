"""Lever: an employer's own ATS whose webhooks sign a token and a time, but not what they tell."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
    Stream,
    SyncPage,
    Translation,
)
from app.connectors.crm.lever import records, sync, write_back
from app.connectors.crm.lever.guide import GUIDE
from app.connectors.parsing import at, document, instant, line, mapping
from app.connectors.signing import check_hex, check_time
from app.connectors.toolkit import base_url, basic_auth, body_or_none, credential

OLDEST = timedelta(days=15)
"""How long ago an event may have been triggered. Lever signs when it happened, not when it is sent: it tries five times
with growing waits that it does not publish, and lets an admin send again whatever stands in its two weeks of history.
Five minutes would refuse all of these. What the time cannot stop, telling the same twice, is stopped by the token."""
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class Lever(Connector):
    """Opportunities are applications, contacts are candidates, postings are jobs, interview panels are interviews.

    A delivery carries hex HMAC-SHA256(signature token, token + triggeredAt) in its body, which leaves `data` and even
    `id` open to whoever caught one delivery. So every event is asked for anew by its id, nothing of `data` is believed,
    and the key against telling twice is the signed `token`, not the unsigned `id`.
    Source [V]: Lever's developer documentation, "Webhooks", "Opportunities", "Interviews", "Notes", "Archive reasons".
    The fields of `data` of most events are not published in full [U]: more than one name is tried. The fields of panels
    are read as in a recorded answer [T, NangoHQ/integration-templates, integrations/lever].
    """

    system = "lever"
    title = "Lever"
    guide = GUIDE
    signed_by = "their_secret"
    # "Opportunities exit your pipeline by being archived for one of two reasons: rejected, or hired" [V].
    # An agency maps archive reasons of its own by their names, which come as the label.
    known_stages = {
        "@hired": "accepted",
        "@archived": "rejected",
        "@withdrawn": "withdrawn",
        "@offer_declined": "offer_declined",
        "@position_closed": "cancelled",
    }
    # Lever has no webhook for postings: that one was closed is read from their list.
    streams = (
        Stream("postings", every=timedelta(minutes=15)),
        Stream("opportunities"),
        Stream("panels", every=timedelta(minutes=15)),
        Stream("notes", every=timedelta(minutes=15)),
        Stream("offers", every=timedelta(minutes=15)),
    )

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """The settings page's test, whose `data` is empty [V]. Nothing is told by it, so that it is answered unsigned:
        it can be pressed before the token was pasted here, and its signature is no hexadecimal."""
        body = body_or_none(request)
        test = at(body, "data") == {} and isinstance(at(body, "event"), str)
        return Handshake(signed=False) if test else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """The signature over token and time; the time within two weeks behind and five minutes ahead of ours."""
        body = document(request.body)
        token, stamp, signature = at(body, "token"), at(body, "triggeredAt"), at(body, "signature")
        if not (isinstance(token, str) and token.isascii() and 16 <= len(token) <= 200):
            raise RejectedRequest("the token is missing or malformed")
        signed_at = instant(stamp) if isinstance(stamp, int) else None
        if signed_at is None:
            raise RejectedRequest("the time is missing or malformed")
        if not (isinstance(signature, str) and _HEX.fullmatch(signature)):
            raise RejectedRequest("the signature is missing or malformed")
        check_hex(signature, secrets, f"{token}{stamp}".encode())
        check_time(signed_at, request.at, behind=OLDEST)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """The event under its signed token."""
        body = document(request.body)
        token = line(at(body, "token"))
        if token is None:
            raise RejectedRequest("the token is missing")
        kind = line(at(body, "event"), 80) or "unknown"
        return InboundEvent(token, kind, dict(mapping(body)), instant(at(body, "triggeredAt")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """What Lever's API says of the thing that the event names."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """The Data API."""
        return base_url(account, "https://api.lever.co/v1")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Basic, the key as the user and no password."""
        return basic_auth(credential(account, "api_key"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """One page of what changed since, a hundred of it or the panels or notes of ten opportunities."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """A note on the opportunity; its followers are not notified."""
        return write_back.write(finding, account)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """To another stage. Archiving and hiring stay in Lever."""
        return write_back.move(application_id, status, account)
