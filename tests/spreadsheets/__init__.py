"""Tests of tables as CSV files."""
