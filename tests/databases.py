"""Real databases for the tests: one PostgreSQL server a run, the schema migrated once, an empty copy in a moment.

Measured on two cores with 35 tables: making a PostgreSQL database from a template takes 60 ms, TRUNCATE of all tables
39 ms, DELETE from all tables 1.3 ms. So each pytest process makes one copy and empties it between tests; on SQLite it
writes the template's pages back, which takes about 2 ms and asks nothing of the schema.
"""

import asyncio
import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

import asyncpg
from sqlalchemy.engine import make_url

from tests import postgresql

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

_RUN = "KEEPWARM_TEST_RUN"  # the run's directory: made by pytest's first process, inherited by its workers
_SERVER = "KEEPWARM_TEST_POSTGRES_URL"  # a superuser's URL of a server that may be filled and emptied
_numbers = count()


# --- One run of pytest, in one process or many -----------------------------------------------------------------------


def begin_run() -> None:
    """Make the directory that every process of this run shares."""
    memory = Path("/dev/shm")  # where fsync costs nothing; the tests commit thousands of times
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    path = Path(tempfile.mkdtemp(prefix="keepwarm-tests-", dir=memory if roomy else None))
    path.chmod(0o711)  # PostgreSQL refuses to run as root: its own account must be able to pass through
    os.environ[_RUN] = str(path)


def end_run() -> None:
    """Stop the server, or empty the one that was lent, and leave nothing behind."""
    if _SERVER in os.environ and (_run_path() / "server").exists():
        made = _ask(_server(), f"SELECT datname FROM pg_database WHERE starts_with(datname, '{_prefix()}')")
        for (name,) in made:
            _tell(_server(), f'DROP DATABASE "{name}" WITH (FORCE)')
    else:
        postgresql.stop(_run_path())
    shutil.rmtree(os.environ.pop(_RUN))


def _run_path() -> Path:
    return Path(os.environ[_RUN])


def _prefix() -> str:
    return _run_path().name.replace("-", "_").lower()


def _once(name: str, make: Callable[[], str]) -> str:
    """What `make` answers: the run's first process to ask makes it, the others wait and read it."""
    made = _run_path() / name
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_text(make())
    return made.read_text()


# --- What tests use --------------------------------------------------------------------------------------------------


def bare(kind: Kind) -> str:
    """The URL of a new database with nothing in it."""
    name = f"{_prefix()}_{os.getpid()}_{next(_numbers)}"
    if kind == "sqlite":
        return f"sqlite:///{_run_path() / name}.db"
    _tell(_server(), f'CREATE DATABASE "{name}"')
    return _postgres_url(name)


def migrated(kind: Kind) -> str:
    """The URL of a new database with today's schema and no rows."""
    template = _template(kind)
    if kind == "sqlite":
        url = bare(kind)
        shutil.copyfile(_file(template), _file(url))
        return url
    name = f"{_prefix()}_{os.getpid()}_{next(_numbers)}"
    _tell(_server(), f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template).database}"')
    return _postgres_url(name)


@cache
def of_this_process(kind: Kind) -> str:
    """The URL of the migrated database that the tests of this process share, one after the other."""
    return migrated(kind)


def empty(kind: Kind) -> None:
    """Bring this process's database back to today's schema and no rows, under the connections of a running service."""
    url = of_this_process(kind)
    if kind == "sqlite":
        with closing(sqlite3.connect(_file(_template(kind)))) as template, closing(sqlite3.connect(_file(url))) as mine:
            mine.execute("PRAGMA synchronous=OFF")
            template.backup(mine)
    else:
        _tell(url, _emptying(url))


@cache
def _emptying(url: str) -> str:
    tables = _ask(url, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    return "".join(f"DELETE FROM {name};" for (name,) in tables if name != "alembic_version")


def _template(kind: Kind) -> str:
    def make() -> str:
        from app.kit.migrations import migrate

        url = bare(kind)
        migrate(url)
        if kind == "sqlite":
            with closing(sqlite3.connect(_file(url), isolation_level=None)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return url

    return _once(f"template-{kind}", make)


def _file(url: str) -> str:
    return make_url(url).database or ""


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


def _server() -> str:
    """The URL of the run's server, started by the first test that needs it, or of the one that was lent."""
    return _once("server", lambda: os.environ.get(_SERVER) or postgresql.start(_run_path()))


def _postgres_url(database: str) -> str:
    return make_url(_server()).set(database=database).render_as_string(hide_password=False)


_open: "list[asyncpg.Connection[asyncpg.Record]]" = []


@cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()


@cache
def _connection(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection a database and process. It passes over triggers and foreign keys, and waits 5 s for a lock."""
    settings = {"session_replication_role": "replica", "lock_timeout": "5s"}
    connection = _loop().run(asyncpg.connect(url, server_settings=settings))
    _open.append(connection)
    return connection


def _tell(url: str, statements: str) -> None:
    _loop().run(_connection(url).execute(statements))


def _ask(url: str, query: str) -> list[tuple[str]]:
    return [tuple(row) for row in _loop().run(_connection(url).fetch(query))]


def close() -> None:
    """Close this process's connections."""
    for connection in _open:
        _loop().run(connection.close())
    _loop().close()
