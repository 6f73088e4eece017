"""Tests of app/erasure over HTTP, on both databases."""
