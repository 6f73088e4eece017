"""Applying what arrived: one event, translated outside any transaction, kept in one, all of it or nothing."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.connection import Linked, find_linked
from app.connectors.connector import Event, Refused, Translation
from app.connectors.inbox.receive import tidied, unpacked_request
from app.connectors.inbox.replay import knows
from app.connectors.inbox.waits import replace_waits
from app.connectors.ingest.context import Outcome
from app.connectors.ingest.dispatch import keep
from app.connectors.ingest.sync_state import Known, Missing
from app.connectors.models import arrival, unmapped
from app.kit import due
from app.kit.db import add_many
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.sealing import Seal


class Held:
    """An arrival that this worker has claimed."""

    def __init__(self, row: sa.RowMapping, token: UUID) -> None:
        self.key: Key = (row["agency_id"], row["id"])
        self.token, self.attempts, self.connection_id = token, row["attempts"], row["connection_id"]
        self._row = row

    def waited_for(self, word: str) -> bool:
        """Whether it was already known to wait for this, before this look at it."""
        known: bool = self._row["waits_for"] == word
        return known

    def event(self, link: Linked, seal: Seal) -> Event:
        """What it tells. Raises Refused where it cannot be read (any more)."""
        return event_of(self._row, link, seal)


def event_of(row: sa.RowMapping, link: Linked, seal: Seal) -> Event:
    """What an arrival's row tells. Raises Refused where it cannot be read (any more)."""
    if row["sealed"] is None:
        raise Refused("its body was dropped: it is too old, or its candidate was erased")
    packed = seal.open(row["agency_id"], row["sealed"])
    if row["source"] == "webhook":
        told = tidied(link.connector.event(unpacked_request(packed, row["arrived_at"])))
    else:
        told = Event(row["key"], row["type"], json.loads(packed), row["occurred_at"])
    return dataclasses.replace(told, occurred_at=told.occurred_at or row["arrived_at"])


def find_held(conn: sa.Connection, token: UUID, keys: Sequence[Key]) -> list[Held]:
    """The claimed arrivals, the oldest first."""
    columns = arrival.c
    rows = conn.execute(
        sa.select(arrival)
        .where(columns.agency_id.in_({key[0] for key in keys}), columns.id.in_([key[1] for key in keys]))
        .where(columns.claim == token)
        .order_by(columns.arrived_at, columns.id)
    ).mappings()
    return [Held(row, token) for row in rows]


def apply(work: Work, link: Linked, held: Held, told: Translation) -> Sequence[Outcome]:
    """Keep what an event said. Raises Missing where it speaks of what is not known: then nothing of it is kept."""
    if not due.holds(work.conn, arrival, held.key, held.token):
        return ()
    outcomes = [*keep(work, link, told.records), *unknown_words(told)]
    kept = any(outcome.what in ("created", "known") for outcome in outcomes)
    # What is told of somebody who was erased comes back by no replay.
    erased = [outcome.reason for outcome in outcomes if outcome.what == "erased"]
    dropped = {"sealed": None} if erased else {}
    # Of an event that was applied in part, what a map has yet to learn is what somebody can do about the rest.
    left_out = [outcome.reason for outcome in outcomes if not kept or outcome.what in ("unmapped", "created", "known")]
    reasons = [*erased, told.ignored, *left_out, None if kept else "it says nothing"]
    unknown = _set_unmapped(work, held, outcomes)
    waits = list(dict.fromkeys(outcome.waits_for for outcome in outcomes if outcome.waits_for))
    waited = replace_waits(work.conn, held.key, held.connection_id, waits[1:])
    looks = [outcome.until for outcome in outcomes if outcome.until]
    if any(word not in waited and not held.waited_for(word) for word in waits):
        # What it waits for may be told of at this very moment, by somebody who cannot see yet that it is waited for.
        # From its commit on everybody sees that: one more look then misses nothing.
        looks.append(work.now)
    settle(
        work,
        held,
        "applied" if kept else "ignored",
        next((reason for reason in reasons if reason), None),
        outcome=[as_json(outcome) for outcome in outcomes],
        waits_for=waits[0] if waits else None,
        # What has yet to happen is applied again when it has; what was kept of the event by then is known.
        due_at=min(looks, default=None),
        **dropped,
    )
    if unknown and _learnt_meanwhile(work, link, unknown):
        due.revive(work.conn, arrival, work.now, [held.key], state="waiting")
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


def _learnt_meanwhile(work: Work, link: Linked, unknown: Sequence[tuple[str, str]]) -> bool:
    """Whether a map learnt a word while this was under way: it found no event to apply again, for this is the one."""
    now = find_linked(work.conn, work.seal, link.agency_id, link.id, lock=True)
    return now is not None and any(not knows(link, *word) and knows(now, *word) for word in unknown)


def wait_for(work: Work, link: Linked, held: Held, missing: Missing) -> None:
    """Let an event wait until somebody tells of the thing that it speaks of. What was told just now is seen here."""
    known = Known(work, link).of(missing.kind, missing.id)
    told = f"it speaks of {missing.kind} {missing.id}, which nobody has told of yet"
    if not known.is_told:
        settle(work, held, "waiting", told, waits_for=f"{missing.kind} {missing.id}")
    elif held.attempts < MOST_ATTEMPTS:
        due.put_off(work.conn, arrival, held.key, held.token, work.now, reason=told)
    else:  # it was told and is not to be found: somebody here took its reference away
        settle(work, held, "parked", f"it speaks of {missing.kind} {missing.id}, which is not here any more")


def settle(work: Work, held: Held, state: str, reason: str | None, **values: Any) -> bool:
    """Say what became of an event. False when the claim was lost meanwhile: then nothing is changed."""
    told = {"state": state, "reason": reason and reason[:500], "settled_at": work.now} | values
    return due.done(work.conn, arrival, held.key, held.token, **told)


def drop(work: Work, held: Held, reason: str) -> bool:
    """Let go of an event and of its body: nothing that it says may be kept."""
    replace_waits(work.conn, held.key, held.connection_id, ())
    return settle(work, held, "ignored", reason, sealed=None, waits_for=None, outcome=[])


def put_off(work: Work, held: Held, until: datetime, reason: str | None = None) -> None:
    """Let a claimed event wait; it is not its fault."""
    due.put_off(work.conn, arrival, held.key, held.token, until, tried=False, reason=reason)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as it is kept and shown."""
    shown = {name: value for name, value in dataclasses.asdict(outcome).items() if value is not None}
    for name in ("unmapped", "waits_for", "until"):
        shown.pop(name, None)
    return shown | ({"id": str(outcome.id)} if outcome.id else {})


def _set_unmapped(work: Work, held: Held, outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    agency_id, arrival_id = held.key
    mine = sa.and_(unmapped.c.agency_id == agency_id, unmapped.c.arrival_id == arrival_id)
    work.conn.execute(sa.delete(unmapped).where(mine))
    words = dict.fromkeys(outcome.unmapped for outcome in outcomes if outcome.unmapped is not None)
    row = {"agency_id": agency_id, "arrival_id": arrival_id, "connection_id": held.connection_id}
    add_many(work.conn, unmapped, [row | {"map": which, "value": value} for which, value in words])
    return list(words)
