"""Workable: signed webhooks with the candidate as of sending. Interviews and comments are polled."""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.connectors.contract import (
    Account,
    ApiExchange,
    Connector,
    DatedEvent,
    InboundEvent,
    InboundRequest,
    NotConnected,
    OutgoingNote,
    SyncPage,
    Translation,
)
from app.connectors.crm.workable import records, sync, write_back
from app.connectors.crm.workable.guide import GUIDE
from app.connectors.parsing import content_digest, one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check, hmac_sha256
from app.connectors.toolkit import bearer_auth, credential

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


class Workable(Connector):
    """A candidate of Workable belongs to one job: person and application have one id.

    Sources: events, signing by the account's token, subscriptions, the paths of comments and moves [V, Workable's
    reference]; the encoding of the signature, hex in every client and base64 in one [T], so either is accepted; the
    envelope, the bodies of comments and moves, the lists of events, activities, jobs and stages with their filters [T,
    NangoHQ/integration-templates, integrations/workable]; the actions of activities [V, "Candidate activities"]. Hired
    and disqualified arrive as `candidate_moved` [T]. There is no webhook for jobs, and no button that sends a test.
    """

    system = "workable"
    title = "Workable"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {"@hired": "accepted", "@rejected": "rejected", "@withdrawn": "withdrawn"}
    known_activities = {"email": {"channel": "email"}}
    streams = sync.STREAMS

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the signature: the HMAC-SHA256 of the body, in hex or in base64."""
        offered = request.headers.get("x-workable-signature", "")
        if _HEX.fullmatch(offered):
            check([offered.lower()], secrets, lambda secret: hmac_sha256(secret.encode(), request.body).hex())
        else:
            check(
                [offered],
                secrets,
                lambda key: base64.b64encode(hmac_sha256(key.encode(), request.body)).decode("ascii"),
            )

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a webhook, keyed by the hash of its body. No id of Workable is known to be the same for
        every retry.
        """
        body = parse_json(request.body)
        kind = one_line(value_at(body, "event_type"), 80) or one_line(value_at(body, "type"), 80) or "unknown"
        return InboundEvent(content_digest(request.body), kind, body, parse_instant(value_at(body, "fired_at")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of a Workable event. Fetch the candidate only if the event contains just
        an id.
        """
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the URL of Workable's API (SPI) for this account."""
        if base := account.settings.get("base_url"):
            return base.rstrip("/")
        subdomain = account.settings.get("subdomain", "").strip().lower()
        if not _SUBDOMAIN.fullmatch(subdomain):
            raise NotConnected("subdomain")
        return f"https://{subdomain}.workable.com/spi/v3"

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the Authorization header with the API token."""
        return bearer_auth(credential(account, "api_token"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page of Workable. The next page is fetched by the link that Workable returns."""
        return sync.page(stream, since, cursor, self.address(account), now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a comment on a Workable candidate, which the hiring team can read."""
        return write_back.write(finding, account)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Move a Workable candidate to the stage with this name or slug."""
        return write_back.move(application_id, status, account)
