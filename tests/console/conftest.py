"""Fixtures: services over the demo as loaded."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from app.demo.loader import load
from app.kit.db import Database
from app.kit.sealing import Seal
from tests import databases, run
from tests.databases import Kind
from tests.service import SECRET_KEY, Clock, Service, running
from tests.snapshots import restore, save

NOW = datetime(2027, 6, 16, 1, 30, tzinfo=UTC)
"""A Wednesday morning in Sydney, long after the examples were written."""


def freshly_loaded(kind: Kind) -> str:
    """The URL of a new database with the demo. It is loaded once in a test run."""

    def make() -> str:
        import asyncio

        url = databases.migrated(kind)

        async def fill() -> None:
            database = Database(url, 1)
            await database.across_agencies().write(lambda conn: load(conn, NOW, Seal(SECRET_KEY.encode())))
            await database.close()

        asyncio.run(fill())
        return url

    return databases.copy_of(run.once(f"demo-{kind}", make))


@pytest.fixture(scope="session")
def _fresh_demos() -> Iterator[Callable[[Kind], Service]]:
    started: dict[Kind, tuple[Service, str]] = {}
    with ExitStack() as stack:

        def demo(kind: Kind) -> Service:
            if kind in started:
                service, snapshot = started[kind]
                restore(service.app.state.settings.database_url, snapshot)
            else:
                url = freshly_loaded(kind)
                service = stack.enter_context(running(url, Clock(NOW)))
                started[kind] = service, save(url)
            service.clock.now = NOW
            return service

        yield demo


@pytest.fixture
def fresh_demo(_fresh_demos: Callable[[Kind], Service], database_kind: Kind) -> Callable[[], Service]:
    """Makes a service over the demo as it was loaded; a test may change it."""
    return lambda: _fresh_demos(database_kind)


@pytest.fixture(scope="session")
def _read_demos() -> Iterator[Callable[[Kind], Service]]:
    started: dict[Kind, Service] = {}
    with ExitStack() as stack:

        def demo(kind: Kind) -> Service:
            if kind not in started:
                started[kind] = stack.enter_context(running(freshly_loaded(kind), Clock(NOW)))
            return started[kind]

        yield demo


@pytest.fixture
def read_demo(_read_demos: Callable[[Kind], Service], database_kind: Kind) -> Service:
    """A service over a demo that this process's tests share and only read."""
    return _read_demos(database_kind)
