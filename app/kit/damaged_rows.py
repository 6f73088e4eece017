"""Damaged rows: values that do not fit their column's type or schema are found when they are read, and logged."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData

from app.kit.errors import DamagedRecord
from app.kit.logs import log

UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, OverflowError)
"""The exceptions of reading a value of another form."""
UNDECODED = object()
"""Stands in a row for a value that its column's type cannot read."""

_DECODING, _DRIVER, _OUR_TYPES = "sqlalchemy.engine._result_cy", "asyncpg", "app.kit.dialects"
_NO_JSON = ("malformed JSON", "JSON cannot hold BLOB values")
T = TypeVar("T")
W = TypeVar("W")
P = ParamSpec("P")


@contextmanager
def raise_if_damaged(table: sa.Table, id: object) -> Iterator[None]:
    """Raise DamagedRecord if the body of the `with` cannot decode the row of this table and id."""
    try:
        yield
    except UNREADABLE as error:
        raise DamagedRecord(table.name, id) from error


def check_damage(
    table: sa.Table,
) -> Callable[[Callable[Concatenate[W, Any, P], T]], Callable[Concatenate[W, Any, P], T]]:
    """Decorate a query of one record: it raises DamagedRecord if the row cannot be decoded.

    The second argument of the query is the id of the record.
    """

    def decorated(query: Callable[Concatenate[W, Any, P], T]) -> Callable[Concatenate[W, Any, P], T]:
        @wraps(query)
        def read(work: W, id: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with raise_if_damaged(table, id):
                return query(work, id, *args, **kwargs)

        return read

    return decorated


def is_undecodable(error: BaseException) -> bool:
    """Return True if a value of a row could not be decoded, or is no JSON to the database."""
    if isinstance(error, sa.exc.DBAPIError):
        return isinstance(error.orig, sqlite3.OperationalError) and str(error.orig) in _NO_JSON
    at, is_decoding = error.__traceback__, False
    while at is not None and isinstance(error, UNREADABLE):
        module = str(at.tb_frame.f_globals.get("__name__"))
        if module == _DECODING or module.startswith(_DRIVER):
            is_decoding = True
        elif module.startswith("app.") and module != _OUR_TYPES:
            is_decoding = False
        at = at.tb_next
    return is_decoding


def fetch_decodable(conn: sa.Connection, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Return the rows of a SELECT. A value that cannot be decoded becomes UNDECODED, and its row is logged.

    The statement runs a second time only in that case, so undamaged rows cost nothing more.
    """
    try:
        return conn.execute(statement).all()
    except Exception as error:
        if not is_undecodable(error):
            raise
    result = conn.execute(statement)
    readers = [_result_converter(column.type, conn.dialect) for column in statement.selected_columns]
    values = (tuple(map(_decoded, readers, raw)) for raw in result.cursor.fetchall())
    found: IteratorResult[Any] = IteratorResult(SimpleResultMetaData(list(result.keys())), values)
    rows = found.all()
    for row in filter(is_damaged, rows):
        damaged = [name for name, value in row._mapping.items() if value is UNDECODED]
        log_damaged(statement, row, columns=damaged)
    return rows


def is_damaged(row: sa.Row[Any]) -> bool:
    """Return True if a value of the row is UNDECODED."""
    return any(value is UNDECODED for value in row)


def read_rows(statement: sa.Select[Any], rows: Sequence[sa.Row[Any]], read: Callable[[sa.Row[Any]], T]) -> list[T]:
    """Return the rows converted by `read`; damaged rows are logged and left out.

    If the conversion of every row of several fails, the code is wrong, and the error is raised.
    """
    found: list[T] = []
    failed: Exception | None = None
    whole = [row for row in rows if not is_damaged(row)]
    for row in whole:
        try:
            found.append(read(row))
        except (DamagedRecord, *UNREADABLE) as error:
            failed = error
            log_damaged(statement, row, exc_info=error)
    if failed is not None and not found and len(whole) > 1:
        raise failed
    return found


def log_damaged(statement: sa.Select[Any], row: sa.Row[Any], **more: Any) -> None:
    """Log which row of which table is damaged."""
    columns = statement.selected_columns
    name = "id" if "id" in columns else columns.keys()[0]
    table = next((base.table for base in columns[name].base_columns if isinstance(base, sa.Column)), None)
    id = row._mapping[name]
    log.warning("damaged row", table=getattr(table, "name", None), id=None if id is UNDECODED else str(id), **more)


Reader = Callable[[Any], Any]


def _result_converter(type: sa.types.TypeEngine[Any], dialect: Dialect) -> Reader | None:
    return type.dialect_impl(dialect).result_processor(dialect, None)


def _decoded(reader: Reader | None, value: Any) -> Any:
    try:
        return value if reader is None else reader(value)
    except UNREADABLE:
        return UNDECODED
