"""Application of one inbound event: its records are imported in one transaction, all of them or none.

The event is translated before, outside any transaction.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.contract import DatedEvent, RejectedRequest, Translation
from app.connectors.inbox.receive import sanitised, unpack_request
from app.connectors.inbox.replay import is_mapped
from app.connectors.inbox.wait_keys import replace_waits
from app.connectors.ingest.dispatch import ingest
from app.connectors.ingest.import_context import Outcome
from app.connectors.ingest.sync_state import MissingEntity, SyncStates
from app.connectors.loaded_connection import LoadedConnection, load_connection
from app.connectors.models import inbound_event, unmapped
from app.kit import due_rows
from app.kit.db import insert_rows
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS, Key
from app.kit.sealing import Seal


class ClaimedEvent:
    """A stored event of the CRM that this worker has claimed."""

    def __init__(self, row: sa.RowMapping, token: UUID) -> None:
        self.key: Key = (row["agency_id"], row["id"])
        self.token, self.attempts, self.connection_id = token, row["attempts"], row["connection_id"]
        self._row = row

    def waited_for(self, word: str) -> bool:
        """Return True if the event already waited for this wait key, such as `application 4711`, before
        this attempt.
        """
        known: bool = self._row["waits_for"] == word
        return known

    def event(self, loaded: LoadedConnection, seal: Seal) -> DatedEvent:
        """Decode the stored event. Raise RejectedRequest if its body was dropped or cannot be parsed."""
        return read_event(self._row, loaded, seal)


def read_event(row: sa.RowMapping, loaded: LoadedConnection, seal: Seal) -> DatedEvent:
    """Decode the event of an inbox row. Raise RejectedRequest if its body was dropped or cannot be parsed."""
    if row["sealed"] is None:
        raise RejectedRequest("its body was dropped: it is too old, or its candidate was erased")
    packed = seal.open(row["agency_id"], row["sealed"])
    if row["source"] == "webhook":
        received = sanitised(loaded.connector.parse_event(unpack_request(packed, row["arrived_at"])))
        return received.dated(row["arrived_at"])
    return DatedEvent(row["key"], row["type"], json.loads(packed), row["occurred_at"] or row["arrived_at"])


def load_claimed(conn: sa.Connection, token: UUID, keys: Sequence[Key]) -> list[ClaimedEvent]:
    """Load those of the given events that this claim token still holds, the oldest first."""
    columns = inbound_event.c
    rows = conn.execute(
        sa.select(inbound_event)
        .where(columns.agency_id.in_({key[0] for key in keys}), columns.id.in_([key[1] for key in keys]))
        .where(columns.claim == token)
        .order_by(columns.arrived_at, columns.id)
    ).mappings()
    return [ClaimedEvent(row, token) for row in rows]


def apply(
    work: UnitOfWork, loaded: LoadedConnection, claimed: ClaimedEvent, translation: Translation
) -> Sequence[Outcome]:
    """Import the records of a translated event, complete the event, and return the result for each record.

    Return nothing if the claim was lost. Raise MissingEntity for a reference to an unknown record: then nothing is
    imported.
    """
    if not due_rows.holds_claim(work.conn, inbound_event, claimed.key, claimed.token):
        return ()
    outcomes = [*ingest(work, loaded, translation.records), *unknown_words(translation)]
    kept = any(outcome.type in ("created", "known") for outcome in outcomes)
    # No replay brings back records about an erased candidate.
    erased = [outcome.reason for outcome in outcomes if outcome.type == "erased"]
    dropped = {"sealed": None} if erased else {}
    # Of an event that was applied in part, an unmapped label is the reason that the admin can act on.
    left_out = [outcome.reason for outcome in outcomes if not kept or outcome.type in ("unmapped", "created", "known")]
    reasons = [*erased, translation.ignored, *left_out, None if kept else "it has no records"]
    unknown = _set_unmapped(work, claimed, outcomes)
    waits = list(dict.fromkeys(outcome.waits_for for outcome in outcomes if outcome.waits_for))
    waited = replace_waits(work.conn, claimed.key, claimed.connection_id, waits[1:])
    looks = [outcome.until for outcome in outcomes if outcome.until]
    if any(word not in waited and not claimed.waited_for(word) for word in waits):
        # Race: the entity may be committed at this moment, before our wait key is visible to the other transaction. One
        # more attempt after our commit finds it.
        looks.append(work.now)
    complete(
        work,
        claimed,
        "applied" if kept else "ignored",
        next((reason for reason in reasons if reason), None),
        outcome=[as_json(outcome) for outcome in outcomes],
        waits_for=waits[0] if waits else None,
        # A record in the future is applied again when its time has come; what is already imported stays known.
        due_at=min(looks, default=None),
        **dropped,
    )
    if unknown and _mapped_meanwhile(work, loaded, unknown):
        due_rows.revive(work.conn, inbound_event, work.now, [claimed.key], state="waiting")
    return outcomes


def unknown_words(translation: Translation) -> list[Outcome]:
    """Return an `unmapped` outcome for each vendor's word that the connector does not have and replaced
    by a default.
    """
    return [
        Outcome(
            "word",
            word[:200],
            "unmapped",
            reason=f"the {word} is unknown; a default is used",
            unmapped=("word", word[:200]),
        )
        for word in dict.fromkeys(translation.unknown)
    ]


def _mapped_meanwhile(work: UnitOfWork, loaded: LoadedConnection, unknown: Sequence[tuple[str, str]]) -> bool:
    """Return True if a connection's map gained one of these missing labels during this attempt.

    The replay after the change of the map could not find this event yet.
    """
    now = load_connection(work.conn, work.seal, loaded.agency_id, loaded.id, lock=True)
    return now is not None and any(not is_mapped(loaded, *word) and is_mapped(now, *word) for word in unknown)


def wait_for(work: UnitOfWork, loaded: LoadedConnection, claimed: ClaimedEvent, missing: MissingEntity) -> None:
    """Store that an event waits for a record which the CRM has not sent yet.

    If the record arrived meanwhile, retry at once. Park the event if its attempts are used up.
    """
    state = SyncStates(work, loaded).lock(missing.kind, missing.id)
    reason = f"it refers to {missing.kind} {missing.id}, which is not known yet"
    if not state.is_known:
        complete(work, claimed, "waiting", reason, waits_for=f"{missing.kind} {missing.id}")
    elif claimed.attempts < MAX_CLAIM_ATTEMPTS:
        due_rows.postpone(work.conn, inbound_event, claimed.key, claimed.token, work.now, reason=reason)
    else:  # it was received, and its external reference was removed here
        complete(work, claimed, "parked", f"it refers to {missing.kind} {missing.id}, which is no longer here")


def complete(work: UnitOfWork, claimed: ClaimedEvent, state: str, reason: str | None, **values: Any) -> bool:
    """Complete a claimed event with a state and a reason. Return False and change nothing if the claim was lost."""
    columns = {"state": state, "reason": reason and reason[:500], "settled_at": work.now} | values
    return due_rows.complete(work.conn, inbound_event, claimed.key, claimed.token, **columns)


def discard(work: UnitOfWork, claimed: ClaimedEvent, reason: str) -> bool:
    """Complete an event as `ignored` and delete its body, because nothing of it may be stored.

    Return False if the claim was lost.
    """
    replace_waits(work.conn, claimed.key, claimed.connection_id, ())
    return complete(work, claimed, "ignored", reason, sealed=None, waits_for=None, outcome=[])


def postpone(work: UnitOfWork, claimed: ClaimedEvent, until: datetime, reason: str | None = None) -> None:
    """Make a claimed event due at `until` and release its claim, without counting an attempt."""
    due_rows.postpone(work.conn, inbound_event, claimed.key, claimed.token, until, tried=False, reason=reason)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Convert the result for one record to the JSON object that is stored and returned by the API."""
    shown = {"kind": outcome.kind, "external_id": outcome.external_id, "what": outcome.type}
    if outcome.id is not None:
        shown["id"] = str(outcome.id)
    if outcome.reason is not None:
        shown["reason"] = outcome.reason
    return shown


def _set_unmapped(work: UnitOfWork, claimed: ClaimedEvent, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    agency_id, inbound_event_id = claimed.key
    mine = sa.and_(unmapped.c.agency_id == agency_id, unmapped.c.inbound_event_id == inbound_event_id)
    work.conn.execute(sa.delete(unmapped).where(mine))
    words = dict.fromkeys(outcome.unmapped for outcome in outcomes if outcome.unmapped is not None)
    row = {"agency_id": agency_id, "inbound_event_id": inbound_event_id, "connection_id": claimed.connection_id}
    insert_rows(work.conn, unmapped, [row | {"map": which, "value": value} for which, value in words])
    return list(words)
