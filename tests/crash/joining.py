"""Joining the ledgers of clients, database and receiver: acknowledged writes, their rows, and their deliveries."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import reassessment
from app.applications.history_loader import Key, load
from app.applications.models import application, flag, interaction, interview, transition
from app.candidates.models import candidate
from app.kit.clock import Clock, system_now
from app.kit.db import Database
from app.kit.idempotency import idempotency_key
from app.rules.assess import assess
from app.rules.stages import ENDED
from app.webhooks.envelope import body_bytes
from app.webhooks.models import attempt, event, feed, webhook_delivery
from tests.crash.receiver import Receipt
from tests.crash.writing import Ledger

MARKS = {
    "candidate": candidate.c.external_id,
    "application": application.c.external_id,
    "interview": interview.c.external_id,
    "interaction": interaction.c.summary,
    "transition": transition.c.reason,
}
"""Where each thing carries the Idempotency-Key of the request that made it."""
SOON = timedelta(seconds=30)
"""A margin: nothing may come due between the quiet and the comparison of every application."""


class Findings:
    """The numbers to show, and what must not be."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.violations: list[str] = []

    def count(self, name: str, number: object) -> None:
        """A number to show."""
        self.numbers[name] = f"{number:,}" if isinstance(number, int) else str(number)

    def spread(self, name: str, seconds: Sequence[float]) -> None:
        """The middle and the greatest of some times to show."""
        ordered = sorted(seconds)
        if ordered:
            self.count(f"{name} (median and most, s)", f"{ordered[len(ordered) // 2]:.3f} {ordered[-1]:.2f}")

    def none(self, name: str, found: Iterable[object]) -> None:
        """Report violations; the first few are shown."""
        listed = list(found)
        self.count(name, len(listed))
        if listed:
            self.violations.append(f"{name}: {len(listed)}, such as {listed[:3]}")


async def quiet(database: Database) -> int:
    """Count the open work: deliveries, events without a position, applications, reassessment requests."""

    def step(conn: sa.Connection) -> int:
        waiting = (
            (webhook_delivery, webhook_delivery.c.due_at.is_not(None)),
            (event, event.c.position.is_(None)),
            (reassessment, sa.true()),
            (application, application.c.due_at <= system_now() + SOON),
        )
        return sum(
            conn.scalar(sa.select(sa.func.count()).select_from(table).where(where)) or 0 for table, where in waiting
        )

    return await database.across_agencies().read(step)


async def rows(database: Database, *columns: Any) -> Sequence[sa.Row[Any]]:
    """Return these columns of every row."""
    return await database.across_agencies().read(lambda conn: conn.execute(sa.select(*columns)).all())


async def join_writes(database: Database, ledger: Ledger, findings: Findings) -> None:
    """Every acknowledged write has its effect once, under the id that was answered; a refused one has none."""
    there: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, mark in MARKS.items():
        for row in await rows(database, mark.table.c.id, mark.label("key")):
            if row.key is not None:
                there[row.key].append((table, str(row.id)))
    stored = Counter(row.key for row in await rows(database, idempotency_key.c.key))
    acknowledged = ledger.acknowledged
    findings.count("acknowledged writes", len(acknowledged))
    findings.count("refused writes", len(ledger.refused))
    findings.count("requests without an answer", ledger.unanswered)
    findings.count("acknowledged and asked again", ledger.asked_again)
    findings.none("lost", (key for key in acknowledged if not there[key]))
    findings.none("effects twice", (key for key, made in there.items() if len(made) > 1))
    findings.none("effects under another id", (key for key, one in acknowledged.items() if there[key] != [tuple(one)]))
    findings.none("effects of nothing", (key for key, made in there.items() if made and key not in acknowledged))
    findings.none("answers not kept once", (key for key in acknowledged if stored[key] != 1))


async def join_events(
    database: Database, ledgers: Mapping[UUID, Mapping[str, list[Receipt]]], wanted: Mapping[UUID, str | None],
    findings: Findings,
) -> None:  # fmt: skip
    """Every event has its delivery to everybody who wants it, made and received with its id and body, and counts on."""
    events = {
        row["id"]: row
        for row in await database.across_agencies().read(lambda c: c.execute(sa.select(event)).mappings().all())
    }
    there = Counter(
        (row.endpoint_id, row.event_id)
        for row in await rows(database, webhook_delivery.c.endpoint_id, webhook_delivery.c.event_id)
    )
    due = {(id, row["id"]) for id, type in wanted.items() for row in events.values() if type in (None, row["type"])}
    findings.count("events", len(events))
    for type, number in sorted(Counter(row["type"] for row in events.values()).items()):
        findings.count(f"  {type}", number)
    findings.count("deliveries", there.total())
    findings.none("events without delivery", due - there.keys())
    findings.none("deliveries without event, or twice", (pair for pair in there if pair not in due or there[pair] > 1))
    states = await rows(database, webhook_delivery.c.id, webhook_delivery.c.state)
    findings.none("deliveries not done", (str(row.id) for row in states if row.state != "delivered"))
    well = {
        row.delivery_id for row in await rows(database, attempt.c.delivery_id, attempt.c.status) if row.status == 204
    }
    findings.none("deliveries done without an attempt", (str(row.id) for row in states if row.id not in well))
    taken = {(id, event_id) for id, ledger in ledgers.items() for event_id, came in ledger.items() if _accepted(came)}
    findings.none("never accepted", (pair for pair in due if (pair[0], str(pair[1])) not in taken))
    bodies = {str(id): hashlib.sha256(body_bytes(row)).digest() for id, row in events.items()}
    receipts = [(id, one) for ledger in ledgers.values() for id, came in ledger.items() for one in came]
    findings.count("received", len(receipts))
    findings.none("received without event, or altered", (id for id, one in receipts if bodies.get(id) != one.digest))
    counted: defaultdict[UUID, list[int]] = defaultdict(list)
    for row in events.values():
        counted[row["application_id"]].append(row["sequence"])
    ends = await rows(database, application.c.id, application.c.event_sequence)
    gaps = (str(row.id) for row in ends if sorted(counted[row.id]) != list(range(1, row.event_sequence + 1)))
    findings.none("applications whose events do not count on", gaps)
    last = max((row.last_position for row in await rows(database, feed.c.last_position)), default=0)
    positions = sorted(row["position"] for row in events.values())
    findings.none("positions of the feed that are not one after the other", set(range(1, last + 1)) ^ set(positions))


def _accepted(came: Iterable[Receipt]) -> bool:
    return any(one.accepted for one in came)


async def compare(database: Database, clock: Clock, findings: Findings) -> None:
    """Compare the stored assessment of every application with the rules' own answer."""
    keys = [(row.agency_id, row.id) for row in await rows(database, application.c.agency_id, application.c.id)]
    findings.count("applications", len(keys))
    differing: list[str] = []
    for start in range(0, len(keys), 500):
        some = keys[start : start + 500]
        differing += await database.across_agencies().read(lambda conn: _differing(conn, some, clock()))  # noqa: B023  it runs before the next turn
    findings.none("applications whose rows differ from a fresh assessment", differing)


def _differing(conn: sa.Connection, keys: Sequence[Key], now: datetime) -> list[str]:
    ids = [id for _, id in keys]
    stored = {
        row["id"]: row for row in conn.execute(sa.select(application).where(application.c.id.in_(ids))).mappings()
    }
    active: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    columns = (flag.c.application_id, flag.c.kind, flag.c.severity)
    for id, kind, severity in conn.execute(
        sa.select(*columns).where(flag.c.application_id.in_(ids), flag.c.cleared_at.is_(None))
    ):
        active[id][kind] = severity
    differing = []
    for (_, id), loaded in load(conn, keys).items():
        found = assess(loaded.history, loaded.policy, now)
        fresh = (
            found.stage, found.effective_stage, found.stage_since, found.stage not in ENDED, found.court.party,
            found.court.since, {str(one.kind): str(one.severity) for one in found.flags},
        )  # fmt: skip
        row = stored[id]
        names = ("stage", "effective_stage", "stage_since", "in_progress", "court", "court_since")
        kept = (*(row[name] for name in names), active[id])
        if kept != fresh:
            differing.append(f"{id}: {kept} but {fresh}")
    return differing
