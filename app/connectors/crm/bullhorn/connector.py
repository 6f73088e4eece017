"""Bullhorn: a queue of events that is polled, entities that are fetched, and notes and tasks that are written back.

Sources: github.com/bullhorn/rest-api-docs (event subscription, entity reference, login); bullhorn.github.io.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.connectors.connector import (
    Account,
    Arrived,
    Asking,
    Connector,
    Event,
    Finding,
    NotConnected,
    Page,
    Refused,
    Translation,
)
from app.connectors.crm.bullhorn import records
from app.connectors.crm.bullhorn.auth import signed_in
from app.connectors.crm.bullhorn.guide import GUIDE
from app.connectors.crm.bullhorn.sync import STREAMS, changed, queued
from app.connectors.crm.bullhorn.write_back import moved, written


class Bullhorn(Connector):
    """Sends no webhooks: its event subscription is polled every minute, and what each event names is fetched."""

    system = "bullhorn"
    title = "Bullhorn"
    guide = GUIDE
    receives = False
    signed_by = "nobody"
    breather = timedelta(seconds=1)
    streams = STREAMS
    writes_tasks = True

    def verify(self, request: Arrived, secrets: Sequence[str]) -> None:
        """Refuses everything: Bullhorn calls nobody."""
        raise Refused("Bullhorn sends no webhooks")

    def event(self, request: Arrived) -> Event:
        """Refuses everything: Bullhorn calls nobody."""
        raise Refused("Bullhorn sends no webhooks")

    def translate(self, event: Event, account: Account) -> Asking[Translation]:
        """What an entity says now: the event names it and the fields that changed, and never a value."""
        return records.translate(event, account)

    def address(self, account: Account) -> str:
        """The address that the sign-in named, the corporation's token in it."""
        told = account.settings.get("base_url") or account.session.get("address")
        if not isinstance(told, str) or not told:
            raise NotConnected("Bullhorn has given no session.")
        return told.rstrip("/")

    def headers(self, account: Account) -> Mapping[str, str]:
        """The session's token."""
        token = account.session.get("token")
        if not isinstance(token, str) or not token:
            raise NotConnected("Bullhorn has given no session.")
        return {"BhRestToken": token}

    def sign_in(self, account: Account, now: datetime) -> Asking[Mapping[str, Any]]:
        """A REST session; a refresh token is replaced by the next one."""
        return (yield from signed_in(account))

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> Asking[Page]:
        """One read of the event queue, or one page of what changed."""
        if stream == "events":
            return (yield from queued(cursor, account, now))
        return (yield from changed(stream, since, cursor))

    def write(self, finding: Finding, account: Account) -> Asking[str]:
        """A note with the mark as its externalID, or a task with the mark in its description."""
        return (yield from written(finding, account))

    def move(self, application_id: str, status: str, account: Account) -> Asking[None]:
        """Set the status of a submission."""
        yield from moved(application_id, status)
