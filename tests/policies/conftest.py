"""The desk that these tests work at."""

from tests.organisations.desk import admin, organisation, stranger

__all__ = ["admin", "organisation", "stranger"]
