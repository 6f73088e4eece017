"""Tests of app/erasure through HTTP, on both databases."""
