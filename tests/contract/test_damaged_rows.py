"""A row that somebody damaged in the database: a list leaves it out, and nothing answers 500."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from structlog.testing import capture_logs

from app.connectors.models import connection
from app.jobs.models import job
from app.kit.damaged_rows import read_rows
from tests.contract.sample_agency import SampleAgency

DAMAGE: dict[str, tuple[sa.Table, str, dict[str, Any]]] = {
    "/v1/jobs": (job, "job_id", {"status": "unheard"}),
    "/v1/connections": (connection, "connection_id", {"write_back": ["no", "object"]}),
}


@pytest.mark.parametrize("path", DAMAGE)
def test_one_damaged_row_is_left_out_of_a_list_and_answers_no_500(agency: SampleAgency, path: str):
    table, name, values = DAMAGE[path]
    admin, id = agency.service.client(agency.keys["admin"]), agency.ids[name]
    before = [item["id"] for item in admin.get(path).json()["items"]]
    assert id in before

    def damage(conn: sa.Connection) -> None:
        mine = (table.c.agency_id == UUID(agency.ids["agency_id"]), table.c.id == UUID(id))
        conn.execute(sa.update(table).where(*mine).values(values))

    agency.service.write(damage)

    with capture_logs() as lines:
        assert [item["id"] for item in admin.get(path).json()["items"]] == [one for one in before if one != id]
    request = [(line["log_level"], line["table"], line["id"]) for line in lines if line["event"] == "damaged row"]
    assert request == [("warning", table.name, id)]
    answer = admin.get(f"{path}/{id}")
    assert (answer.status_code, answer.json()["code"]) == (503, "damaged_record")


def test_where_every_row_fails_it_is_a_fault_of_ours():
    found: IteratorResult[Any] = IteratorResult(SimpleResultMetaData(["id"]), iter([(1,), (2,)]))
    rows = found.all()
    statement = sa.select(job.c.id)

    def fail(row: sa.Row[Any]) -> int:
        raise ValueError(row.id)

    assert read_rows(statement, rows[:1], fail) == []
    with pytest.raises(ValueError, match="2"):
        read_rows(statement, rows, fail)
