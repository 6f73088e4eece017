"""A statement that may reach another agency's rows does not compile; what the guard takes and refuses."""

import ast
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.access.models import agency
from app.applications.models import application, flag, interaction
from app.candidates.models import candidate
from app.jobs.models import job
from app.kit.agency_guard import UnboundAgencyError, across_agencies, bound_by_hand
from app.kit.db import Database
from app.kit.dialects import requested_keys_cte
from tests.guarding import guarded as check
from tests.test_house import modules

MINE = UUID(int=7)
a, c, f, i = application.c, candidate.c, flag.c, interaction.c
other = application.alias("other")


def same(*tables: sa.FromClause) -> sa.ColumnElement[bool]:
    """The agencies of the tables are equal, each to the first's."""
    return sa.and_(*(table.c.agency_id == tables[0].c.agency_id for table in tables[1:]))


def mine(table: sa.FromClause = application) -> sa.ColumnElement[bool]:
    """The rows of one agency."""
    return table.c.agency_id == MINE


_counted = sa.select(sa.func.count()).select_from(interaction)
_deeper = sa.exists().where(same(application, interaction)).correlate(application)
_own = sa.select(application).where(mine()).cte("own")
_any = sa.select(application).limit(5).subquery("any")
_page = sa.select(application).where(mine()).limit(5).subquery("page")

BOUND: dict[str, sa.ClauseElement] = {
    "by a parameter": sa.select(application).where(mine()),
    "by a set of parameters": sa.select(application).where(a.agency_id.in_([MINE])),
    "by a pair of keys": sa.select(application).where(sa.tuple_(a.agency_id, a.id).in_([(MINE, MINE)])),
    "by a parameter that is cast": sa.select(application).where(a.agency_id == sa.cast(str(MINE), a.agency_id.type)),
    "the agency itself": sa.select(agency).where(agency.c.id == MINE),
    "by a join": sa.select(application).join(candidate, same(application, candidate)).where(mine()),
    "by a join of three": sa.select(application)
    .join(candidate, same(application, candidate))
    .join(job, same(candidate, job))
    .where(mine(job)),
    "by an outer join": sa.select(application).outerjoin(flag, same(application, flag)).where(mine()),
    "by a filter on two tables": sa.select(application, candidate).where(same(application, candidate), mine()),
    "an alias": sa.select(application).join(other, same(application, other)).where(mine()),
    "a CTE": sa.select(_own).join(flag, f.agency_id == _own.c.agency_id),
    "an alias of a CTE": sa.select(flag).where(f.agency_id == _own.alias("too").c.agency_id),
    "a subquery": sa.select(_page).join(candidate, c.agency_id == _page.c.agency_id),
    "keys handed over": sa.select(application).where(a.agency_id == requested_keys_cte("sqlite").c.agency_id),
    "EXISTS": sa.select(application).where(mine(), sa.exists().where(same(application, flag))),
    "NOT EXISTS": sa.select(application).where(mine(), ~sa.exists().where(same(application, flag))),
    "EXISTS within EXISTS": sa.select(application).where(mine(), sa.exists().where(same(application, flag), _deeper)),
    "a scalar": sa.select(a.id, _counted.where(same(application, interaction)).scalar_subquery()).where(mine()),
    "IN a subquery": sa.select(candidate).where(c.agency_id.in_(sa.select(a.agency_id).where(mine()))),
    "a union": sa.union_all(sa.select(a.id).where(mine()), sa.select(c.id).where(mine(candidate))),
    "INSERT": sa.insert(flag).values(agency_id=MINE, id=MINE),
    "INSERT of rows": sa.insert(flag),
    "INSERT from SELECT": sa.insert(flag).from_select(["agency_id", "id"], sa.select(a.agency_id, a.id).where(mine())),
    "INSERT of a parameter from SELECT": sa.insert(flag).from_select(
        ["agency_id", "id"], sa.select(sa.literal(MINE), a.id).where(mine())
    ),
    "UPDATE": sa.update(application).where(mine()).values(stage="offer"),
    "UPDATE from another": sa.update(application).where(mine(), same(application, flag)).values(stage=f.kind),
    "DELETE": sa.delete(application).where(mine()),
    "DELETE using another": sa.delete(application).where(same(application, flag), mine(flag)),
    "across agencies": sa.select(application).options(across_agencies("a test")),
    "across agencies, joined": sa.select(application)
    .join(candidate, same(application, candidate))
    .options(across_agencies("a test")),
    "marked text": sa.text("SELECT 1").options(bound_by_hand("a test")),
    "harmless text": sa.select(application).where(mine(), sa.text("due_at IS NOT NULL")),
    "no table at all": sa.select(sa.func.now()),
}

UNBOUND: dict[str, sa.ClauseElement] = {
    "no filter": sa.select(application),
    "another filter": sa.select(application).where(a.id == MINE),
    "of NULL": sa.select(application).where(a.agency_id == sa.null()),
    "of all but one": sa.select(application).where(a.agency_id != MINE),
    "of itself": sa.select(application).where(a.agency_id == a.agency_id),
    "in an OR": sa.select(application).where(sa.or_(mine(), a.stage == "offer")),
    "in a NOT": sa.select(application).where(sa.not_(mine())),
    "an agency": sa.select(agency),
    "a join by id": sa.select(application).join(candidate, c.id == a.candidate_id).where(mine()),
    "a join of three with a hole": sa.select(application)
    .join(candidate, same(application, candidate))
    .join(job, job.c.id == a.job_id)
    .where(mine()),
    "a join that nothing binds": sa.select(application).join(candidate, same(application, candidate)),
    "an outer join that binds its left": sa.select(application).outerjoin(
        flag, sa.and_(same(application, flag), mine())
    ),
    "two tables beside each other": sa.select(application, candidate).where(mine()),
    "an alias": sa.select(application).join(other, other.c.candidate_id == a.candidate_id).where(mine()),
    "a CTE": sa.select(sa.select(application).cte("all")),
    "beside a CTE": sa.select(_own).join(flag, f.application_id == _own.c.id),
    "a full join": sa.select(application).join(flag, same(application, flag), full=True).where(mine()),
    "an alias of a subquery": sa.select(sa.alias(_any)),
    "a subquery with its filter outside": sa.select(_any).where(mine(_any)),
    "EXISTS": sa.select(application).where(mine(), sa.exists().where(f.application_id == a.id)),
    "EXISTS of the same table": sa.select(application).where(mine(), sa.exists(sa.select(other.c.id))),
    # SQLAlchemy correlates with the nearest SELECT alone: the inner one reads the applications of every agency.
    "EXISTS within EXISTS": sa.select(application).where(
        mine(), sa.exists().where(same(application, flag), sa.exists().where(same(application, interaction)))
    ),
    "outside of EXISTS": sa.select(application).where(sa.exists().where(same(application, flag), mine(flag))),
    "a scalar": sa.select(a.id, _counted.scalar_subquery()).where(mine()),
    "a scalar in ORDER BY": sa.select(a.id).where(mine()).order_by(_counted.scalar_subquery()),
    "a scalar in CASE": sa.select(a.id, sa.case((_counted.scalar_subquery() > 1, 1))).where(mine()),
    "IN a subquery of anybody's": sa.select(candidate).where(mine(candidate), c.id.in_(sa.select(a.candidate_id))),
    "one side of a union": sa.union_all(sa.select(a.id).where(mine()), sa.select(c.id)),
    "INSERT from SELECT": sa.insert(flag).from_select(["agency_id", "id"], sa.select(a.agency_id, a.id)),
    "INSERT of another's agency": sa.insert(flag).from_select(
        ["agency_id", "id"], sa.select(agency.c.id, a.id).where(mine())
    ),
    "INSERT of a scalar": sa.insert(flag).values(agency_id=sa.select(agency.c.id).limit(1).scalar_subquery(), id=MINE),
    "UPDATE": sa.update(application).values(stage="offer"),
    "UPDATE by id": sa.update(application).where(a.id == MINE).values(stage="offer"),
    "UPDATE from another": sa.update(application).where(mine(), f.application_id == a.id).values(stage=f.kind),
    "UPDATE to a scalar": sa.update(application).where(mine()).values(stage=sa.select(f.kind).scalar_subquery()),
    "UPDATE of whose it is": sa.update(application).where(mine()).values(agency_id=MINE),
    "DELETE": sa.delete(application),
    "DELETE using another": sa.delete(application).where(mine(), f.application_id == a.id),
    "across agencies, joined by id": sa.select(application)
    .join(candidate, c.id == a.candidate_id)
    .options(across_agencies("a test")),
    "across agencies, another beside it": sa.select(application)
    .where(sa.exists().where(f.application_id == a.id))
    .options(across_agencies("a test")),
    "text": sa.text("SELECT 1"),
    "text for a condition": sa.select(application).where(mine(), sa.text("1 = 1 OR stage = 'offer'")),
    "text for a column": sa.select(sa.literal_column("(SELECT name FROM candidate)")).where(mine()),
    "text for a table": sa.text("SELECT id FROM candidate").columns(sa.column("id")),
}


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
@pytest.mark.parametrize("name", BOUND)
def test_a_statement_that_binds_every_table_compiles(name: str, dialect: sa.Dialect):
    check(BOUND[name])
    if (name, dialect.name) != ("DELETE using another", "sqlite"):  # which it does not have
        BOUND[name].compile(dialect=dialect)


@pytest.mark.parametrize("name", UNBOUND)
def test_a_statement_that_leaves_a_table_unbound_does_not_compile(name: str):
    with pytest.raises(UnboundAgencyError):
        check(UNBOUND[name])


def test_the_refusal_names_the_table():
    with pytest.raises(UnboundAgencyError, match=r"^candidate is not bound to an agency\. "):
        check(UNBOUND["a join by id"])


def test_a_mark_needs_a_reason():
    with pytest.raises(ValueError, match="reason"):
        across_agencies(" ")


@pytest.fixture
def database(own_database_url: str) -> Database:
    """A database as the service opens it, for this test alone: it has compiled nothing yet."""
    return Database(own_database_url, pool=1)


async def execute(database: Database, statement: Any, *, writing: bool = False) -> None:
    """Execute a statement as a step of the service would."""
    await (database.across_agencies().write if writing else database.across_agencies().read)(
        lambda conn: conn.execute(statement).close()
    )


@pytest.mark.anyio
async def test_the_guard_stands_at_both_databases(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.kit.agency_guard.check", check)  # those of the tests are let past it otherwise
    try:
        for statement in (UNBOUND["no filter"], UNBOUND["UPDATE"], UNBOUND["DELETE"], UNBOUND["text"]):
            for writing in (True, False):
                with pytest.raises(UnboundAgencyError):
                    await execute(database, statement, writing=writing)
        await execute(database, BOUND["by a join"])
    finally:
        await database.close()


@pytest.mark.anyio
async def test_a_marked_statement_in_the_cache_lets_no_unmarked_one_pass(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.kit.agency_guard.check", check)
    try:
        await execute(database, BOUND["across agencies"])
        with pytest.raises(UnboundAgencyError):
            await execute(database, UNBOUND["no filter"])
    finally:
        await database.close()


MARKED = {
    ("across_agencies", "app/access/queries.py", "the operator lists every agency"),
    ("across_agencies", "app/connectors/worker_loop.py", "a worker parks what failed too often"),
    ("across_agencies", "app/connectors/worker_loop.py", "a worker serves the connections of every agency"),
    ("across_agencies", "app/kit/resealing.py", "a key opens the values of every agency"),
    ("across_agencies", "app/kit/resealing.py", "the values of every agency are sealed again"),
    ("across_agencies", "app/applications/sweep.py", "new rules reach the applications of every agency"),
    ("across_agencies", "app/applications/sweep.py", "the lag of the sweep is that of the process"),
    ("across_agencies", "app/applications/sweep.py", "the sweep takes the oldest request of any agency"),
    ("across_agencies", "app/connectors/inbox/retention.py", "requests to every agency are kept as long"),
    ("across_agencies", "app/connectors/sync/schedule.py", "a new stream reaches the connections of every agency"),
    ("across_agencies", "app/demo/loader.py", "the demo is for an empty database"),
    ("across_agencies", "app/kit/due_rows.py", "a worker claims what is due of any agency"),
    ("across_agencies", "app/kit/due_rows.py", "a worker gives up what failed too often of any agency"),
    ("across_agencies", "app/kit/due_rows.py", "a worker parks what failed too often of any agency"),
    ("across_agencies", "app/kit/idempotency.py", "answers to every agency are kept as long"),
    ("across_agencies", "app/webhooks/feed/sequencing.py", "one worker gives positions to the events of every agency"),
    ("across_agencies", "app/webhooks/retention.py", "every agency has the same retention of events"),
    ("across_agencies", "app/webhooks/reconcile.py", "reconciliation reads the events of every agency"),
    ("across_agencies", "app/webhooks/sending/claim.py", "a sender serves the endpoints of every agency"),
    ("across_agencies", "app/webhooks/sending/recovery.py", "a skewed clock affects every agency"),
    ("across_agencies", "app/webhooks/sending/recovery.py", "a worker fails lost attempts of every agency"),
    ("bound_by_hand", "app/kit/row_security.py", "it reads no rows of agencies"),
    ("bound_by_hand", "app/kit/dialects.py", "its rows are parameters: the keys of a caller"),
    ("bound_by_hand", "app/kit/dialects.py", "rows are inserted with their agency or found by it"),
}
"""Every statement of the application that the guard lets pass, and why. Think twice before you add one."""


def marks() -> Iterator[tuple[str, str, str]]:
    """Each mark in the code: its kind, its module and its reason."""
    for path, module in modules("app"):
        for node in ast.walk(module):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in ("across_agencies", "bound_by_hand"):
                assert isinstance(node, ast.Call)
                (reason,) = node.args
                assert isinstance(reason, ast.Constant), f"{path}: a mark's reason is written where it stands"
                yield name, path, str(reason.value)


def test_every_mark_is_listed_here():
    assert set(marks()) == MARKED


def test_no_statement_goes_around_the_guard():
    around = {
        (path, node.attr)
        for path, module in modules("app")
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in ("exec_driver_sql", "raw_connection", "driver_connection")
    }
    assert around == {
        ("app/kit/dialects.py", "exec_driver_sql"),
        ("app/kit/dialects.py", "raw_connection"),
        ("app/kit/disk_full.py", "driver_connection"),
        ("app/kit/row_security.py", "driver_connection"),
        ("app/kit/row_security.py", "exec_driver_sql"),
    }
