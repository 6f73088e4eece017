"""Every difference between SQLite and PostgreSQL: column types, statements, engines."""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.functions import FunctionElement

from app.kit import agency_guard
from app.kit.agency_guard import bound_by_hand
from app.kit.row_security import ALL_AGENCIES, API_ROLE, WORKER_ROLE, AgencyConnection, name_agency

T = TypeVar("T")


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, text of one width that sorts by time on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return the column type of this database."""
        return dialect.type_descriptor(sa.String(32) if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Convert an instant to what this database stores."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None] | None:
        """Return the converter of result values: none on PostgreSQL, whose driver returns instants."""
        return _convert_text(datetime.fromisoformat) if dialect.name == "sqlite" else None


class Id(sa.TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, its usual 36 characters on SQLite, so that both write it the same way in JSON."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Return the column type of this database."""
        return dialect.type_descriptor(sa.String(36) if dialect.name == "sqlite" else sa.Uuid())

    def process_bind_param(self, value: UUID | str | None, dialect: Dialect) -> Any:
        """Convert an id for the database; text is accepted too, since the rules have ids as text."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return str(value)
        return value if isinstance(value, UUID) else UUID(value)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], UUID | None] | None:
        """Return the converter of result values."""
        return _convert_text(UUID) if dialect.name == "sqlite" else None


def _convert_text(read: Callable[[str], T]) -> Callable[[str | None], T | None]:
    return lambda text: None if text is None else read(text)


Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON document."""


class json_array(FunctionElement[str]):  # noqa: N801  it is an SQL function and reads as one
    """An SQL function: its arguments as the text of one JSON array. Instants become ISO text; JSON stays JSON."""

    name = "json_array"
    type = sa.Text()
    inherit_cache = True


@compiles(json_array, "postgresql")
def _json_array_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **kw)})::text"


@compiles(json_array, "sqlite")
def _json_array_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    # A document is text to SQLite, which `json()` marks as no string.
    parts = [(clause, compiler.process(clause, **kw)) for clause in element.clauses]
    return f"json_array({', '.join(f'json({sql})' if isinstance(c.type, sa.JSON) else sql for c, sql in parts)})"


_REQUESTED_KEYS = {
    "postgresql": "SELECT * FROM unnest(CAST(:agency_ids AS uuid[]), CAST(:ids AS uuid[])) AS k(agency_id, id)",
    "sqlite": "SELECT json_extract(value, '$.a') AS agency_id, json_extract(value, '$.i') AS id FROM json_each(:keys)",
}


def requested_keys_cte(dialect: str) -> sa.CTE:
    """Return the requested keys as a CTE to join. One key and many keys have the same statement."""
    keys = sa.text(_REQUESTED_KEYS[dialect]).options(bound_by_hand("its rows are parameters: the keys of a caller"))
    return keys.columns(sa.column("agency_id", Id), sa.column("id", Id)).cte("wanted")


def requested_keys_parameters(dialect: str, keys: Iterable[tuple[UUID, UUID]]) -> dict[str, Any]:
    """Return the parameters of a statement that joins `requested_keys_cte`."""
    if dialect == "sqlite":
        return {"keys": json.dumps([{"a": str(agency_id), "i": str(id)} for agency_id, id in keys])}
    agency_ids, ids = zip(*keys, strict=True)
    return {"agency_ids": list(agency_ids), "ids": list(ids)}


def insert(conn: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT that supports `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def try_lock(conn: sa.Connection, name: str) -> bool:
    """Take a lock held to the end of the transaction; False when another transaction has it. SQLite has one writer."""
    if conn.dialect.name == "sqlite":
        return True
    return bool(conn.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0)))))


def skip_locked(conn: sa.Connection, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Return the SELECT with locks on its rows. PostgreSQL leaves out rows that another transaction has locked."""
    return (
        statement.with_for_update(skip_locked=True, key_share=True) if conn.dialect.name == "postgresql" else statement
    )


def lock_for_update(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the rows against other writers (a weaker lock than deleting needs, so that children may be added)."""
    return statement.with_for_update(key_share=True)


def lock_exclusively(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the rows against other writers and against new rows that refer to them."""
    return statement.with_for_update()


def lock_against_deletion(statement: sa.Select[Any], *of: sa.Table, skip_being_deleted: bool = False) -> sa.Select[Any]:
    """Lock the rows against deletion until the transaction ends, as a row that references them would.

    In a join, `of` names the tables to lock. `skip_being_deleted` skips rows that another transaction is deleting.
    """
    return statement.with_for_update(read=True, key_share=True, of=of or None, skip_locked=skip_being_deleted)


# --- Many rows, few round trips ---

Verb = Literal["insert", "update", "delete"]
KEY = ("key_agency_id", "key_id")
"""The columns that identify the target row of an update or a delete, beside the values it sets."""


def write_rows(conn: sa.Connection, parts: Sequence[tuple[Verb, sa.Table, Sequence[Mapping[str, Any]]]]) -> None:
    """Insert, update and delete rows of several tables. The rows of one part have the same columns.

    PostgreSQL gets one statement for any number of rows: there a statement costs more than its rows. Each part is a
    data-modifying CTE over one JSON document. SQLite runs in this process and gets one statement for each part.
    """
    parts = [part for part in parts if part[2]]
    if not parts:
        return
    if conn.dialect.name == "sqlite":
        for verb, table, rows in parts:
            conn.execute(_one_part(verb, table, tuple(rows[0])), list(rows))
        return
    shape = tuple((verb, table, tuple(rows[0])) for verb, table, rows in parts)
    documents = {f"rows{place}": json.dumps(list(rows), default=_as_json) for place, (_, _, rows) in enumerate(parts)}
    conn.execute(_all_parts(shape), documents)


@lru_cache(maxsize=256)
def _one_part(verb: Verb, table: sa.Table, columns: tuple[str, ...]) -> Any:
    if verb == "insert":
        return sa.insert(table)
    target = sa.and_(table.c.agency_id == sa.bindparam(KEY[0]), table.c.id == sa.bindparam(KEY[1]))
    if verb == "delete":
        return sa.delete(table).where(target)
    return sa.update(table).where(target).values({name: sa.bindparam(name) for name in columns if name not in KEY})


@lru_cache(maxsize=256)
def _all_parts(shape: tuple[tuple[Verb, sa.Table, tuple[str, ...]], ...]) -> sa.TextClause:
    parts = [_cte(place, verb, table, columns) for place, (verb, table, columns) in enumerate(shape)]
    marked = bound_by_hand("rows are inserted with their agency or found by it")
    return sa.text(f"WITH {', '.join(parts)} SELECT 1").options(marked)


def _cte(place: int, verb: Verb, table: sa.Table, columns: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    quoted = {name: dialect.identifier_preparer.quote_identifier(name) for name in (*columns, table.name)}
    types = {name: "uuid" if name in KEY else table.c[name].type.compile(dialect) for name in columns}
    record = ", ".join(f"{quoted[name]} {types[name]}" for name in columns)
    source = f"jsonb_to_recordset(CAST(:rows{place} AS jsonb)) AS r({record})"
    target = f"t.agency_id = r.{KEY[0]} AND t.id = r.{KEY[1]}"
    names = [name for name in columns if name not in KEY]
    listed = ", ".join(quoted[name] for name in names)
    values = ", ".join(f"{quoted[name]} = r.{quoted[name]}" for name in names)
    # Every name comes from this code's own tables and is quoted; the values travel in the document.
    bodies = {
        "insert": f"INSERT INTO {quoted[table.name]} ({listed}) SELECT {listed} FROM {source}",  # noqa: S608
        "update": f"UPDATE {quoted[table.name]} AS t SET {values} FROM {source} WHERE {target}",  # noqa: S608
        "delete": f"DELETE FROM {quoted[table.name]} AS t USING {source} WHERE {target}",  # noqa: S608
    }
    return f"part{place} AS ({bodies[verb]})"


def _as_json(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


# --- Engines ---

Step = Callable[[sa.Connection], Any]
_BUSY_SECONDS = 5.0


class Sqlite:
    """An SQLite database with one writer connection on its own thread, and a few readers."""

    READERS = 3

    def __init__(self, url: URL, *, guarded: bool) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("KEEPWARM_DATABASE_URL must name a file: sqlite:///keepwarm.db")
        self._file = Path(url.database)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(self._file)
        self._writer = _sqlite_engine(url, 1, writing=True, guarded=guarded)
        self._readers = _sqlite_engine(url, self.READERS, writing=False, guarded=guarded)
        self._writer_thread = ThreadPoolExecutor(1, "sqlite-writer")
        self._reader_threads = ThreadPoolExecutor(self.READERS, "sqlite-reader")

    async def run(self, step: Step, _: UUID | None, *, writing: bool) -> Any:
        """Run one transaction in a thread of the writer or the readers. There is no row-level security."""
        engine, threads = (self._writer, self._writer_thread) if writing else (self._readers, self._reader_threads)

        def transaction() -> Any:
            with engine.begin() as conn:
                return step(conn)

        return await asyncio.get_running_loop().run_in_executor(threads, transaction)

    async def scrub(self) -> bool:
        """Move SQLite's write-ahead log into the database file and truncate it, because it still contains deleted data.

        Return False if a reader of another process prevented the truncation.
        """

        def checkpoint() -> bool:
            connection = self._writer.raw_connection()
            try:
                busy, _, _ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
            finally:
                connection.close()

        return await asyncio.get_running_loop().run_in_executor(self._writer_thread, checkpoint)

    def free_bytes(self) -> int | None:
        """Return how much room the file's disk has."""
        return shutil.disk_usage(self._file.parent).free

    async def close(self) -> None:
        """Wait for running transactions, then close the file."""
        self._writer_thread.shutdown()
        self._reader_threads.shutdown()
        self._writer.dispose()
        self._readers.dispose()


def _keep_private(file: Path) -> None:
    """Make the file for its owner alone if it is not there, and take the rights of others away if it is.

    SQLite gives its log and its index the rights of the file.
    """
    os.close(os.open(file, os.O_CREAT | os.O_RDONLY, 0o600))
    for path in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        with suppress(FileNotFoundError, PermissionError):
            if (mode := path.stat().st_mode & 0o777) & 0o077:
                path.chmod(mode & 0o700)


def _sqlite_engine(url: URL, size: int, *, writing: bool, guarded: bool) -> sa.Engine:
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )
    if guarded:
        agency_guard.install(engine.dialect)

    @sa.event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in sqlite_pragmas(writing):
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begun(conn: sa.Connection) -> None:
        # A deferred transaction that starts to write fails at once when another has written: IMMEDIATE waits instead.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def sqlite_pragmas(writing: bool) -> Iterable[str]:
    """Yield settings for durability, waiting, foreign keys and overwriting of deleted data."""
    yield "PRAGMA journal_mode=WAL"
    yield "PRAGMA synchronous=FULL"
    yield "PRAGMA foreign_keys=ON"
    yield "PRAGMA secure_delete=ON"
    if not writing:
        yield "PRAGMA query_only=ON"


POSTGRES_SETTINGS = {
    "timezone": "UTC",
    "application_name": "keepwarm",
    # To plan the SELECT behind a history takes longer than to run it: once a connection, for all parameters.
    "plan_cache_mode": "force_generic_plan",
}
"""The settings of every connection to PostgreSQL."""


class Postgres:
    """A PostgreSQL database with two connection pools: one for single agencies, one across all agencies."""

    def __init__(self, url: URL, pool: int, *, as_owner: bool) -> None:
        if mode := url.query.get("sslmode"):  # libpq's name for it, which every other client of PostgreSQL takes
            url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
        # A role for each pool and not for each transaction: PostgreSQL plans a statement again for another role.
        self._of_agency = _postgres_engine(url, pool, API_ROLE)
        self._across = _postgres_engine(url, max(1, pool // 2), None if as_owner else WORKER_ROLE)

    async def run(self, step: Step, agency_id: UUID | None, *, writing: bool) -> Any:
        """Run `step`: a write in one transaction, a read with a transaction for each statement."""
        engine = self._across if agency_id is None else self._of_agency
        if not writing:
            # A query alone needs no BEGIN and no COMMIT: two round trips less.
            engine = engine.execution_options(isolation_level="AUTOCOMMIT")

        def named(conn: sa.Connection) -> Any:
            if agency_id is not None:
                name_agency(conn, agency_id, writing=writing)
            return step(conn)

        async with engine.begin() as conn:
            return await conn.run_sync(named)

    async def scrub(self) -> bool:
        """Return True: overwriting deleted data is the task of the PostgreSQL server's operator."""
        return True

    def free_bytes(self) -> int | None:
        """Return None: the server's disk is not visible from here."""
        return None

    async def close(self) -> None:
        """Close the pools."""
        await self._of_agency.dispose()
        await self._across.dispose()


def _postgres_engine(url: URL, size: int, role: str | None) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "server_settings": POSTGRES_SETTINGS | ({"role": role} if role else {ALL_AGENCIES: "on"}),
            "timeout": 5,
            "connection_class": AgencyConnection,
        },
    )
    if role is not None:
        agency_guard.install(engine.dialect)
    return engine
