"""Row-level security on PostgreSQL: a forgotten filter shows nobody the rows of another agency.

Connections work in one of two roles. `keepwarm_api` sees the rows of one agency: the one that the setting
`keepwarm.agency` names for the transaction. `keepwarm_worker` sees every row. The owner of the tables sees rows only
while `keepwarm.all_agencies` is on, as in migrations and backups.
"""

from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from alembic.util import CommandError
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

_BYPASSED = sa.text(
    f"SELECT CASE WHEN to_regclass('application') IS NULL THEN false ELSE pg_has_role('{WORKER_ROLE}', 'USAGE') "
    "OR NOT row_security_active(to_regclass('application')) END"
).options(bound_by_hand("it reads no rows of agencies"))
_ROLES = f"{API_ROLE}, {WORKER_ROLE}"
_OTHER_OWNER = sa.text(
    "SELECT rolname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner "
    "WHERE pg_class.oid = to_regclass('application') AND rolname <> current_user"
)
_ROLE_EXISTS = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role")
_MAY_MAKE_ROLES = sa.text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
_MAY_ADMIT = sa.text(f"SELECT pg_has_role('{API_ROLE}', 'USAGE WITH ADMIN OPTION')")
_TABLES = sa.text(
    "SELECT quote_ident(relname), CASE WHEN relname = 'agency' THEN 'id' ELSE (SELECT attname FROM pg_attribute "
    "WHERE attrelid = pg_class.oid AND attname = 'agency_id' AND NOT attisdropped) END, relforcerowsecurity "
    "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace "
    "AND relowner = current_user::regrole ORDER BY relname"
)
"""The owner's tables, the column that says whose a row is, and True if the policies are there."""
_OUTSIDE_SERVICES = sa.text(
    "SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants WHERE table_name = 'application' "
    "AND table_schema = current_schema() AND privilege_type = 'INSERT' AND grantee <> current_user "
    "AND grantee NOT IN ('PUBLIC', 'keepwarm_api', 'keepwarm_worker') "
    "AND NOT pg_has_role(grantee, 'keepwarm_api', 'MEMBER')"
)
"""The roles that have rights of their own, from before row-level security."""


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
        # A cancelled task leaves the server with either agency: the next read names its own again.
        connection.session_agency = None
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


def is_bypassed(conn: sa.Connection) -> bool:
    """Return True if the rows of other agencies are not hidden from the role of this connection."""
    return conn.dialect.name == "postgresql" and bool(conn.scalar(_BYPASSED))


def apply_policies(conn: sa.Connection) -> None:
    """Make the roles, their rights and the policies that are missing. Run by the owner of the tables, after migrations.

    Raise CommandError where only a superuser or the owner can go on; it says what to run.
    """
    if owner := conn.scalar(_OTHER_OWNER):
        raise CommandError(f"the tables belong to {owner}: run it as {owner}")
    for role in (API_ROLE, WORKER_ROLE):
        if not conn.scalar(_ROLE_EXISTS, {"role": role}):
            _make_role(conn, role)
    tables = conn.execute(_TABLES).all()
    for name, column, is_protected in tables:
        if column is not None and not is_protected:
            _protect(conn, name, column)
    names = ", ".join(name for name, _, _ in tables)
    schema = conn.scalar(sa.select(sa.func.quote_ident(sa.func.current_schema())))
    for statement in (
        f"GRANT USAGE ON SCHEMA {schema} TO {_ROLES}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO {_ROLES}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {_ROLES}",
    ):
        conn.exec_driver_sql(statement)
    _admit_services(conn)


def _make_role(conn: sa.Connection, role: str) -> None:
    if not conn.scalar(_MAY_MAKE_ROLES):
        wanted = f"CREATE ROLE {API_ROLE}; CREATE ROLE {WORKER_ROLE}"
        raise CommandError(f"the role {role} is missing, and the owner may make no roles. Run as a superuser: {wanted}")
    conn.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")


def _protect(conn: sa.Connection, table: str, column: str) -> None:
    """Create the policies of a table: the API role sees the rows of one agency, the worker role also those of all."""
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY one_agency ON {table} TO {API_ROLE} "
        # The plain call, the same in every policy: the planner takes it for one constant with the statement's own
        # parameter. A subquery in its place makes one plan node a table, and other plans.
        f"USING ({column} = current_setting('keepwarm.agency')::uuid)",
        f"CREATE POLICY every_agency ON {table} TO {WORKER_ROLE} USING (true)",
        f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (current_setting('{ALL_AGENCIES}', true) = 'on')",
    ):
        conn.exec_driver_sql(statement)


def _admit_services(conn: sa.Connection) -> None:
    """Make each login role with rights on the tables a member of both service roles, whose policies it needs."""
    services = conn.scalars(_OUTSIDE_SERVICES).all()
    if services and not conn.scalar(_MAY_ADMIT):
        raise CommandError(f"run as a superuser first: GRANT {_ROLES} TO {', '.join(services)}")
    for service in services:
        conn.exec_driver_sql(f"GRANT {_ROLES} TO {service}")


def remove_policies(conn: sa.Connection) -> None:
    """Remove the policies. The roles keep their rights, so that an older version can work."""
    for name, column, is_protected in conn.execute(_TABLES).all():
        if column is not None and is_protected:
            for policy in ("one_agency", "every_agency", "owner"):
                conn.exec_driver_sql(f"DROP POLICY IF EXISTS {policy} ON {name}")
            conn.exec_driver_sql(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
