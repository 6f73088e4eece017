"""The agency at which records are looked for."""

from tests.agencies import admin, organisation, stranger

__all__ = ["admin", "organisation", "stranger"]
