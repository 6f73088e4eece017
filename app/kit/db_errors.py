"""Classes of database errors: unavailable, not migrated, not granted, disk full, retryable."""

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SERIALIZATION, _DEADLOCK = "40001", "40P01"
_NO_PRIVILEGE = "42501"
_DISK_FULL = "53100"
_NO_SUCH_COLUMN, _NO_SUCH_TABLE = "42703", "42P01"
# Classes of PostgreSQL's errors: the connection, its resources, an operator's hand (a shutdown), the machine.
_CLASSES_OF_OUTAGES = ("08", "53", "57", "58")
_OUTAGES_OF_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}
_PRIMARY = 0xFF


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database is unavailable. Other errors are bugs, which no retry repairs."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, PoolTimeout | OSError)
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY in _OUTAGES_OF_SQLITE
    return error.connection_invalidated or _sqlstate(error).startswith(_CLASSES_OF_OUTAGES)


def is_disk_full(error: BaseException) -> bool:
    """Return whether the database had no room on its disk for a write."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY == sqlite3.SQLITE_FULL
    return _sqlstate(error) == _DISK_FULL


def is_not_migrated(error: BaseException) -> bool:
    """Return whether the error means that a table or column is missing: the database is not migrated."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.OperationalError):
        return str(error.orig).startswith(("no such table", "no such column"))
    return _sqlstate(error) in (_NO_SUCH_COLUMN, _NO_SUCH_TABLE)


def is_not_granted(error: BaseException) -> bool:
    """Return whether the service's role lacks a privilege.

    A row of another agency, which row-level security refuses with the same code, is a bug.
    """
    return _sqlstate(error) == _NO_PRIVILEGE and "row-level security" not in str(error)


def is_retryable(error: BaseException) -> bool:
    """Return whether the step may be retried: a deadlock or a serialization failure."""
    return _sqlstate(error) in (_SERIALIZATION, _DEADLOCK)


def _sqlstate(error: BaseException) -> str:
    return getattr(error.orig, "sqlstate", None) or "" if isinstance(error, DBAPIError) else ""
