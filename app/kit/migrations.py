"""Bringing a database to the newest form, by command or at the start of `serve` on SQLite."""

import asyncio
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.kit.db import Database
from app.kit.row_security import apply_policies

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


def migrate(database_url: str, target: str = "head") -> None:
    """Bring the database to `target`: a revision, `head`, or `base` for an empty one."""
    asyncio.run(_migrate(database_url, target))


async def _migrate(database_url: str, target: str) -> None:
    database = Database(database_url, pool=1, as_owner=True)
    try:
        await database.across_agencies().write(lambda conn: _run(conn, target))
    finally:
        await database.close()


def _run(conn: sa.Connection, target: str) -> None:
    config = configuration(conn)
    current = MigrationContext.configure(conn).get_current_revision()
    if target == "base" or (current is not None and _is_below(config, target, current)):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
    if conn.dialect.name == "postgresql" and is_current(conn):
        apply_policies(conn)


def _is_below(config: Config, target: str, current: str) -> bool:
    script = ScriptDirectory.from_config(config)
    wanted = script.get_revision(target)
    return any(step.revision == wanted.revision for step in script.walk_revisions("base", current)) and (
        wanted.revision != current
    )


def configuration(conn: sa.Connection) -> Config:
    """Alembic's configuration for an open connection; env.py takes it from the attributes."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config


def is_current(conn: sa.Connection) -> bool:
    """Return whether the database is at the newest migration."""
    return MigrationContext.configure(conn).get_current_revision() == _head()


@cache
def _head() -> str | None:
    """Return the newest revision, cached: finding it imports every migration, and `/readyz` is public."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()
