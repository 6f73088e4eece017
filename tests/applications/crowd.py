"""Many due applications at once, and many workers at them."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.applications.models import application
from app.kit.db import insert_rows
from app.kit.ids import new_id
from app.worker import sweep_once
from tests.applications.desk import Desk


def multiply(desk: Desk, number: int, due_at: datetime) -> list[str]:
    """Insert copies of the desk's application, due at an instant."""
    (row,) = desk.rows(application, application.c.id == desk.id)
    blank = {"external_system": None, "external_id": None, "due_at": due_at, "claim": None, "attempts": 0}
    copies = [{**row, **blank, "id": new_id("application")} for _ in range(number)]
    desk.service.write(lambda conn: insert_rows(conn, application, copies))
    return [str(copy["id"]) for copy in copies]


def sweep_together(desk: Desk, workers: int, batch: int) -> list[int]:
    """Run workers at the same time until nothing is due. Returns how many applications each assessed."""
    state = desk.service.app.state
    settings = state.settings.model_copy(update={"sweep_batch": batch})

    async def worker() -> int:
        assessed = 0
        while step := await sweep_once(state.shared.database, settings, desk.clock):
            assessed += step
        return assessed

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(worker() for _ in range(workers)))

    return desk.service.run(all_of_them)


def step(desk: Desk, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run one transaction."""
    database = desk.service.app.state.shared.database
    return desk.service.run(database.across_agencies().write, lambda conn: function(conn, *arguments))


def row(desk: Desk, id: str) -> sa.RowMapping:
    """Return one application's row."""
    (found,) = desk.rows(application, application.c.id == UUID(id))
    return found


def keys(desk: Desk, ids: Iterable[str]) -> list[tuple[UUID, UUID]]:
    """Return the keys of these applications."""
    agency = UUID(desk.get("agency")["id"])
    return [(agency, UUID(id)) for id in ids]
