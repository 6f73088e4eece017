"""Row-level security on PostgreSQL: a forgotten filter shows nobody the rows of another agency.

Connections work in one of two roles. `keepwarm_api` sees the rows of one agency: the one that the setting
`keepwarm.agency` names for the transaction. `keepwarm_worker` sees every row. The owner of the tables sees rows only
while `keepwarm.all_agencies` is on, as in migrations and backups.
"""

from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.util import await_only

from app.kit.agency_guard import bound_by_hand

API_ROLE, WORKER_ROLE = "keepwarm_api", "keepwarm_worker"
ALL_AGENCIES = "keepwarm.all_agencies"
"""The setting with which the owner of the tables sees rows."""

_NAME_AGENCY = sa.select(sa.func.set_config("keepwarm.agency", sa.bindparam("agency"), sa.false()))

_LOGIN = sa.text(
    "SELECT rolname, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('application') "
    "AND pg_has_role(session_user, relowner, 'MEMBER')) AS owns FROM pg_roles WHERE rolname = session_user"
).options(bound_by_hand("it reads no rows of agencies"))


class AgencyConnection(asyncpg.Connection):
    """A connection that names the agency of a transaction together with its BEGIN, in one round trip."""

    __slots__ = ("session_agency", "transaction_agency")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.session_agency: UUID | None = None
        self.transaction_agency: UUID | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109  asyncpg's own
        """Execute statements; a BEGIN is followed by the agency of the transaction."""
        if self.transaction_agency is not None and query.startswith("BEGIN"):
            query = f"{query} SET LOCAL keepwarm.agency = '{self.transaction_agency}'"
        return str(await super().execute(query, *args, timeout=timeout))


def name_agency(conn: sa.Connection, agency_id: UUID, *, writing: bool) -> None:
    """Name the agency of the statements that follow: of a transaction, or of a connection without one."""
    connection: AgencyConnection = conn.connection.driver_connection  # type: ignore[assignment]
    if writing:
        connection.transaction_agency = agency_id
    elif connection.session_agency != agency_id:
        try:
            # The driver's own simple query costs half of a statement of SQLAlchemy's.
            await_only(connection.execute(f"SET keepwarm.agency = '{agency_id}'"))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            # Where the connection is lost, SQLAlchemy says so in its own words and discards it.
            conn.execute(_NAME_AGENCY, {"agency": str(agency_id)})
        connection.session_agency = agency_id


def find_unbound_role(conn: sa.Connection) -> str | None:
    """Describe the role that logged in, if row-level security does not bind it: a superuser, or the tables' owner."""
    if conn.dialect.name != "postgresql":
        return None
    found = conn.execute(_LOGIN).one()
    if found.rolsuper or found.rolbypassrls:
        return f"the database role {found.rolname} is a superuser or has BYPASSRLS"
    return f"the database role {found.rolname} owns the tables" if found.owns else None


def protect(conn: sa.Connection, table: str, column: str = "agency_id") -> None:
    """Let each role see only its rows of a table: for the migration that makes the table."""
    whole = f"ALTER TABLE {table}"
    for statement in (
        f"{whole} ENABLE ROW LEVEL SECURITY",
        f"{whole} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY one_agency ON {table} TO {API_ROLE} "
        # The plain call, the same in every policy: the planner takes it for one constant with the statement's own
        # parameter. A subquery in its place makes one plan node a table, and other plans.
        f"USING ({column} = current_setting('keepwarm.agency')::uuid)",
        f"CREATE POLICY every_agency ON {table} TO {WORKER_ROLE} USING (true)",
        f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (current_setting('{ALL_AGENCIES}', true) = 'on')",
    ):
        conn.exec_driver_sql(statement)


def unprotect(conn: sa.Connection, table: str) -> None:
    """Undo `protect`."""
    for policy in ("one_agency", "every_agency", "owner"):
        conn.exec_driver_sql(f"DROP POLICY {policy} ON {table}")
    conn.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
