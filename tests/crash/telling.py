"""Joining facts and events: each fact in the database has its event, exactly once.

In a storm nobody handles a flag and no fact is voided, so that every fact has exactly the events counted here.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.applications.models import flag, interaction, transition
from app.kit.db import Database
from app.webhooks.models import event
from tests.crash.joining import Findings, rows

BROKEN = {
    "follow_up_overdue": "follow_up.missed",
    "timeline_overdue": "timeline.overdue",
    "commitment_overdue": "commitment.overdue",
}
"""The flags that have an event of their own beside `flag.raised`."""
MOVED, LOGGED = "application.stage_changed", "follow_up.logged"


async def join_facts(database: Database, findings: Findings) -> None:
    """Every move, every flag's beginning, steps and end, and every follow-up has its event."""
    emitted: Counter[tuple[str, Hashable]] = Counter()
    for row in await rows(database, event.c.type, event.c.application_id, event.c.data):
        emitted[row.type, _fact_of(row)] += 1
    facts = await _moves(database) + await _flags(database) + await _follow_ups(database)
    findings.count("facts to tell of", facts.total())
    findings.none("facts without their event", (facts - emitted).elements())
    # Some moves follow from what was not recorded as a move: a follow-up, an interview that ended.
    followed = {key for key in emitted if key[0] == MOVED} - facts.keys()
    known = {type for type, _ in facts} | {"flag.raised", "flag.changed", "flag.cleared", LOGGED, *BROKEN.values()}
    beyond = (emitted - facts).items()
    unfounded = (key for key, _ in beyond if key[0] in known and key not in followed)
    findings.none("doubled events, or events without their fact", unfounded)


def _fact_of(row: sa.Row[Any]) -> Hashable:
    """Return the key of an event's fact."""
    data: Mapping[str, Any] = row.data
    match row.type:
        case "application.stage_changed":
            return str(row.application_id), data["to"], datetime.fromisoformat(data["at"])
        case "follow_up.logged":
            return str(data["interaction_id"])
    return str(data.get("flag_id"))


async def _moves(database: Database) -> Counter[tuple[str, Hashable]]:
    columns = transition.c
    found = await rows(database, columns.application_id, columns.to, columns.at)
    return Counter((MOVED, (str(row.application_id), row.to, row.at)) for row in found)


async def _flags(database: Database) -> Counter[tuple[str, Hashable]]:
    facts: Counter[tuple[str, Hashable]] = Counter()
    for row in await rows(database, flag.c.id, flag.c.kind, flag.c.steps, flag.c.cleared_at):
        id = str(row.id)
        facts["flag.raised", id] += 1
        facts["flag.changed", id] += len(row.steps) - 1
        facts["flag.cleared", id] += row.cleared_at is not None
        if row.kind in BROKEN:
            facts[BROKEN[row.kind], id] += 1
    return +facts


async def _follow_ups(database: Database) -> Counter[tuple[str, Hashable]]:
    found = await rows(database, interaction.c.id, interaction.c.purpose)
    return Counter((LOGGED, str(row.id)) for row in found if row.purpose == "interview_follow_up")
