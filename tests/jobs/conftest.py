"""Fixtures of an agency for these tests."""

from tests.agencies import admin, organisation, stranger

__all__ = ["admin", "organisation", "stranger"]
