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
from tests.applications.agency_client import AgencyClient


def multiply(agency: AgencyClient, number: int, due_at: datetime) -> list[str]:
    """Insert copies of the agency's application, due at an instant."""
    (row,) = agency.rows(application, application.c.id == agency.id)
    blank = {"external_system": None, "external_id": None, "due_at": due_at, "claim": None, "attempts": 0}
    copies = [{**row, **blank, "id": new_id("application")} for _ in range(number)]
    agency.service.write(lambda conn: insert_rows(conn, application, copies))
    return [str(copy["id"]) for copy in copies]


def sweep_together(agency: AgencyClient, workers: int, batch: int) -> list[int]:
    """Run workers at the same time until nothing is due. Returns how many applications each assessed."""
    state = agency.service.app.state
    settings = state.settings.model_copy(update={"sweep_batch": batch})

    async def worker() -> int:
        assessed = 0
        while step := await sweep_once(state.shared.database, settings, agency.clock):
            assessed += step
        return assessed

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(worker() for _ in range(workers)))

    return agency.service.run(all_of_them)


def step(agency: AgencyClient, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run one transaction."""
    database = agency.service.app.state.shared.database
    return agency.service.run(database.across_agencies().write, lambda conn: function(conn, *arguments))


def row(agency: AgencyClient, id: str) -> sa.RowMapping:
    """Return one application's row."""
    (found,) = agency.rows(application, application.c.id == UUID(id))
    return found


def keys(agency: AgencyClient, ids: Iterable[str]) -> list[tuple[UUID, UUID]]:
    """Return the keys of these applications."""
    agency_id = UUID(agency.get("agency")["id"])
    return [(agency_id, UUID(id)) for id in ids]
