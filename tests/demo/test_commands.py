"""The demo is loaded by `keepwarm demo`, or by `serve` into an empty database."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app import __main__ as command
from app.access.models import agency, reassessment
from app.console import fixture_ids
from app.demo.loader import is_loaded
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.ids import new_id
from app.kit.settings import Settings
from tests import databases
from tests.service import SECRET_KEY

T = TypeVar("T")
KEY = SecretStr(SECRET_KEY)
THEN = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Point the commands at a database. Listening and changes of the process are replaced by no-ops."""
    monkeypatch.setattr(command, "run_server", lambda *_, **__: None)
    monkeypatch.setattr(command, "freeze_objects", lambda: None)
    monkeypatch.setattr(command, "check_port", lambda *_: None)
    monkeypatch.setattr(command, "_log_start", lambda *_, **__: None)

    def point(url: str) -> None:
        monkeypatch.setattr(
            command, "_settings", lambda **named: Settings(database_url=url, demo=True, secret_key=KEY, **named)
        )

    return point


def write(url: str, step: Callable[[sa.Connection], T]) -> T:
    async def run() -> T:
        database = Database(url, pool=1)
        try:
            return await database.across_agencies().write(step)
        finally:
            await database.close()

    return asyncio.run(run())


def test_serve_fills_an_empty_database_and_greets_at_every_start(own_database_url, use, capsys):
    use(own_database_url)
    command.serve(host="0.0.0.0", port=8123)
    greeting = f"Keepwarm's console: http://127.0.0.1:8123/docs\nThe demo's API key: {fixture_ids.DEMO_KEY}\n"
    assert capsys.readouterr().out == greeting
    command.serve(port=8123)
    assert capsys.readouterr().out == greeting
    command.demo()
    assert "here already" in capsys.readouterr().out


def test_serve_leaves_a_database_alone_that_others_use(own_database_url, use, capsys):
    use(own_database_url)
    theirs = _another_agency(own_database_url)
    command.serve()
    assert capsys.readouterr().out == ""
    assert not write(own_database_url, is_loaded)

    command.demo()
    assert fixture_ids.DEMO_KEY in capsys.readouterr().out
    assert write(own_database_url, lambda conn: conn.scalars(sa.select(reassessment.c.id)).all()) == [theirs]


def test_a_database_that_was_not_migrated_is_named_in_plain_words(use, capsys):
    url = databases.for_the_service(databases.bare("postgresql"))
    use(url)
    with pytest.raises(Problem, match="keepwarm migrate"):
        command.demo()
    command.serve()
    assert "keepwarm migrate" in capsys.readouterr().out


def _another_agency(url: str) -> Any:
    """Another agency has a reassessment request that has waited for long."""
    id, request = new_id(), new_id()
    tenant = {
        "id": id,
        "name": "Another",
        "time_zone": "Australia/Sydney",
        "holiday_region": "AU-NSW",
        "policy": {},
        "policy_version": 1,
        "created_at": THEN,
    }
    waiting = {"agency_id": id, "id": request, "scope": "agency", "due_at": THEN}

    def step(conn: sa.Connection) -> None:
        conn.execute(sa.insert(agency).values(**tenant))
        conn.execute(sa.insert(reassessment).values(**waiting))

    write(url, step)
    return request
