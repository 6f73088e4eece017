"""Which tests a run consists of: marks by what a test uses, matrices sampled on PostgreSQL, long tests first.

`unit` needs no database, `db` runs on SQLite or PostgreSQL, `slow` starts processes or a browser or lasts seconds,
`smoke` is one quick test of each file on SQLite, and a tenth of the others.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from zlib import crc32

import pytest

SLOW_FOLDERS = ("attack", "bench", "clients", "connectors/stories", "crash", "fuzz")
"""Folders below `tests/` in which every test is slow."""

STARTERS = (
    "playwright",
    "subprocess",
    "tests.attack",
    "tests.connectors.processes",
    "tests.crash",
    "tests.listening",
    "tests.webhooks.verifying",
)
"""Modules that start processes, servers or browsers: a test module that imports one of them is slow."""

ONLY_GIT = "tests/test_house.py"
"""It starts git and nothing else, and is quick."""

DATABASES = {"_services", "both_services", "database_kind"}
"""Fixtures that a test with a database uses, directly or not."""

MATRIX = os.environ.get("KEEPWARM_TEST_MATRIX", "sampled")
"""`full` runs every case of a matrix on PostgreSQL too; `sampled` runs one in `ONE_IN`, and each kind of case once."""

MATRIX_SIZE, ONE_IN, SMOKE_ONE_IN = 16, 6, 10
"""A test with more cases than this on PostgreSQL is a matrix; one in so many of them, or for `smoke`, is chosen."""


def give_marks(items: Iterable[pytest.Item]) -> None:
    """Mark every test as `unit`, `db` or `slow`, and some as `smoke`."""
    seen = set[str]()
    for item in items:
        if _is_slow(item):
            item.add_marker("slow")
        if DATABASES.isdisjoint(getattr(item, "fixturenames", ())) and not _imports(item, ("tests.databases",)):
            if not item.get_closest_marker("slow"):
                item.add_marker("unit")
            continue
        item.add_marker("db")
        file = item.nodeid.partition("::")[0]
        if not item.get_closest_marker("slow") and _parameters(item).get("database_kind") == "sqlite":
            if file not in seen or _chosen(item, SMOKE_ONE_IN):
                item.add_marker("smoke")
            seen.add(file)


def left_out(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """Return the cases on PostgreSQL that a sampled run leaves out; the choice is the same in every run."""
    cases = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if _parameters(item).get("database_kind") == "postgresql":
            cases[item.nodeid.partition("[")[0]].append(item)
    matrices = [matrix for matrix in cases.values() if len(matrix) > MATRIX_SIZE]
    return {item for matrix in matrices for item in _unsampled(matrix)}


def _unsampled(matrix: list[pytest.Item]) -> Iterator[pytest.Item]:
    values = Counter(name for name, _ in {pair for item in matrix for pair in _values(item)})
    seen = set[tuple[str, str]]()
    for item in matrix:
        kinds = {(name, value) for name, value in _values(item) if values[name] <= MATRIX_SIZE}
        kinds |= {(name, str(getattr(value, "method", ""))) for name, value in _parameters(item).items()}
        if not _chosen(item, ONE_IN) and kinds <= seen:
            yield item
        seen |= kinds


def _values(item: pytest.Item) -> set[tuple[str, str]]:
    return {(name, str(value)) for name, value in _parameters(item).items()}


def _parameters(item: pytest.Item) -> dict[str, object]:
    call = getattr(item, "callspec", None)
    return call.params if call else {}


def _chosen(item: pytest.Item, one_in: int) -> bool:
    return crc32(item.nodeid.encode()) % one_in == 0


def _is_slow(item: pytest.Item) -> bool:
    if item.nodeid.startswith(ONLY_GIT):
        return False
    return item.nodeid.startswith(tuple(f"tests/{folder}/" for folder in SLOW_FOLDERS)) or _imports(item, STARTERS)


def _imports(item: pytest.Item, wanted: tuple[str, ...]) -> bool:
    """Return whether the test's module has a name from one of these modules."""
    origins = _origins(item.module) if isinstance(item, pytest.Function) else frozenset[str]()
    return any(origin == name or origin.startswith(f"{name}.") for origin in origins for name in wanted)


@cache
def _origins(module: ModuleType) -> frozenset[str]:
    return frozenset(
        thing.__name__ if isinstance(thing, ModuleType) else str(getattr(thing, "__module__", ""))
        for thing in vars(module).values()
    )
