"""JobAdder: an agency's CRM whose webhooks carry ids at most, so that documents are fetched and polled.

Sources: the OpenAPI document of api.jobadder.com/v2 (a copy: github.com/Intiqo/jobadder-go-sdk); JobAdder's help
article 360022511513 on webhooks.
"""

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
from app.connectors.crm.jobadder import auth, records
from app.connectors.crm.jobadder.guide import GUIDE
from app.connectors.crm.jobadder.sync import STREAMS, changed, deleted, watch_webhooks
from app.connectors.crm.jobadder.write_back import move, write
from app.connectors.parsing import content_digest, id_text, one_line, parse_instant, parse_json, value_at
from app.connectors.signature_checks import check


class JobAdder(Connector):
    """Its webhooks carry the Authorization value that we chose. Little of their content is published, so they are
    hints.
    """

    system = "jobadder"
    title = "JobAdder"
    guide = GUIDE
    known_stages = {"@placement_approved": "accepted"}
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check the Authorization value that we chose, with or without the word Bearer before it."""
        offered = request.headers.get("authorization", "")
        check([offered.removeprefix("Bearer ")], secrets, lambda secret: secret)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event, keyed by its eventId. The published one is all zeros: such an event is keyed by name and
        body.
        """
        body = parse_json(request.body)
        name = one_line(value_at(body, "event"), 80)
        if name is None:
            raise RejectedRequest("the body names no event")
        id = id_text(value_at(body, "eventId")) or ""
        key = id if id.strip("0-") else f"{name}:{content_digest(request.body)}"
        return InboundEvent(key, name, body, parse_instant(value_at(body, "eventDate")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the records of an event's documents as of now, or of a fetched document."""
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the address that was given with the token."""
        return auth.address(account)

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the access token as bearer."""
        return auth.headers(account)

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """Exchange the refresh token for an access token and the next refresh token."""
        return auth.sign_in(account, now)

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return a page of records that changed or were deleted, or check the webhooks."""
        if stream == "webhooks":
            return (yield from watch_webhooks(account))
        return (yield from deleted(since, cursor) if stream == "deleted" else changed(stream, since, cursor))

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note with the mark as its reference, or a task with the mark in its title."""
        return (yield from write(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the status of an application."""
        yield from move(application_id, status)
