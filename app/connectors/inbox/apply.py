"""Applying what arrived: one event, translated outside any transaction, kept in one, all of it or nothing."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import LoadedConnection, load_connection
from app.connectors.connector import DatedEvent, RejectedRequest, Translation
from app.connectors.inbox.receive import sanitised, unpack_request
from app.connectors.inbox.replay import is_mapped
from app.connectors.inbox.waits import replace_waits
from app.connectors.ingest.context import Outcome
from app.connectors.ingest.dispatch import ingest
from app.connectors.ingest.sync_state import MissingEntity, SyncStates
from app.connectors.models import inbound_event, unmapped
from app.kit import due
from app.kit.db import add_many
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.sealing import Seal


class ClaimedEvent:
    """An arrival that this worker has claimed."""

    def __init__(self, row: sa.RowMapping, token: UUID) -> None:
        self.key: Key = (row["agency_id"], row["id"])
        self.token, self.attempts, self.connection_id = token, row["attempts"], row["connection_id"]
        self._row = row

    def waited_for(self, word: str) -> bool:
        """Whether it was already known to wait for this, before this look at it."""
        known: bool = self._row["waits_for"] == word
        return known

    def event(self, loaded: LoadedConnection, seal: Seal) -> DatedEvent:
        """Return the event. Raise RejectedRequest if its body cannot be read any more."""
        return read_event(self._row, loaded, seal)


def read_event(row: sa.RowMapping, loaded: LoadedConnection, seal: Seal) -> DatedEvent:
    """Return the event of a row of the inbox. Raise RejectedRequest if its body cannot be read any more."""
    if row["sealed"] is None:
        raise RejectedRequest("its body was dropped: it is too old, or its candidate was erased")
    packed = seal.open(row["agency_id"], row["sealed"])
    if row["source"] == "webhook":
        received = sanitised(loaded.connector.parse_event(unpack_request(packed, row["arrived_at"])))
        return received.dated(row["arrived_at"])
    return DatedEvent(row["key"], row["type"], json.loads(packed), row["occurred_at"] or row["arrived_at"])


def load_claimed(conn: sa.Connection, token: UUID, keys: Sequence[Key]) -> list[ClaimedEvent]:
    """The claimed arrivals, the oldest first."""
    columns = inbound_event.c
    rows = conn.execute(
        sa.select(inbound_event)
        .where(columns.agency_id.in_({key[0] for key in keys}), columns.id.in_([key[1] for key in keys]))
        .where(columns.claim == token)
        .order_by(columns.arrived_at, columns.id)
    ).mappings()
    return [ClaimedEvent(row, token) for row in rows]


def apply(work: Work, loaded: LoadedConnection, claimed: ClaimedEvent, told: Translation) -> Sequence[Outcome]:
    """Keep what an event said. Raises Missing where it speaks of what is not known: then nothing of it is kept."""
    if not due.holds(work.conn, inbound_event, claimed.key, claimed.token):
        return ()
    outcomes = [*ingest(work, loaded, told.records), *unknown_words(told)]
    kept = any(outcome.what in ("created", "known") for outcome in outcomes)
    # What is told of somebody who was erased comes back by no replay.
    erased = [outcome.reason for outcome in outcomes if outcome.what == "erased"]
    dropped = {"sealed": None} if erased else {}
    # Of an event that was applied in part, what a map has yet to learn is what somebody can do about the rest.
    left_out = [outcome.reason for outcome in outcomes if not kept or outcome.what in ("unmapped", "created", "known")]
    reasons = [*erased, told.ignored, *left_out, None if kept else "it says nothing"]
    unknown = _set_unmapped(work, claimed, outcomes)
    waits = list(dict.fromkeys(outcome.waits_for for outcome in outcomes if outcome.waits_for))
    waited = replace_waits(work.conn, claimed.key, claimed.connection_id, waits[1:])
    looks = [outcome.until for outcome in outcomes if outcome.until]
    if any(word not in waited and not claimed.waited_for(word) for word in waits):
        # What it waits for may be told of at this very moment, by somebody who cannot see yet that it is waited for.
        # From its commit on everybody sees that: one more look then misses nothing.
        looks.append(work.now)
    complete(
        work,
        claimed,
        "applied" if kept else "ignored",
        next((reason for reason in reasons if reason), None),
        outcome=[as_json(outcome) for outcome in outcomes],
        waits_for=waits[0] if waits else None,
        # What has yet to happen is applied again when it has; what was kept of the event by then is known.
        due_at=min(looks, default=None),
        **dropped,
    )
    if unknown and _mapped_meanwhile(work, loaded, unknown):
        due.revive(work.conn, inbound_event, work.now, [claimed.key], state="waiting")
    return outcomes


def unknown_words(translation: Translation) -> list[Outcome]:
    """Return an outcome for each word of the vendor that the connector does not know and has replaced by a default."""
    return [
        Outcome(
            "word",
            word[:200],
            "unmapped",
            reason=f"Keepwarm does not know the {word}; a default stands for it",
            unmapped=("word", word[:200]),
        )
        for word in dict.fromkeys(translation.unknown)
    ]


def _mapped_meanwhile(work: Work, loaded: LoadedConnection, unknown: Sequence[tuple[str, str]]) -> bool:
    """Whether a map learnt a word while this was under way: it found no event to apply again, for this is the one."""
    now = load_connection(work.conn, work.seal, loaded.agency_id, loaded.id, lock=True)
    return now is not None and any(not is_mapped(loaded, *word) and is_mapped(now, *word) for word in unknown)


def wait_for(work: Work, loaded: LoadedConnection, claimed: ClaimedEvent, missing: MissingEntity) -> None:
    """Let an event wait until somebody tells of the thing that it speaks of. What was told just now is seen here."""
    state = SyncStates(work, loaded).lock(missing.kind, missing.id)
    told = f"it speaks of {missing.kind} {missing.id}, which nobody has told of yet"
    if not state.is_known:
        complete(work, claimed, "waiting", told, waits_for=f"{missing.kind} {missing.id}")
    elif claimed.attempts < MOST_ATTEMPTS:
        due.put_off(work.conn, inbound_event, claimed.key, claimed.token, work.now, reason=told)
    else:  # it was told and is not to be found: somebody here took its reference away
        complete(work, claimed, "parked", f"it speaks of {missing.kind} {missing.id}, which is not here any more")


def complete(work: Work, claimed: ClaimedEvent, state: str, reason: str | None, **values: Any) -> bool:
    """Say what became of an event. False when the claim was lost meanwhile: then nothing is changed."""
    told = {"state": state, "reason": reason and reason[:500], "settled_at": work.now} | values
    return due.done(work.conn, inbound_event, claimed.key, claimed.token, **told)


def discard(work: Work, claimed: ClaimedEvent, reason: str) -> bool:
    """Let go of an event and of its body: nothing that it says may be kept."""
    replace_waits(work.conn, claimed.key, claimed.connection_id, ())
    return complete(work, claimed, "ignored", reason, sealed=None, waits_for=None, outcome=[])


def postpone(work: Work, claimed: ClaimedEvent, until: datetime, reason: str | None = None) -> None:
    """Let a claimed event wait; it is not its fault."""
    due.put_off(work.conn, inbound_event, claimed.key, claimed.token, until, tried=False, reason=reason)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as it is kept and shown."""
    shown = {name: value for name, value in dataclasses.asdict(outcome).items() if value is not None}
    for name in ("unmapped", "waits_for", "until"):
        shown.pop(name, None)
    return shown | ({"id": str(outcome.id)} if outcome.id else {})


def _set_unmapped(work: Work, claimed: ClaimedEvent, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    agency_id, arrival_id = claimed.key
    mine = sa.and_(unmapped.c.agency_id == agency_id, unmapped.c.arrival_id == arrival_id)
    work.conn.execute(sa.delete(unmapped).where(mine))
    words = dict.fromkeys(outcome.unmapped for outcome in outcomes if outcome.unmapped is not None)
    row = {"agency_id": agency_id, "arrival_id": arrival_id, "connection_id": claimed.connection_id}
    add_many(work.conn, unmapped, [row | {"map": which, "value": value} for which, value in words])
    return list(words)
