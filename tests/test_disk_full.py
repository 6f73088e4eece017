"""A write that fails because the disk is full makes the service unready until a write succeeds."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from app.kit.db_errors import is_disk_full
from app.kit.errors import Problem
from tests.service import OPERATOR_KEY, Service

AGENCY = {"name": "Harbour", "time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


def fill_the_disk(conn: sa.Connection) -> None:
    """Fail as the database fails without room on its disk."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$")
    conn.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes the pages that it has
    conn.exec_driver_sql("CREATE TABLE large AS SELECT zeroblob(10000000)")


def make_room(conn: sa.Connection) -> None:
    """Let SQLite write again."""
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000000")


def test_the_service_is_not_ready_from_a_full_disk_to_the_next_write(start_service: Callable[..., Service]):
    service = start_service()
    client = service.client(OPERATOR_KEY)

    def state() -> tuple[int, str]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json().get("code", "ready")

    assert state() == (200, "ready")
    with pytest.raises(Problem) as refused:
        service.write(fill_the_disk)
    assert refused.value.__cause__ is not None
    assert is_disk_full(refused.value.__cause__)
    assert (refused.value.status, state()) == (503, (503, "disk_full"))
    assert client.get("/v1/agencies").status_code == 200, "a read proves nothing"
    service.write(make_room)
    assert state() == (503, "disk_full"), "nor does a transaction that changes nothing"
    assert client.post("/v1/agencies", AGENCY).status_code == 201
    assert state() == (200, "ready")
    assert client.post("/v1/agencies", AGENCY).status_code == 201
    assert state() == (200, "ready")


def test_another_failed_write_says_nothing_of_the_disk(start_service: Callable[..., Service]):
    service = start_service()
    database = service.app.state.shared.database
    with pytest.raises(sa.exc.DBAPIError):
        service.write(lambda conn: conn.exec_driver_sql("no statement"))
    assert not database.is_full
