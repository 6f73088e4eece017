"""Row-level security on PostgreSQL: two roles, with policies for their rows of each table."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

from app.kit.row_security import API_ROLE, WORKER_ROLE, protect, unprotect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ROLES = f"{API_ROLE}, {WORKER_ROLE}"
_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_TABLES = sa.text(
    "SELECT quote_ident(table_name) FROM information_schema.columns JOIN information_schema.tables "
    "USING (table_schema, table_name) WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' "
    "AND column_name = 'agency_id'"
)
_SERVICES = sa.text(
    "SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants WHERE table_name = 'application' "
    "AND table_schema = current_schema() AND privilege_type = 'INSERT' AND grantee NOT IN (:api, :worker, 'PUBLIC', "
    "current_user)"
)
"""The roles that the service has worked as until now."""


def upgrade() -> None:
    conn = op.get_bind()
    if conn.dialect.name != "postgresql":
        return
    for role in (API_ROLE, WORKER_ROLE):
        _make_role(conn, role)
    protect(conn, "agency", "id")
    for table in conn.scalars(_TABLES).all():
        protect(conn, table)
    schema = conn.scalar(sa.select(sa.func.quote_ident(sa.func.current_schema())))
    op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {_ROLES}")
    op.execute(f"GRANT {_RIGHTS} ON ALL TABLES IN SCHEMA {schema} TO {_ROLES}")
    op.execute(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {_ROLES}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {_RIGHTS} ON TABLES TO {_ROLES}")
    grantable = sa.select(sa.func.pg_has_role(API_ROLE, "MEMBER WITH ADMIN OPTION"))
    if conn.scalar(grantable):
        for service in conn.scalars(_SERVICES, {"api": API_ROLE, "worker": WORKER_ROLE}).all():
            op.execute(f"GRANT {_ROLES} TO {service}")


def _make_role(conn: sa.Connection, role: str) -> None:
    """Make a role of the cluster, which another database of Keepwarm may have made already."""
    if conn.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        return
    if not conn.scalar(sa.text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")):
        wanted = f"CREATE ROLE {API_ROLE}; CREATE ROLE {WORKER_ROLE}"
        raise CommandError(f"the role {role} is missing, and the owner may make no roles. Run as a superuser: {wanted}")
    op.execute(f"CREATE ROLE {role} NOLOGIN")


def downgrade() -> None:
    conn = op.get_bind()
    if conn.dialect.name != "postgresql":
        return
    for table in conn.scalars(_TABLES).all():
        unprotect(conn, table)
    unprotect(conn, "agency")
    schema = conn.scalar(sa.select(sa.func.quote_ident(sa.func.current_schema())))
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {_ROLES}")
    op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {_ROLES}")
    op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM {_ROLES}")
