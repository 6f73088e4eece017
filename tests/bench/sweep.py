"""The sweep: so many due among few and as many among many, and both with the rules left out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from unittest import mock

import sqlalchemy as sa

from app.applications import history_loader as assessing
from app.applications.models import application
from app.kit import clock
from app.kit.dialects import KEY, write_rows
from app.rules.assess import Assessment, assess
from app.rules.history import History
from app.rules.policy import Policy
from app.worker import sweep_once
from tests.bench.fixture import Fixture
from tests.bench.timing import Load, drive, ratio, show, title


async def run(fixture: Fixture, runs: int, due: int, few: int, many: int) -> None:
    """Print how many applications a second are swept, `due` of them among `few` and among `many`."""
    rates, there = [], 0
    for total in (few, many):
        await fixture.copy(there + 1, total, application={"due_at": clock.system_now() + timedelta(days=365)})
        await fixture.analyze()
        there = total
        rates.append(await _side_by_side(fixture, runs, range(total // due, total + 1, total // due)[:due]))

    title(f"sweep: {due:,} due, each with 20 interactions and 2 interviews")
    for total, (ours, baselines) in zip((few, many), rates, strict=True):
        show(f"among {total:,}: applications a second", [load.rate * due for load in ours])
        show(f"among {total:,}: CPU ms an application", [load.cpu_ms / due for load in ours])
        show(f"among {total:,}: a second without the rules", [load.rate * due for load in baselines])
        ratio(
            f"among {total:,}: ratio",
            [load.rate for load in ours],
            [load.rate for load in baselines],
            "good ≥ 0.4, ambitious ≥ 0.6",
        )
    seconds = [[load.seconds for load in ours] for ours, _ in rates]
    ratio(f"time among {many:,} of that among {few:,}", seconds[1], seconds[0], "≤ 1.1")


async def _side_by_side(fixture: Fixture, runs: int, numbers: Sequence[int]) -> tuple[list[Load], list[Load]]:
    known: dict[str, Assessment] = {}

    def remember(history: History, policy: Policy, now: datetime) -> Assessment:
        found = known[history.interactions[0].id] = assess(history, policy, now)
        return found

    def recall(history: History, policy: Policy, now: datetime) -> Assessment:
        return known[history.interactions[0].id]

    async def sweep() -> None:
        left = len(numbers)
        while left > 0:
            left -= await sweep_once(fixture.database, fixture.settings, clock.system_now)

    async def one(rules: object) -> Load:
        await fixture.database.across_agencies().write(lambda conn: _set_due(conn, fixture, numbers))
        with mock.patch.object(assessing, "assess", rules):
            return await drive([[sweep]])

    await one(remember)
    pairs = [(await one(assess), await one(recall)) for _ in range(runs)]
    return [ours for ours, _ in pairs], [baseline for _, baseline in pairs]


def _set_due(conn: sa.Connection, fixture: Fixture, numbers: Sequence[int]) -> None:
    agency_id, now = fixture.caller.agency_id, clock.system_now()
    rows = [{"due_at": now, KEY[0]: agency_id, KEY[1]: fixture.copy_id(number)} for number in numbers]
    write_rows(conn, [("update", application, rows)])
