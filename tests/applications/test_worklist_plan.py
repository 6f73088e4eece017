"""Query plans of the worklist: one index scan, and no statement for each line."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.applications.models import action
from app.kit import clock
from tests import databases
from tests.bench.baseline import Statement, recording
from tests.bench.fixture import Fixture, open_fixture
from tests.bench.test_history_plan import looked_at

EACH, PAGE = 400, 200
"""How many applications there are of each urgency, and the lines of one page."""
MAX_ROWS_READ = 4 * PAGE
"""The number of rows that PostgreSQL reads for one page: each line, in the scan, behind row security, at the limit."""


async def crowd(fixture: Fixture, recruiter: str) -> None:
    """Applications of four urgencies, whose actions have all opened. A quarter of them are this recruiter's."""
    for urgency in range(4):
        opened_at = clock.system_now() - timedelta(hours=1 + urgency)
        listed = {"due_at": opened_at, "opens_at": opened_at, "hidden_until": None, "urgency": urgency}
        first = 1 + urgency * EACH
        await fixture.copy(first, first + EACH // 4 - 1, action=listed | {"recruiter_id": recruiter})
        await fixture.copy(first + EACH // 4, first + EACH - 1, action=listed)
    await fixture.analyze()


async def statements_of(fixture: Fixture, query: str) -> list[Statement]:
    """Return the statements of one page, without the cached look-up of the caller's key."""
    with recording() as found:
        page = await fixture.call("GET", "/v1/worklist", query=query)
    assert page["items"]
    return [statement for statement in found if "FROM " in statement.text and "api_key" not in statement.text]


def explained(conn: sa.Connection, statement: Statement) -> Any:
    how = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN (ANALYZE, FORMAT JSON)"
    return conn.exec_driver_sql(f"{how} {statement.text}", statement.parameters).all()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize("mine", [False, True])
def test_a_page_is_an_index_scan_and_a_bounded_number_of_statements(database_kind: databases.Kind, mine: bool):
    server = "sqlite" if database_kind == "sqlite" else databases._server()
    index = "ix_action_recruiter_urgency" if mine else "ix_action_urgency"

    async def found() -> tuple[list[int], list[Any]]:
        plans = []
        async with open_fixture(server) as fixture:
            recruiter = (await fixture.call("POST", "/v1/recruiters", {"name": "Sam"}))["id"]
            await crowd(fixture, recruiter)
            whose = f"recruiter={recruiter}&" if mine else ""
            few, many = [await statements_of(fixture, f"{whose}limit={limit}") for limit in (1, PAGE)]
            cursor = ""
            for _ in range(3):
                (page_query,) = [
                    one
                    for one in await statements_of(fixture, f"{whose}limit={PAGE}{cursor}")
                    if action.c.urgency.name in one.text
                ]
                scope = fixture.database.of(fixture.caller.agency_id)
                plans.append(await scope.read(lambda conn, page_query=page_query: explained(conn, page_query)))
                page = await fixture.call("GET", "/v1/worklist", query=f"{whose}limit={PAGE}{cursor}")
                cursor = f"&cursor={page['next_cursor']}"
        return [len(few), len(many)], plans

    counts, plans = asyncio.run(found())
    assert counts[0] == counts[1] <= 2, "the number of statements does not grow with the page"
    for rows in plans:
        if database_kind == "sqlite":
            steps = [row[3] for row in rows]
            assert any(index in step for step in steps), steps
            scans = [step for step in steps if step.startswith("SCAN") and step != "SCAN page"]
            assert not scans, steps
            continue
        output = rows[0][0]
        plan = (json.loads(output) if isinstance(output, str) else output)[0]["Plan"]
        indexes = {node.get("Index Name") for node in nodes(plan)}
        assert index in indexes, plan
        (page,) = [node for node in nodes(plan) if node["Node Type"] == "Limit" and node["Plan Rows"] > 1]
        assert sum(looked_at(page)) <= MAX_ROWS_READ, plan
