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
    """The connector of JobAdder. Its webhooks carry the Authorization value that we chose. Little of their content is
    published, so records are fetched.
    """

    system = "jobadder"
    title = "JobAdder"
    guide = GUIDE
    known_stages = {"@placement_approved": "accepted"}
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Check that a webhook has the Authorization value that we chose, with or without the word Bearer before it."""
        offered = request.headers.get("authorization", "")
        check([offered.removeprefix("Bearer ")], secrets, lambda secret: secret)

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event, keyed by its eventId. An eventId of all zeros, as in the published example, is replaced by
        the event's name and body.
        """
        body = parse_json(request.body)
        name = one_line(value_at(body, "event"), 80)
        if name is None:
            raise RejectedRequest("the body names no event")
        id = id_text(value_at(body, "eventId")) or ""
        key = id if id.strip("0-") else f"{name}:{content_digest(request.body)}"
        return InboundEvent(key, name, body, parse_instant(value_at(body, "eventDate")))

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the canonical records of the JobAdder objects that an event concerns, as of now. The event of a sync
        contains the object.
        """
        return records.translate(event)

    def address(self, account: Account) -> str:
        """Return the URL of JobAdder's API: that of the settings, else the URL that came with the access token."""
        return auth.address(account)

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the Authorization header with the access token."""
        return auth.headers(account)

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """Exchange the refresh token for an access token and the next refresh token."""
        return auth.sign_in(account, now)

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page of changed or of deleted records, or check that our webhooks are enabled."""
        if stream == "webhooks":
            return (yield from watch_webhooks(account))
        return (yield from deleted(since, cursor) if stream == "deleted" else changed(stream, since, cursor))

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note or a task in JobAdder. Our mark is stored as the note's reference or in the task's title."""
        return (yield from write(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the status of a JobAdder application."""
        yield from move(application_id, status)
