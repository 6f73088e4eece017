"""The demo, loaded at a given time into its own database."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.console import fixture_ids
from app.demo import people
from app.demo.loader import load
from app.kit.db import Database
from app.kit.sealing import Seal
from tests import databases
from tests.databases import Kind

SEAL = Seal(b"the demo's own secret")

P = ParamSpec("P")
T = TypeVar("T")


class LoadedDemo:
    """The demo, loaded at a time of the agency's zone. The context manager closes its database."""

    def __init__(self, kind: Kind, moment: str) -> None:
        self.now = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(people.AGENCY_ZONE)).astimezone(UTC)
        self._runner, self._database = asyncio.Runner(), Database(databases.migrated(kind), pool=1)
        self.key = self.read(lambda conn: load(conn, self.now, SEAL))

    def __enter__(self) -> "LoadedDemo":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._database.close())
        self._runner.close()

    def ask(self, query: Callable[Concatenate[UnitOfWork, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a query of the service, as the demo's recruiter at that time."""
        return self.read(lambda conn: query(UnitOfWork(conn, self.now, _IMOGEN, seal=SEAL), *args, **kwargs))

    def read(self, step: Callable[[sa.Connection], T]) -> T:
        """Run a function over the database and return its result."""
        return self._runner.run(self._database.across_agencies().write(step))


_IMOGEN = Caller(fixture_ids.AGENCY, Role.admin, fixture_ids.API_KEY, fixture_ids.RECRUITER)
