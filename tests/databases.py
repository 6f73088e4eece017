"""Real databases for the tests: one PostgreSQL server a run, the schema migrated once, an empty copy in a moment.

Measured on two cores with 35 tables: making a PostgreSQL database from a template takes 60 ms, TRUNCATE of all tables
39 ms, DELETE from all tables 1.3 ms. So each pytest process makes one copy and empties it between tests; on SQLite it
writes the template's pages back, which takes about 2 ms and asks nothing of the schema.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import count
from typing import Literal, TypeAlias

import asyncpg
from sqlalchemy.engine import make_url

from tests import postgresql, run

Kind = Literal["sqlite", "postgresql"]
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")

_LARGE_TABLE = 200_000
"""Bytes above which a table of PostgreSQL is truncated; below, deleting its rows takes less time."""
_SERVER = "KEEPWARM_TEST_POSTGRES_URL"  # a superuser's URL of a server that may be filled and emptied
_numbers = count()


# --- What tests use --------------------------------------------------------------------------------------------------


def bare(kind: Kind) -> str:
    """The URL of a new database with nothing in it; on PostgreSQL the role that migrates owns it."""
    return _sqlite() if kind == "sqlite" else _postgres(_OWNER)


def migrated(kind: Kind) -> str:
    """The URL of a new database with today's schema and no rows; on PostgreSQL the service owns nothing in it."""
    return copy_of(_template(kind))


def copy_of(url: str) -> str:
    """Return the URL of a copy of a database, which nobody may use while it is copied."""
    if not url.startswith("sqlite"):
        return _postgres(_SERVICE, f'TEMPLATE "{make_url(url).database}"')
    copy = _sqlite()
    shutil.copyfile(_file(url), _file(copy))
    return copy


def for_the_service(url: str) -> str:
    """The same database for the role that the service has: on PostgreSQL it owns nothing."""
    return url if url.startswith("sqlite") else _as(url, _SERVICE)


def for_the_owner(url: str) -> str:
    """The same database for the role that owns its tables."""
    return url if url.startswith("sqlite") else _as(url, _OWNER)


def for_the_superuser(url: str) -> str:
    """The same database for the server's superuser."""
    return _as(url, None)


def for_a_stranger(url: str) -> str:
    """The same database for a role that has been granted nothing."""
    return _as(url, _STRANGER)


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
        _emptying(_as(url, None))()


def analyze(url: str) -> None:
    """Let PostgreSQL count its rows, as its autovacuum would in time; SQLite plans without."""
    if not url.startswith("sqlite"):
        _tell(_as(url, None), "ANALYZE")


def _template(kind: Kind) -> str:
    def make() -> str:
        from app.kit.migrations import migrate

        url = bare(kind)
        migrate(url)
        if kind == "sqlite":
            with closing(sqlite3.connect(_file(url), isolation_level=None)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
                filled = [name for name in tables if db.execute(f'SELECT 1 FROM "{name}"').fetchone()]
                assert filled == ["alembic_version"], "a migration makes rows, which emptying a database would lose"
        return url

    return run.once(f"template-{kind}", make)


def _file(url: str) -> str:
    return make_url(url).database or ""


def _sqlite() -> str:
    return f"sqlite:///{run.path() / _new_name()}.db"


def _new_name() -> str:
    return f"{run.name()}_{os.getpid()}_{next(_numbers)}"


# --- PostgreSQL ------------------------------------------------------------------------------------------------------

_OWNER, _SERVICE, _STRANGER = "keepwarm_tests_owner", "keepwarm_tests_service", "keepwarm_tests_stranger"


def _server() -> str:
    """The superuser's URL of the run's server, started by the first test that needs it, or of the one that was lent."""
    return run.once("server", _make_server)


def _make_server() -> str:
    url = os.environ.get(_SERVER) or postgresql.start(run.path())
    for role, how in (
        ("keepwarm_api", "NOLOGIN"),
        ("keepwarm_worker", "NOLOGIN"),
        (_OWNER, f"LOGIN PASSWORD '{_OWNER}'"),
        (_SERVICE, f"LOGIN PASSWORD '{_SERVICE}' IN ROLE keepwarm_api, keepwarm_worker"),
        (_STRANGER, f"LOGIN PASSWORD '{_STRANGER}'"),
    ):
        if not _ask(url, f"SELECT rolname FROM pg_roles WHERE rolname = '{role}'"):
            _tell(url, f"CREATE ROLE {role} {how}")
    return url


def _postgres(role: str, how: str = "") -> str:
    name = _new_name()
    _tell(_server(), f'CREATE DATABASE "{name}" OWNER {_OWNER} {how}')
    return _as(make_url(_server()).set(database=name).render_as_string(hide_password=False), role)


def _as(url: str, role: str | None) -> str:
    """The same database for another role; for none, the superuser."""
    admin = make_url(_server())
    user, password = (role, role) if role else (admin.username, admin.password)
    return make_url(url).set(username=user, password=password).render_as_string(hide_password=False)


# --- Words with PostgreSQL -------------------------------------------------------------------------------------------

_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def _tell(url: str, statements: str) -> None:
    _ask(url, statements, fetch=False)


def _ask(url: str, query: str, *, fetch: bool = True) -> list[str]:
    """The first column of the answer. The connection is not kept: PostgreSQL copies only what nobody is looking at."""

    async def ask() -> list[str]:
        connection: _Connection = await asyncpg.connect(url)
        try:
            if fetch:
                return [row[0] for row in await connection.fetch(query)]
            await connection.execute(query)
        finally:
            await connection.close()
        return []

    return asyncio.run(ask())


@cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()


@cache
def _emptying(url: str) -> Callable[[], None]:
    """What empties a database, past triggers and foreign keys."""
    tables = _ask(url, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    # Asking first costs a third of deleting nothing; the function's plans are kept as long as its connection. Nobody
    # vacuums: a table that has grown is truncated, so that dead rows slow down nothing.
    deletions = "".join(
        f"IF pg_relation_size('{name}') > {_LARGE_TABLE} THEN TRUNCATE {name} CASCADE;"
        f"ELSIF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF;"
        for name in tables
        if name != "alembic_version"
    )
    _run(url, f"CREATE FUNCTION pg_temp.delete_all() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {deletions} END $$")
    return lambda: _run(url, "SELECT pg_temp.delete_all()")


def _run(url: str, statements: str) -> None:
    """Run statements over a kept connection, past triggers and foreign keys."""
    _loop().run(_connected(url).execute(statements))


@cache
def _connected(url: str) -> "_Connection":
    # A lock that never comes is a transaction the service left open: say so rather than wait for ever.
    settings = {"session_replication_role": "replica", "lock_timeout": "5s"}
    connection: _Connection = _loop().run(asyncpg.connect(url, server_settings=settings))
    _kept.append(connection)
    return connection


_kept: list[_Connection] = []


def close() -> None:
    """Close the connections that this process kept."""
    for connection in _kept:
        _loop().run(connection.close())
    _loop().close()


def give_back() -> None:
    """Drop this run's databases from a server that was lent; our own is deleted as it is."""
    if _SERVER in os.environ and (run.path() / "server").exists():
        for name in _ask(_server(), f"SELECT datname FROM pg_database WHERE starts_with(datname, '{run.name()}')"):
            _tell(_server(), f'DROP DATABASE "{name}" WITH (FORCE)')
