"""Runs migrations on the connection that app/kit/migrations.py opened, in its transaction."""

import sqlalchemy as sa
from alembic import context

from app.tables import metadata

connection: sa.Connection = context.config.attributes["connection"]

if connection.dialect.name == "postgresql":
    # A migration that cannot get its lock soon gives up instead of queueing every reader behind it.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    # Two deploys at once: the second waits here and then finds nothing to do.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7283910)")

context.configure(connection=connection, target_metadata=metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
