"""Recruitee: signed webhooks with candidate, job and the stages of a move. Interviews are polled."""

import json
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
    NotConnected,
    OutgoingNote,
    SyncPage,
    Translation,
)
from app.connectors.crm.recruitee import records, sync, write_back
from app.connectors.crm.recruitee.applications import moment
from app.connectors.crm.recruitee.guide import GUIDE
from app.connectors.parsing import content_digest, one_line, parse_json, value_at
from app.connectors.signature_checks import check_hex
from app.connectors.toolkit import base_url, bearer_auth, body_or_none, credential
from app.connectors.url_paths import safe_segment


class Recruitee(Connector):
    """A candidate's placement in an offer is an application, named `<candidate>:<offer>`: events carry both ids.

    Sources: set-up, test requests, retries [V, docs.recruitee.com/docs/webhooks]; signature, `details` of a move, and
    notes [T, clients in public]; the fields of placements and jobs [T, recorded answers]; the paths of interviews and
    of a change of stage, the pages of jobs [T, tools that name Recruitee's paths]; the rest of the envelope [U], read
    leniently. Notes can be read one candidate at a time only and are not synced.
    """

    system = "recruitee"
    title = "Recruitee"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {"@hired": "accepted", "@rejected": "rejected"}
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer the requests of Recruitee's buttons Test and Test payload. The latter sends an example event beside
        `test` [V].

        Both are answered without a valid signature, because they are used before the secret is stored here. Nothing of
        these requests is stored.
        """
        body = body_or_none(request)
        return Handshake(signed=False) if value_at(body, "test") is True else None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the signature: the HMAC-SHA256 of the body, in hex."""
        check_hex(request.headers.get("x-recruitee-signature", ""), secrets, request.body)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a webhook, keyed by the hash of its content. The count of attempts is left out, as it
        differs for every retry.
        """
        body = parse_json(request.body)
        said = dict(body, attempt_count=None) if isinstance(body, dict) else body
        kind, sub = (
            one_line(value_at(body, "event_type"), 40) or "unknown",
            one_line(value_at(body, "event_subtype"), 39),
        )
        key = content_digest(json.dumps(said, sort_keys=True).encode())
        return InboundEvent(key, f"{kind}/{sub}" if sub else kind, body, moment(value_at(body, "created_at")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of a Recruitee event. For a polled interview, fetch its candidate."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the URL of Recruitee's API for this company."""
        company = safe_segment(account.settings.get("company_id"))
        if company is None:
            raise NotConnected("company_id")
        return f"{base_url(account, 'https://api.recruitee.com')}/c/{company}"

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the Authorization header with the API token."""
        return bearer_auth(credential(account, "api_token"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: a hundred candidates by offset, or a hundred offers or interviews by page number."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note on a Recruitee candidate. The hiring team can read the note, and nobody is mentioned in it."""
        return write_back.write(finding)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move a placement to another stage. A move is refused for a disqualified candidate, whom it would
        requalify.
        """
        return write_back.move(application_id, status)
