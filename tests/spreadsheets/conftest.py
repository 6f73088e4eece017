"""Fixtures: an admin, and an admin of another agency."""

from tests.desk import admin, stranger

__all__ = ["admin", "stranger"]
