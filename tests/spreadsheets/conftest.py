"""The desk of the tests of tables: an admin, and a stranger at another agency."""

from tests.desk import admin, stranger

__all__ = ["admin", "stranger"]
