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
        """Return the canonical records of a Bullhorn entity as it is now. An event names the changed fields, but not
        their values.
        """
        return records.translate(event, account)

    def address(self, account: Account) -> str:
        """Return the URL of the REST session, which contains the corporation's token."""
        return base_url(account, "") or session_value(account, "address", "Bullhorn").rstrip("/")

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the header with the token of the REST session."""
        return {"BhRestToken": session_value(account, "token", "Bullhorn")}

    def sign_in(self, account: Account, now: datetime) -> ApiExchange[Mapping[str, Any]]:
        """Sign in and return the REST session. A refresh token is good for one use and is replaced by the next."""
        return (yield from sign_in(account))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> ApiExchange[SyncPage]:
        """Return one sync page: the next events of Bullhorn's event queue, or a page of changed records."""
        if stream == "events":
            return (yield from queued(cursor, account, now))
        return (yield from changed(stream, since, cursor))

    def write(self, finding: OutgoingNote, account: Account) -> ApiExchange[str]:
        """Write a note or a task in Bullhorn. Our mark is stored as the note's externalID or in the task's
        description.
        """
        return (yield from write(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> ApiExchange[None]:
        """Set the status of a Bullhorn submission, which is an application here."""
        yield from move(application_id, status)
