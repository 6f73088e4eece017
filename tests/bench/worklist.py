"""A page of the worklist, at the top and deep down, beside the same SELECTs by the bare driver."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.applications.models import action
from app.kit import clock
from tests.bench.baseline import baseline_of, recording
from tests.bench.fixture import Fixture
from tests.bench.timing import Load, drive, ratio, show, title

SLICES = 50
"""How many instants the actions fall due at; their ids order them within one."""
PATH = "/v1/worklist"


async def run(fixture: Fixture, runs: int, rows: int, few: int = 10_000, pages: int = 100) -> None:
    """Print the p50 of a page of 50 at both depths, among `rows` open actions and among the first `few` of them."""
    few = min(few, rows // 2)
    own = sa.select(sa.func.count()).where(action.c.agency_id == fixture.caller.agency_id)
    actions_each = await fixture.database.across_agencies().read(lambda conn: conn.scalar(own)) or 1
    copies = [max(SLICES, count // actions_each) for count in (few, rows)]
    await _add(fixture, 1, copies[0])
    before = [await drive([[partial(_page, fixture)] * pages]) for _ in range(runs + 1)][1:]
    await _add(fixture, copies[0] + 1, copies[1])
    depth, step, cursor = 0, min(200, rows // 4), ""
    while depth < rows // 2:
        page = await _page(fixture, cursor, step)
        depth, cursor = depth + step, page["next_cursor"]
    found = {
        name: await _side_by_side(fixture, runs, pages, partial(_page, fixture, at))
        for name, at in (("top", ""), (f"{depth:,} deep", cursor))
    }

    title(f"worklist: a page of 50 among {copies[1] * actions_each:,} open actions, one client")
    top = [load.ms(0.5) for load in found["top"][0]]
    for name, (ours, baselines) in found.items():
        show(f"{name}: p50 ms", [load.ms(0.5) for load in ours])
        show(f"{name}: p50 ms of the bare driver", [load.ms(0.5) for load in baselines])
        ratio(
            f"{name}: ratio of rates", [load.rate for load in ours], [load.rate for load in baselines], "≥ 0.3, ≥ 0.5"
        )
        show(f"{name}: CPU ms a request", [load.cpu_ms for load in ours])
    ratio("deep p50 of that at the top", [load.ms(0.5) for load in ours], top, "≤ 1.2")
    ratio(f"top p50 of that among {copies[0] * actions_each:,}", top, [load.ms(0.5) for load in before], "≤ 1.2")


async def _page(fixture: Fixture, cursor: str = "", limit: int = 50) -> Any:
    return await fixture.call("GET", PATH, query=f"limit={limit}" + (f"&cursor={cursor}" if cursor else ""))


async def _add(fixture: Fixture, first: int, last: int) -> None:
    size = -(-(last - first + 1) // SLICES)
    for place, start in enumerate(range(first, last + 1, size)):
        due_at = clock.system_now() - timedelta(hours=place)
        listed = {"due_at": due_at, "opens_at": due_at, "hidden_until": None}
        await fixture.copy(start, min(start + size - 1, last), facts=False, action=listed)
    await fixture.analyze()


async def _side_by_side(
    fixture: Fixture, runs: int, pages: int, page: Callable[[], Any]
) -> tuple[list[Load], list[Load]]:
    await page()
    with recording() as statements:  # within the second for which the key is remembered
        await page()
    baseline = baseline_of(fixture.url)
    await baseline.open()
    ours, baselines = [], []
    for _ in range(runs):
        ours.append(await drive([[page] * pages]))
        baselines.append(await drive([[partial(baseline.run, 0, statements, writing=False)] * pages]))
    await baseline.close()
    return ours, baselines
