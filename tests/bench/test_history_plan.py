"""Plans with which PostgreSQL finds the facts of many applications in a new database without statistics."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.applications.history_query import history_statement
from app.applications.models import application
from app.kit.dialects import requested_keys_parameters
from tests import databases
from tests.bench.fixture import Fixture, open_fixture

APPLICATIONS, ASSESSED = 250, 25
"""How many there are, and how often each was changed since the database was made."""
MAX_ROWS_READ = 300_000
"""Rows looked at: 34,000. Where candidates, jobs and applications are joined by their agency alone: 16 million."""


def looked_at(plan: dict[str, Any]) -> Iterator[float]:
    """The rows that each step of a plan came by."""
    rows = sum(plan.get(name, 0) for name in ("Actual Rows", "Rows Removed by Join Filter", "Rows Removed by Filter"))
    yield rows * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from looked_at(part)


def test_applications_are_found_before_what_hangs_on_them(database_kind: databases.Kind):
    if database_kind == "sqlite":
        pytest.skip("SQLite joins in the order of the statement")

    def explain(conn: sa.Connection, fixture: Fixture) -> Any:
        keys = [(fixture.caller.agency_id, fixture.copy_id(number)) for number in range(1, APPLICATIONS + 1)]
        query = history_statement("postgresql").compile(conn.engine)
        return conn.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", tuple(requested_keys_parameters("postgresql", keys).values())
        ).scalar_one()

    server = databases._server()

    async def found() -> dict[str, Any]:
        async with open_fixture(server) as fixture:
            await fixture.copy(1, APPLICATIONS)
            for _ in range(ASSESSED):
                await fixture.database.across_agencies().write(
                    lambda conn: conn.execute(sa.update(application).values(attempts=0)).rowcount
                )
            (explained,) = await fixture.database.across_agencies().read(lambda conn: explain(conn, fixture))
            plan: dict[str, Any] = explained["Plan"]
            return plan

    assert sum(looked_at(asyncio.run(found()))) <= MAX_ROWS_READ
