"""Plain names of tables, columns, indexes and constraints. Everything is renamed in place; no row is written."""

import re
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = (
    ("arrival", "inbound_event"),
    ("arrival_further_wait", "inbound_event_wait_key"),
    ("arrival_unmapped", "inbound_event_unmapped"),
    ("known_thing", "external_entity"),
    ("walk", "sync_run"),
)
_COLUMNS = (
    ("backfill", "why", "reason"),
    ("connection", "failing_told_at", "failure_notified_at"),
    ("event", "place", "position"),
    ("event_feed", "forgotten_place", "expired_position"),
    ("event_feed", "last_place", "last_position"),
    ("external_entity", "gone_at", "deleted_at"),
    ("external_entity", "ours", "written_by_us"),
    ("inbound_event_unmapped", "arrival_id", "inbound_event_id"),
    ("inbound_event_wait_key", "arrival_id", "inbound_event_id"),
    ("spreadsheet_import", "stopped_because", "stopped_reason"),
    ("sync_run", "place", "position"),
    ("webhook_endpoint", "disabled_because", "disabled_reason"),
)
"""Columns by the new name of their table."""
_PARTS = (
    *_TABLES,
    ("backfill_why", "backfill_reason"),
    ("flag_standing", "flag_uncleared"),
    ("forgotten_place", "expired_position"),
    ("known_thing_ours", "external_entity_written_by_us"),
    ("mark_standing", "mark_current"),
    ("place", "position"),
    ("unplaced", "unsequenced"),
)
"""Parts of the names of indexes and constraints."""
_OF_TABLES = (*(new for _, new in _TABLES), "backfill", "event", "event_feed", "flag", "keep_warm_mark")
"""The tables, by their new names, whose indexes and constraints are renamed."""

_CONSTRAINTS = sa.text(
    "SELECT relname, conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid "
    "WHERE relnamespace = current_schema()::regnamespace AND relname IN :tables"
)
_INDEXES = sa.text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename IN :tables")
_SQLITE_INDEXES = sa.text(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables"
)


def upgrade() -> None:
    for old, new in _TABLES:
        op.rename_table(old, new)
    for table, old, new in _COLUMNS:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_parts(dict(_PARTS))


def downgrade() -> None:
    _rename_parts({new: old for old, new in _PARTS})
    for table, old, new in reversed(_COLUMNS):
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}")
    for old, new in reversed(_TABLES):
        op.rename_table(new, old)


def _rename_parts(parts: Mapping[str, str]) -> None:
    conn = op.get_bind()
    # Of parts that begin alike the longest comes first.
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(parts, reverse=True))})(?![a-z])")
    rename = _rename_on_postgresql if conn.dialect.name == "postgresql" else _rename_on_sqlite
    rename(conn, lambda name: pattern.sub(lambda part: parts[part[0]], name))


def _rename_on_postgresql(conn: sa.Connection, renamed: Callable[[str], str]) -> None:
    for table, name in conn.execute(_of(_CONSTRAINTS)).all():
        if renamed(name) != name:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {name} TO {renamed(name)}")
    # The indexes of keys have been renamed with their constraints.
    for name in conn.scalars(_of(_INDEXES)).all():
        if renamed(name) != name:
            op.execute(f"ALTER INDEX {name} RENAME TO {renamed(name)}")


def _rename_on_sqlite(conn: sa.Connection, renamed: Callable[[str], str]) -> None:
    """Create the indexes again under their new names.

    SQLite cannot rename a constraint without a copy of its table, and nothing reads their names: they stay.
    """
    for name, sql in conn.execute(_of(_SQLITE_INDEXES)).all():
        if renamed(name) != name:
            conn.exec_driver_sql(f"DROP INDEX {name}")
            conn.exec_driver_sql(re.sub(rf"\b{name}\b", renamed(name), sql, count=1))


def _of(query: sa.TextClause) -> sa.TextClause:
    return query.bindparams(sa.bindparam("tables", _OF_TABLES, expanding=True))
