"""Tests of the import and export of tables."""
