"""Recruit CRM: an agency's CRM that signs nothing. The URL of each webhook carries the event's name and a secret."""

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
    OutgoingNote,
    RejectedRequest,
    SyncPage,
    Translation,
)
from app.connectors.crm.recruitcrm import records, sync, write_back
from app.connectors.crm.recruitcrm.guide import GUIDE
from app.connectors.parsing import content_digest, mapping, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check
from app.connectors.toolkit import base_url, bearer_auth, credential

_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+){1,4}")


class RecruitCrm(Connector):
    """Webhooks are bare records without a name, a time or an id of the delivery; ids are slugs.

    An application has no id of its own: its id here is `<candidate slug>:<job slug>`. Source: docs.recruitcrm.io, API
    reference; that bodies are bare records is known from operators, not from the vendor.
    """

    system = "recruitcrm"
    title = "Recruit CRM"
    guide = GUIDE
    # A placement is created when the offer is accepted. It has no first day, so it is no start.
    known_stages = {"@hired": "accepted"}
    known_activities = {
        "call: CALL_OUTGOING": {"channel": "phone"},
        "call: CALL_INCOMING": {"channel": "phone"},
        "email: sent": {"channel": "email"},
    }
    streams = sync.STREAMS
    writes_tasks = True

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the secret in the webhook's URL: Recruit CRM sends no signature."""
        check([request.query.get("secret", "")], secrets, lambda secret: secret)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a webhook, keyed by the hash of its name and body. The body of a deletion does not say
        when it happened.
        """
        body = parse_json(request.body)
        name = request.query.get("event") or value_at(body, "event")
        name = name.casefold() if isinstance(name, str) else ""
        if len(name) > 80 or not _EVENT.fullmatch(name):
            raise RejectedRequest("the address names no event")
        record = mapping(body)
        if "event" in record and isinstance(record.get("data"), Mapping):
            record = record["data"]
        if not record:
            raise RejectedRequest("the body is not a record")
        changed_at = None
        if not name.endswith((".deleted", ".unassigned")):
            changed_at = parse_instant(record.get("updated_on")) or parse_instant(record.get("created_on"))
        return InboundEvent(content_digest(name.encode(), request.body), name, record, changed_at)

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of a Recruit CRM event, after the records that they refer to."""
        return records.translate(event, account.settings)

    def address(self, account: Account) -> str:
        """Return the URL of Recruit CRM's API, which is the same for every agency."""
        return base_url(account, "https://api.recruitcrm.io")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the Authorization header with the API token."""
        return bearer_auth(credential(account, "token"))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page of a list or a search, or the candidates of one job."""
        return sync.page(stream, since, cursor, now)

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note or a task on a candidate in Recruit CRM."""
        return write_back.write(finding, account.settings)

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the hiring stage of a candidate on a job, by the stage's id or label."""
        return write_back.move(application_id, status, account.settings)
