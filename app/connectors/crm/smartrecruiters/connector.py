"""SmartRecruiters: signed events that carry ids only; the records are fetched."""

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
from app.connectors.crm.smartrecruiters import records, sync, write_back
from app.connectors.crm.smartrecruiters.guide import GUIDE
from app.connectors.parsing import one_line, parse_instant, parse_json
from app.connectors.signature_checks import check, check_time, hmac_sha256, signed_time
from app.connectors.toolkit import base_url, credential

_SIGNED = ("event-id", "event-name", "event-version", "link")


class SmartRecruiters(Connector):
    """A candidate's assignment to a job is an application, named `<candidate>:<job>`: events carry both ids.

    Sources: signature with a worked example, and the messages API [V, copies of the vendor's generated clients];
    handshake [V, sr-webhooks-client]; statuses of jobs and candidates [V, copies of the vendor's generated clients];
    answers to invitations [V, developers.smartrecruiters.com, "Interviews"]; event names, the status and interview
    paths [T, clients that name the vendor's reference]. The fields of candidates, jobs and interviews are read as those
    clients read them [T]. The handshake is the only test that SmartRecruiters sends.
    """

    system = "smartrecruiters"
    title = "SmartRecruiters"
    guide = GUIDE
    signed_by = "their_secret"
    known_stages = {
        "@hired": "accepted",
        "@rejected": "rejected",
        "@withdrawn": "withdrawn",
        "@offer_made": "offer",
        "@transferred": "cancelled",
        **dict.fromkeys(("LEAD", "NEW", "IN_REVIEW"), "ignore"),
    }
    streams = sync.STREAMS

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Answer the request that activates a webhook with its own `X-Hook-Secret` header. Return None for other
        requests.

        The signature of this request is not checked, since the secret may not be stored here yet.
        """
        shaken = request.headers.get("x-hook-secret", "")
        if "event-id" in request.headers or not (shaken.isascii() and shaken.isprintable() and 0 < len(shaken) <= 200):
            return None
        return Handshake({"X-Hook-Secret": shaken}, signed=False)

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Raise RejectedRequest if no `v1` signature fits a secret, and StaleRequest if the signed time is too far from
        now.

        The time, the body and four headers are signed. SmartRecruiters sends a signature for each active key.
        """
        stamp = request.headers.get("smartrecruiters-timestamp", "")
        at = signed_time(stamp)
        signed_headers = [request.headers.get(header, "").encode("latin-1", "replace") for header in _SIGNED]
        signed = b".".join((stamp.encode(), request.body, *signed_headers))
        pairs = [
            part.strip().partition("=") for part in request.headers.get("smartrecruiters-signature", "").split(";")
        ]
        offered = [signature.lower() for scheme, _, signature in pairs if scheme == "v1"]
        check(offered, secrets, lambda secret: hmac_sha256(secret.encode(), signed).hex())
        check_time(at, request.at)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a webhook, keyed by its id. The event has the ids of the body and the link to the
        record.
        """
        headers = request.headers
        if (id := one_line(headers.get("event-id"))) is None:
            raise RejectedRequest("event-id is missing")
        payload = {"body": parse_json(request.body), "link": headers.get("link", "")[:2000]}
        stamp = headers.get("smartrecruiters-timestamp", "")
        seconds = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) <= 15 else 0
        return InboundEvent(
            id, one_line(headers.get("event-name"), 80) or "unknown", payload, parse_instant(seconds * 1000)
        )

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of the candidate, job or interview that an event names, as the API
        returns them.
        """
        return records.translate(event, self.address(account))

    def address(self, account: Account) -> str:
        """Return the URL of SmartRecruiters' customer API."""
        return base_url(account, "https://api.smartrecruiters.com")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the header that SmartRecruiters has for the API key."""
        return {"X-SmartToken": credential(account, "api_key")}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: a hundred candidates by the API's page id, or a hundred jobs by offset."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write an open note on the candidate's profile in SmartRecruiters. The note is shared with nobody by name, so
        no email is sent.
        """
        return write_back.write(finding)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the status of a candidate's assignment to a job. `status` is `STATUS` or `STATUS/sub-status`."""
        return write_back.move(application_id, status)
