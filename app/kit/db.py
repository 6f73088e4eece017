"""The database of a process: scopes, transactions and the columns that all tables share."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from app.kit.db_errors import is_disk_full, is_not_granted, is_not_migrated, is_retryable, is_unavailable
from app.kit.dialects import Id, Postgres, Sqlite, Step
from app.kit.disk_full import Counted, Disk
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


def tenant_table(name: str, *items: Any, **kw: Any) -> sa.Table:
    """Return a table of an agency's records: its key is (agency_id, id), and rows are deleted with the agency."""
    return sa.Table(
        name,
        metadata,
        sa.Column("agency_id", Id, primary_key=True),
        sa.Column("id", Id, primary_key=True),
        *items,
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
        **kw,
    )


def agency_foreign_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to a row of the same agency."""
    return sa.ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"])


def cascading_foreign_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to a row of the same agency; rows are deleted with the row that they reference."""
    return sa.ForeignKeyConstraint(["agency_id", column], [f"{table}.agency_id", f"{table}.id"], ondelete="CASCADE")


def external_ref_columns() -> list[Any]:
    """Return the columns of an external reference, unique within agency, system and kind."""
    return [
        sa.Column("external_system", sa.String(40)),
        sa.Column("external_id", sa.String(200)),
        sa.UniqueConstraint("agency_id", "external_system", "external_id"),
    ]


class Scope:
    """The rows that steps may reach: those of one agency, or of every agency (`Database.of`, `across_agencies`).

    `write` and `read` run a plain function in one transaction and commit it.
    """

    def __init__(self, backend: Sqlite | Postgres, disk: Disk, agency_id: UUID | None, *, as_owner: bool) -> None:
        self._backend, self._disk, self._agency_id, self._as_owner = backend, disk, agency_id, as_owner

    async def write(self, step: Callable[[sa.Connection], T]) -> T:
        """Run `step` in one transaction and commit. It runs again where the database asks for it (deadlock)."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(is_retryable),
            stop=stop_after_attempt(5),
            reraise=True,
            wait=wait_random_exponential(multiplier=0.01, max=0.2),
        ):
            with attempt:
                answer: T = await self._run(step, writing=True)
                return answer
        raise AssertionError("tenacity either returns or raises")

    async def read(self, step: Callable[[sa.Connection], T]) -> T:
        """Run `step`, which must not write. On PostgreSQL each of its statements sees what is committed by then."""
        answer: T = await self._run(step, writing=False)
        return answer

    async def _run(self, step: Step, *, writing: bool) -> Any:
        counted = Counted(step) if writing and self._disk.is_full else None
        try:
            answer = await self._backend.run(counted or step, self._agency_id, writing=writing)
        except (SQLAlchemyError, OSError) as error:
            if is_disk_full(error):
                self._disk.note(full=True)
            if is_not_migrated(error):
                raise Problem(
                    503,
                    "not_migrated",
                    "The database is not at the newest migration. Run: keepwarm migrate",
                    headers={"Retry-After": "30"},
                ) from error
            if is_not_granted(error) and not self._as_owner:
                raise Problem(
                    503,
                    "not_granted",
                    "The database's owner has not granted this service its rights. Run as the owner: keepwarm migrate",
                    headers={"Retry-After": "30"},
                ) from error
            if is_unavailable(error):
                raise Problem(
                    503,
                    "database_unavailable",
                    "The database is unavailable. Try again after the time that Retry-After names.",
                    headers={"Retry-After": "2"},
                ) from error
            raise
        if counted is not None and counted.changes:
            self._disk.note(full=False)
        return answer


class Database:
    """One database for one process.

    Statements pass the guard against a forgotten agency. `as_owner` is for migrations: without the guard, and on
    PostgreSQL without the roles that row-level security binds.
    """

    def __init__(self, url: str, pool: int = 10, *, as_owner: bool = False) -> None:
        parsed, self._disk, self._as_owner = make_url(url), Disk(), as_owner
        match parsed.get_backend_name():
            case "sqlite":
                self._backend: Sqlite | Postgres = Sqlite(parsed, guarded=not as_owner)
            case "postgresql" | "postgres":
                self._backend = Postgres(parsed, pool, as_owner=as_owner)
            case other:
                raise ValueError(f"KEEPWARM_DATABASE_URL must be sqlite:///… or postgresql://…, not {other}://")

    def of(self, agency_id: UUID) -> Scope:
        """Return the scope of one agency: on PostgreSQL row-level security limits every statement to its rows."""
        return Scope(self._backend, self._disk, agency_id, as_owner=self._as_owner)

    def across_agencies(self) -> Scope:
        """Return the scope of every agency: for workers, operators and tests."""
        return Scope(self._backend, self._disk, None, as_owner=self._as_owner)

    async def scrub(self) -> bool:
        """Overwrite erased data in the database's own files, as far as the service can, after the commit.

        Return False if another process prevented it; the worker retries within the hour.
        """
        return await self._backend.scrub()

    @property
    def is_full(self) -> bool:
        """True if the last write failed for lack of room on the disk."""
        return self._disk.is_full

    def free_bytes(self) -> int | None:
        """Return the room on the disk of an SQLite file; None for PostgreSQL, whose disk is its own."""
        return self._backend.free_bytes()

    async def close(self) -> None:
        """Close every connection."""
        await self._backend.close()


def insert_row(conn: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> sa.RowMapping:
    """Insert one row and return it; a clash with a unique external reference is a 409."""
    try:
        return conn.execute(_insert_returning(table), dict(row)).mappings().one()
    except sa.exc.IntegrityError as error:
        raise duplicate_problem(error, table) from error


@lru_cache(maxsize=256)
def _insert_returning(table: sa.Table) -> Any:
    """Build the statement once for each table: SQLAlchemy caches its compiled form on it."""
    return sa.insert(table).returning(table)


def update_row(
    conn: sa.Connection, table: sa.Table, agency_id: UUID, id: UUID, values: Mapping[str, Any]
) -> sa.RowMapping:
    """Update one row of an agency and return it; a clash with a unique external reference is a 409."""
    statement = sa.update(table).where(table.c.agency_id == agency_id, table.c.id == id).values(**values)
    try:
        return conn.execute(statement.returning(table)).mappings().one()
    except sa.exc.IntegrityError as error:
        raise duplicate_problem(error, table) from error


def insert_rows(conn: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement. Without rows it does nothing."""
    if rows:
        conn.execute(sa.insert(table), list(rows))


def duplicate_problem(error: sa.exc.IntegrityError, table: sa.Table) -> Problem:
    """Return the 409 problem for an integrity error. References are checked before, so the error means a duplicate."""
    text = str(error.orig)
    if "external" in text:
        return conflict(
            "duplicate_external_ref",
            "Another record of this kind has this external_ref. Change that one by PUT …/by-ref/…, or use another.",
        )
    return conflict(
        "conflict", "This clashes with a record that was made before. Read it, then send the request again."
    )
