"""What every test can ask for: an empty database of either kind, the service over it, its clock and its client.

A test that asks for any of them runs twice, on SQLite and on PostgreSQL: `pytest -k sqlite` runs one half.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Any

import pytest
import structlog
from hypothesis import settings as hypothesis_settings

from tests import databases, guarding, measurement, run, selection
from tests.databases import Kind
from tests.service import OPERATOR_KEY, Client, Clock, Service, running

# A shared machine is slow now and then: time limits belong to benchmarks.
hypothesis_settings.register_profile("keepwarm", parent=hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("keepwarm")


def pytest_configure(config: pytest.Config) -> None:
    """Close the network, and let the first process of the run make the directory that all of them share."""
    sys.addaudithook(_only_this_machine)
    guarding.let_tests_look()
    # A traceback in colours with every local variable takes seconds to draw, each time a test provokes an error.
    plainly = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure([structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, plainly])
    if not hasattr(config, "workerinput"):
        run.begin()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests, leave out what a sampled run leaves out, and begin with those that take long."""
    selection.give_marks(items)
    if selection.MATRIX != "full" and not any("::" in argument for argument in config.args):
        leave_out = selection.left_out(items)
        config.hook.pytest_deselected(items=[item for item in items if item in leave_out])
        items[:] = [item for item in items if item not in leave_out]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind but what was measured."""
    databases.close()
    if measurement is not None:
        measurement.write()
    if not hasattr(config, "workerinput"):
        databases.give_back()
        run.end()


class OutsideWorldError(Exception):
    """A test tried to reach another machine."""


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    match event, arguments:
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (_, (str(host), *_))) if not _is_here(host):
            raise OutsideWorldError(f"{event} to {host}")
        case (("socket.getaddrinfo" | "socket.gethostbyname"), (str(host), *_)) if not _is_here(host):
            raise OutsideWorldError(f"{event} of {host}")


def _is_here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> Kind:
    """Which database the test runs on: it runs on each."""
    kind: Kind = request.param
    return kind


@pytest.fixture
def database_url(database_kind: Kind) -> str:
    """A database with today's schema and no rows. Tests of one process share it, one after the other."""
    databases.empty(database_kind)
    return databases.of_this_process(database_kind)


@pytest.fixture
def bare_database_url(database_kind: Kind) -> str:
    """A new database with nothing in it, for tests of migrations."""
    return databases.bare(database_kind)


@pytest.fixture
def own_database_url(database_kind: Kind) -> str:
    """A new database with today's schema, for tests that do to a database what the others would notice."""
    return databases.migrated(database_kind)


@pytest.fixture(scope="session")
def _services() -> Iterator[Callable[[str], Service]]:
    """The services of this process: one a database, started for the first test and kept for those that follow."""
    started: dict[str, Service] = {}
    with ExitStack() as stack:

        def service(database_url: str) -> Service:
            if database_url not in started:
                started[database_url] = stack.enter_context(running(database_url, Clock()))
            return started[database_url]

        yield service


@pytest.fixture
def service(_services: Callable[[str], Service], database_url: str) -> Service:
    """The running service over an empty database, its clock at START."""
    service = _services(database_url)
    service.clock.now = Clock().now
    return service


@pytest.fixture
def start_service(database_url: str) -> Iterator[Callable[..., Service]]:
    """Starts another service over the test's database: `start_service(rate_limit_per_minute=5)`."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(running(database_url, Clock(), **settings))


@pytest.fixture
def clock(service: Service) -> Clock:
    """The service's clock: `clock.now = …`, `clock.advance(days=3)`."""
    return service.clock


@pytest.fixture
def client(service: Service) -> Client:
    """A client without a key."""
    return service.client()


@pytest.fixture
def operator(service: Service) -> Client:
    """A client with the operator's key: it makes agencies."""
    return service.client(OPERATOR_KEY)
