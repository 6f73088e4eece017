"""The desk that these tests work at."""

from tests.agencies import admin, organisation, stranger

__all__ = ["admin", "organisation", "stranger"]
