"""Fixtures: an admin, and an admin of another agency."""

from tests.agencies import admin, stranger

__all__ = ["admin", "stranger"]
