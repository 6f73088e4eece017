"""Row-level security on PostgreSQL alone keeps agencies apart: the application's own filters are taken out."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.candidates.models import candidate
from app.kit.agency_guard import agency_column
from app.kit.db import Database
from app.tables import metadata
from tests import databases
from tests.contract.sample_agency import SampleAgency
from tests.contract.test_isolation import everything, in_the_body, in_the_path, in_the_query, told_apart

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)

_PARAMETER = re.compile(r"""\b(\w+\.agency_id|agency\.id) = (\$\d+)(::UUID)?""")
_KEYS = re.compile(
    r"\b(t\.agency_id = r\.key_agency_id|\w+\.agency_id = wanted\.agency_id|wanted\.agency_id = \w+\.agency_id)"
)


@pytest.fixture
def theirs(service, agency):
    """Another agency with equal-looking data."""
    return SampleAgency(service, ref="18")


@pytest.fixture
def stripped(service) -> Iterator[Counter[str]]:
    """Takes every comparison of an agency with a parameter out of the statements of single agencies; counts them."""
    engine = service.app.state.shared.database._backend._of_agency.sync_engine
    found: Counter[str] = Counter()

    def strip(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> tuple[str, Any]:
        # The parameter stays, since the driver counts them.
        statement, filters = _PARAMETER.subn(r"\2::uuid IS NOT NULL", statement)
        statement, keys = _KEYS.subn("true", statement)
        found.update(filters=filters, keys=keys)
        return statement, parameters

    sa.event.listen(engine, "before_cursor_execute", strip, retval=True)
    yield found
    sa.event.remove(engine, "before_cursor_execute", strip)


def test_no_foreign_id_is_found_without_the_applications_filters(
    agency: SampleAgency, theirs: SampleAgency, stripped: Counter[str]
):
    rows, seen, pairs = agency.rows(), everything(theirs), 0
    for where in (in_the_path, in_the_query, in_the_body):
        for foreign, never, what in where(agency, theirs):
            answers = agency.send(foreign, never)
            assert told_apart(answers[0]) == told_apart(answers[1]), what
            assert answers[0].status_code == 404, f"{what}: {answers[0].status_code} {answers[0].text}"
            pairs += 1
    assert everything(theirs) == seen
    assert agency.rows() == rows
    assert pairs > 150
    assert stripped["filters"] > 500
    assert stripped["keys"] > 50


def test_lists_hold_nothing_of_another_agency_without_the_filters(
    agency: SampleAgency, theirs: SampleAgency, stripped: Counter[str]
):
    for seer, other in ((agency, theirs), (theirs, agency)):
        for name, content in everything(seer).items():
            assert not [id for id in other.ids.values() if id in content.decode()], name
    assert stripped["filters"] > 100


def test_each_scope_sees_its_own_rows(agency: SampleAgency, theirs: SampleAgency):
    database = agency.service.app.state.shared.database
    everybody = sa.select(candidate.c.agency_id)
    mine, other = (UUID(one.ids["agency_id"]) for one in (agency, theirs))

    def seen_by(scope: Any) -> set[UUID]:
        return set(agency.service.run(scope.read, lambda conn: conn.scalars(everybody).all()))

    for _ in range(2):  # each connection serves one agency after the other
        assert seen_by(database.of(mine)) == {mine}
        assert seen_by(database.of(other)) == {other}
        assert seen_by(database.of(UUID(int=0))) == set()
        assert seen_by(database.across_agencies()) == {mine, other}


def test_a_read_that_was_cancelled_leaves_its_agency_to_no_other(own_database_url: str):
    """The driver has named the agency, or not yet, when the task is cancelled."""
    mine, other = uuid4(), uuid4()

    async def seen() -> set[str]:
        database, found = Database(own_database_url, pool=1), set[str]()
        named = sa.select(sa.func.current_setting("keepwarm.agency"))

        async def ask(agency_id: UUID) -> str:
            return str(await database.of(agency_id).read(lambda conn: conn.scalar(named)))

        for turns in range(40):
            assert await ask(mine) == str(mine)
            cancelled = asyncio.create_task(ask(other))
            for _ in range(turns):
                await asyncio.wait([cancelled], timeout=0)
            cancelled.cancel()
            await asyncio.wait([cancelled])
            found.add(await ask(mine))
        await database.close()
        return found

    assert asyncio.run(seen()) == {str(mine)}


def test_a_transaction_writes_nothing_of_another_agency(agency: SampleAgency, theirs: SampleAgency):
    mine, other = (UUID(one.ids["agency_id"]) for one in (agency, theirs))
    scope = agency.service.app.state.shared.database.of(mine)

    def rename(conn: sa.Connection) -> int:
        return conn.execute(sa.update(candidate).values(name="Mine")).rowcount

    def move(conn: sa.Connection) -> None:
        conn.execute(sa.update(candidate).values(agency_id=other))

    before = everything(theirs)
    assert agency.service.run(scope.write, rename) > 0
    with pytest.raises(DBAPIError, match="row-level security"):
        agency.service.run(scope.write, move)
    assert everything(theirs) == before


def test_every_table_of_agencies_is_protected_even_from_its_owner(own_database_url: str):
    owned = {table.name for table in metadata.sorted_tables if agency_column(table) is not None}
    owner = databases.for_the_owner(own_database_url)

    async def look() -> None:
        connection = await asyncpg.connect(owner)
        try:
            protected = await connection.fetch(
                "SELECT relname, (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) AS policies "
                "FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
            assert {row["relname"]: row["policies"] for row in protected} == dict.fromkeys(owned, 3), (
                "`keepwarm migrate` protects each table of agencies (app/kit/row_security.py)"
            )
            await connection.execute(_AGENCY)
            assert await connection.fetchval("SELECT count(*) FROM agency") == 0
            await connection.execute("SET keepwarm.all_agencies = on")
            assert await connection.fetchval("SELECT count(*) FROM agency") == 1
        finally:
            await connection.close()

    asyncio.run(look())


_AGENCY = """
    SET keepwarm.all_agencies = on;
    INSERT INTO agency (id, name, time_zone, holiday_region, policy, policy_version, created_at)
    VALUES (gen_random_uuid(), 'Bay', 'Europe/Paris', 'FR', '{}', 1, now());
    RESET keepwarm.all_agencies
"""
