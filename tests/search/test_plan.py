"""How the databases find names: by a range of the index, in its order, with nothing sorted."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.access.models import agency
from app.candidates.models import candidate
from app.kit.ids import new_id
from app.kit.search import index_names, matching, search_word
from tests.databases import Kind
from tests.service import START, Service

MANY = 3000
AGENCY = UUID("0197d1a0-0000-7000-8000-00000000000a")


def fill(conn: sa.Connection) -> None:
    """Many candidates, of whom a few are found."""
    row = {"id": AGENCY, "name": "A", "time_zone": "UTC", "holiday_region": "AU", "policy": {}, "policy_version": 0}
    conn.execute(sa.insert(agency).values(**row, created_at=START))
    people = [
        (AGENCY, new_id("candidate"), f"Kim{number:04d} Lee{number % 7} Ngaio{number % 500:03d}")
        for number in range(MANY)
    ]
    told = [{"agency_id": AGENCY, "id": id, "name": name, "away": [], "created_at": START} for _, id, name in people]
    conn.execute(sa.insert(candidate), told)
    index_names(conn, "candidate", people)


def plan(conn: sa.Connection, text: str, after: tuple[str, UUID] | None = None) -> str:
    """What the database says it would do for one page."""
    columns = search_word.c
    statement = matching(sa.select(candidate).where(candidate.c.agency_id == AGENCY), candidate, text)
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


@pytest.mark.parametrize("text", ["ngaio04", "kim00 lee3", "n"])
@pytest.mark.parametrize("after", [None, ("ngaio041", AGENCY)])
def test_a_page_walks_a_range_of_the_index(service: Service, database_kind: Kind, text: str, after: Any):
    shared = service.app.state.shared
    service.run(shared.database.across_agencies().write, fill)
    seen = service.run(shared.database.of(AGENCY).read, lambda conn: plan(conn, text, after))
    assert "sort" not in seen.lower(), seen
    assert "TEMP B-TREE" not in seen, seen
    if database_kind == "sqlite":
        assert "SCAN" not in seen, seen
        assert "SEARCH search_word USING COVERING INDEX sqlite_autoindex_search_word_1" in seen, seen
        assert "(agency_id=? AND kind=? AND word>" in seen or "(agency_id=? AND kind=? AND (word,record_id)>" in seen, (
            seen
        )
    else:
        assert "Seq Scan" not in seen, seen
        (condition,) = [line for line in seen.splitlines() if "Index Cond" in line and "kind" in line]
        assert "word" in condition, seen
