"""The desk that these tests work at."""

from tests.desk import admin, organisation, stranger

__all__ = ["admin", "organisation", "stranger"]
