"""The database: engines, the one transaction shape, and every difference between SQLite and PostgreSQL."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.functions import FunctionElement
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from app.kit.errors import Problem, conflict

T = TypeVar("T")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# --- Column types ---


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, text of one width that sorts by time on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The column type of this database."""
        return dialect.type_descriptor(sa.String(32) if dialect.name == "sqlite" else sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """On the way in."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """On the way out."""
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


class Id(sa.TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, its usual 36 characters on SQLite, so that both write it the same way in JSON."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """The column type of this database."""
        return dialect.type_descriptor(sa.String(36) if dialect.name == "sqlite" else sa.Uuid())

    def process_bind_param(self, value: UUID | str | None, dialect: Dialect) -> Any:
        """On the way in; a str is taken too, since the rules speak of ids as text."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return str(value)
        return value if isinstance(value, UUID) else UUID(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """On the way out."""
        return UUID(value) if isinstance(value, str) else value


Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
"""A JSON document."""


def tenant_table(name: str, *items: Any, **kw: Any) -> sa.Table:
    """A table of an agency's things: its key is (agency_id, id) and it falls with the agency."""
    return sa.Table(
        name,
        metadata,
        sa.Column("agency_id", Id, primary_key=True),
        sa.Column("id", Id, primary_key=True),
        *items,
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
        **kw,
    )


def belongs_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    """A foreign key that cannot leave the agency."""
    return sa.ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"])


def external_ref_columns() -> list[Any]:
    """What another system calls the row: unique within agency and system for this kind of thing."""
    return [
        sa.Column("external_system", sa.String(40)),
        sa.Column("external_id", sa.String(200)),
        sa.UniqueConstraint("agency_id", "external_system", "external_id"),
    ]


# --- Statements that the two databases spell differently ---


class json_array(FunctionElement[str]):  # noqa: N801  it is an SQL function and reads as one
    """Its arguments as the text of one JSON array; instants come out as ISO text, documents as themselves."""

    name = "json_array"
    type = sa.Text()
    inherit_cache = True


@compiles(json_array, "postgresql")
def _json_array_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_build_array({compiler.process(element.clauses, **kw)})::text"


@compiles(json_array, "sqlite")
def _json_array_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"json_array({compiler.process(element.clauses, **kw)})"


def insert(conn: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that can take `on_conflict_do_nothing` and `on_conflict_do_update` on this database."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def try_lock(conn: sa.Connection, name: str) -> bool:
    """Take a lock held to the end of the transaction; False when another transaction has it. SQLite has one writer."""
    if conn.dialect.name == "sqlite":
        return True
    return bool(conn.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0)))))


def skip_locked(conn: sa.Connection, statement: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the rows, passing over those another worker has locked. SQLite's transactions are alone anyway."""
    return (
        statement.with_for_update(skip_locked=True, key_share=True) if conn.dialect.name == "postgresql" else statement
    )


def locked(statement: sa.Select[Any]) -> sa.Select[Any]:
    """Lock the rows against other writers (a weaker lock than deleting needs, so that children may be added)."""
    return statement.with_for_update(key_share=True)


# --- Engines and transactions ---

Step = Callable[[sa.Connection], Any]
_SERIALIZATION, _DEADLOCK = "40001", "40P01"
_BUSY_SECONDS = 5.0


class Database:
    """One database for one process. `write` and `read` run a plain function in one transaction and commit it."""

    def __init__(self, url: str, pool: int = 10) -> None:
        parsed = make_url(url)
        match parsed.get_backend_name():
            case "sqlite":
                self._backend: _Sqlite | _Postgres = _Sqlite(parsed)
            case "postgresql" | "postgres":
                self._backend = _Postgres(parsed, pool)
            case other:
                raise ValueError(f"KEEPWARM_DATABASE_URL must be sqlite:///… or postgresql://…, not {other}://")

    async def write(self, step: Callable[[sa.Connection], T]) -> T:
        """Run `step` in one transaction and commit. It runs again where the database asks for it (deadlock)."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_runs_again),
            stop=stop_after_attempt(5),
            reraise=True,
            wait=wait_random_exponential(multiplier=0.01, max=0.2),
        ):
            with attempt:
                answer: T = await self._run(step, writing=True)
                return answer
        raise AssertionError("tenacity either returns or raises")

    async def read(self, step: Callable[[sa.Connection], T]) -> T:
        """Run `step` over one consistent view; it must not write."""
        answer: T = await self._run(step, writing=False)
        return answer

    async def _run(self, step: Step, *, writing: bool) -> Any:
        try:
            return await self._backend.run(step, writing)
        except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
            if isinstance(error, DBAPIError) and _runs_again(error):
                raise
            raise Problem(
                503, "database_unavailable", "The database cannot be used just now.", headers={"Retry-After": "2"}
            ) from error

    async def close(self) -> None:
        """Let go of every connection."""
        await self._backend.close()


def _runs_again(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in (_SERIALIZATION, _DEADLOCK)


class _Sqlite:
    """One writer connection on one thread (a whole transaction is one call into it), and a few readers beside."""

    READERS = 3

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("KEEPWARM_DATABASE_URL must name a file: sqlite:///keepwarm.db")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writer = _sqlite_engine(url, 1, writing=True)
        self._readers = _sqlite_engine(url, self.READERS, writing=False)
        self._writer_thread = ThreadPoolExecutor(1, "sqlite-writer")
        self._reader_threads = ThreadPoolExecutor(self.READERS, "sqlite-reader")

    async def run(self, step: Step, writing: bool) -> Any:
        engine, threads = (self._writer, self._writer_thread) if writing else (self._readers, self._reader_threads)

        def transaction() -> Any:
            with engine.begin() as conn:
                return step(conn)

        return await asyncio.get_running_loop().run_in_executor(threads, transaction)

    async def close(self) -> None:
        self._writer_thread.shutdown()
        self._reader_threads.shutdown()
        self._writer.dispose()
        self._readers.dispose()


def _sqlite_engine(url: URL, size: int, *, writing: bool) -> sa.Engine:
    engine = sa.create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

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
    """What makes SQLite durable, patient, strict about references and forgetful of what was erased."""
    yield "PRAGMA journal_mode=WAL"
    yield "PRAGMA synchronous=FULL"
    yield "PRAGMA foreign_keys=ON"
    yield "PRAGMA secure_delete=ON"
    if not writing:
        yield "PRAGMA query_only=ON"


class _Postgres:
    def __init__(self, url: URL, pool: int) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"server_settings": {"timezone": "UTC", "application_name": "keepwarm"}, "timeout": 5},
        )

    async def run(self, step: Step, writing: bool) -> Any:
        async with self._engine.begin() as conn:
            return await conn.run_sync(step)

    async def close(self) -> None:
        await self._engine.dispose()


# --- Rows ---


def add(conn: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> sa.RowMapping:
    """Insert one row and return it; a clash with a unique external reference is a 409."""
    try:
        return conn.execute(sa.insert(table).values(**row).returning(table)).mappings().one()
    except sa.exc.IntegrityError as error:
        raise clash(error, table) from error


def change(conn: sa.Connection, table: sa.Table, agency_id: UUID, id: UUID, values: Mapping[str, Any]) -> sa.RowMapping:
    """Update one row of an agency and return it; a clash with a unique external reference is a 409."""
    statement = sa.update(table).where(table.c.agency_id == agency_id, table.c.id == id).values(**values)
    try:
        return conn.execute(statement.returning(table)).mappings().one()
    except sa.exc.IntegrityError as error:
        raise clash(error, table) from error


def add_many(conn: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement; none is fine."""
    if rows:
        conn.execute(sa.insert(table), list(rows))


def clash(error: sa.exc.IntegrityError, table: sa.Table) -> Problem:
    """The refusal that an integrity error means. Services check references first, so it is a duplicate."""
    text = str(error.orig)
    if "external" in text:
        return conflict("duplicate_external_ref", "Another record of this kind already has that external_ref.")
    return conflict("conflict", "This clashes with something that is already recorded.")


def compact_json(value: Any) -> str:
    """JSON text without spaces and in the order of its names, the same for the same value."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
