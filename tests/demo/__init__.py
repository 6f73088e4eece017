"""Tests of the demo agency."""
