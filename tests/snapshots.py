"""What many tests begin with: made once in a process, saved with its database, and restored for each later test."""

import copy
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from app.access.models import agency
from tests import databases, run
from tests.agencies import rows
from tests.service import Service

T = TypeVar("T")


def begin_with(service: Service, name: str, make: Callable[[], T]) -> T:
    """Return what `make` returns over the service's empty database; restore it if an earlier test made it.

    `make` may send the service anything, and may return an object that holds the service; each test gets a copy.
    Where another fixture came first and the database is no longer empty, `make` is called as if there were no snapshot.
    """
    url = service.app.state.settings.database_url
    if rows(service, agency):
        return make()
    if (saved := _saved.get((service, name))) is None:
        made = make()
        _saved[service, name] = _Saved(save(url), service.clock.now, _copied(made, service))
        return made
    restore(url, saved.snapshot)
    service.clock.now = saved.now
    thing: T = _copied(saved.thing, service)
    return thing


def save(url: str) -> str:
    """Save the rows of a database. Return the name of the snapshot."""
    name = databases._new_name()
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(databases._file(url))) as mine, closing(sqlite3.connect(_path(name))) as snapshot:
            mine.backup(snapshot)
    else:
        each = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.{table})" for table in _tables(url))
        filled = databases._ask(_superuser(url), " UNION ALL ".join(each))
        copies = (f'CREATE TABLE "{name}".{table} AS TABLE public.{table};' for table in filled)
        databases._tell(_superuser(url), f'CREATE SCHEMA "{name}";' + "".join(copies))
    return name


def restore(url: str, name: str) -> None:
    """Replace the rows of a database by those of a snapshot, under the connections of a running service."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(databases._file(url))) as mine, closing(sqlite3.connect(_path(name))) as snapshot:
            mine.execute("PRAGMA synchronous=OFF")
            snapshot.backup(mine)
    else:
        databases._emptying(_superuser(url))()
        databases._run(_superuser(url), _filling(url, name))


@dataclass(frozen=True)
class _Saved:
    snapshot: str
    now: datetime
    thing: Any


_saved: dict[tuple[Service, str], _Saved] = {}


def _copied(thing: T, service: Service) -> T:
    return copy.deepcopy(thing, {id(one): one for one in (service, service.clock)})


def _path(name: str) -> str:
    return str(run.path() / f"{name}.snapshot")


def _superuser(url: str) -> str:
    return databases._as(url, None)


@cache
def _tables(url: str) -> list[str]:
    query = (
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    return databases._ask(_superuser(url), query)


@cache
def _filling(url: str, name: str) -> str:
    query = f"SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = '{name}'"
    tables = databases._ask(_superuser(url), query)
    return "".join(f'INSERT INTO public.{table} SELECT * FROM "{name}".{table};' for table in tables)
