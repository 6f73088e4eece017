"""Plans with which the databases find names: by a range of the index, in its order, with nothing sorted."""

from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency
from app.candidates.models import candidate
from app.kit.ids import new_id
from app.kit.search import index_names, narrow_to_matches, search_word
from tests import databases
from tests.databases import Kind
from tests.service import START, Clock, running

MANY = 30_000
AGENCY = UUID("0197d1a0-0000-7000-8000-00000000000a")


def fill(conn: sa.Connection) -> None:
    """Many candidates, of whom a few are found."""
    row = {"id": AGENCY, "name": "A", "time_zone": "UTC", "holiday_region": "AU", "policy": {}, "policy_version": 0}
    conn.execute(sa.insert(agency).values(**row, created_at=START))
    people = [
        (AGENCY, new_id("candidate"), f"Kim{number:04d} Lee{number % 7} Ngaio{number % 500:03d}")
        for number in range(MANY)
    ]
    rows = [{"agency_id": AGENCY, "id": id, "name": name, "away": [], "created_at": START} for _, id, name in people]
    conn.execute(sa.insert(candidate), rows)
    index_names(conn, "candidate", people)


def plan(conn: sa.Connection, text: str, after: tuple[str, UUID] | None = None) -> str:
    """Return the plan of the database for one page."""
    columns = search_word.c
    statement = narrow_to_matches(sa.select(candidate).where(candidate.c.agency_id == AGENCY), candidate, text)
    key = (columns.word, columns.record_id)
    if after is not None:
        bound = [sa.literal(value, column.type) for value, column in zip(after, key, strict=True)]
        statement = statement.where(sa.tuple_(*key) > sa.tuple_(*bound))
    query = statement.order_by(*key).limit(51).compile(conn.engine, compile_kwargs={"render_postcompile": True})
    values = query.construct_params()
    parameters = [
        query._bind_processors.get(name, lambda value: value)(values[name]) for name in query.positiontup or ()
    ]
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    rows = conn.exec_driver_sql(f"{explain} {query}", tuple(parameters)).all()
    return "\n".join(str(row[-1]) for row in rows)


PAGES = [(text, after) for text in ("ngaio04", "kim00 lee3", "n") for after in (None, ("ngaio041", AGENCY))]


def test_a_page_scans_a_range_of_the_index(own_database_url: str, database_kind: Kind):
    # A database of its own: what autovacuum noted of a table while it was empty would choose another plan.
    with running(own_database_url, Clock()) as service:
        service.write(fill)
        databases.analyze(own_database_url)
        scope = service.app.state.shared.database.of(AGENCY)
        plans = [service.run(scope.read, lambda conn, page=page: plan(conn, *page)) for page in PAGES]
    for seen in plans:
        assert "sort" not in seen.lower(), seen
        assert "TEMP B-TREE" not in seen, seen
        if database_kind == "sqlite":
            assert "SCAN" not in seen, seen
            assert "SEARCH search_word USING COVERING INDEX sqlite_autoindex_search_word_1" in seen, seen
            ranges = ("(agency_id=? AND kind=? AND word>", "(agency_id=? AND kind=? AND (word,record_id)>")
            assert any(one in seen for one in ranges), seen
        else:
            assert "Seq Scan" not in seen, seen
            (condition,) = [line for line in seen.splitlines() if "Index Cond" in line and "kind" in line]
            assert "word" in condition, seen
