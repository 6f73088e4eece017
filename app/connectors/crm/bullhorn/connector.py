"""Bullhorn: an agency's CRM whose event queue is polled and whose entities are fetched.

Sources: github.com/bullhorn/rest-api-docs (event subscription, entity reference, login); bullhorn.github.io.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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
from app.connectors.crm.bullhorn import records
from app.connectors.crm.bullhorn.auth import sign_in
from app.connectors.crm.bullhorn.guide import GUIDE
from app.connectors.crm.bullhorn.sync import STREAMS, changed, queued
from app.connectors.crm.bullhorn.write_back import move, write
from app.connectors.toolkit import base_url, session_value


class Bullhorn(Connector):
    """Bullhorn sends no webhooks: its event subscription is polled every minute, and the entities of its events are
    fetched.
    """

    system = "bullhorn"
    title = "Bullhorn"
    guide = GUIDE
    receives = False
    signed_by = "nobody"
    rate_limit_pause = timedelta(seconds=1)
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Raise RejectedRequest: Bullhorn sends no webhooks."""
        raise RejectedRequest("Bullhorn sends no webhooks")

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Raise RejectedRequest: Bullhorn sends no webhooks."""
        raise RejectedRequest("Bullhorn sends no webhooks")

    def translate(self, event: DatedEvent, account: Account) -> ApiExchange[Translation]:
        """Return the records of an entity as of now: an event names it and the changed fields, and never a value."""
        return records.translate(event, account)

    def address(self, account: Account) -> str:
        """Return the address of the session, which contains the corporation's token."""
        return base_url(account, "") or session_value(account, "address", "Bullhorn").rstrip("/")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the session's token."""
        return {"BhRestToken": session_value(account, "token", "Bullhorn")}

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """Return a REST session; a refresh token is replaced by the next one."""
        return (yield from sign_in(account))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return the next events of Bullhorn's queue, or one page of changed records."""
        if stream == "events":
            return (yield from queued(cursor, account, now))
        return (yield from changed(stream, since, cursor))

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note with the mark as its externalID, or a task with the mark in its description."""
        return (yield from write(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the status of a submission."""
        yield from move(application_id, status)
