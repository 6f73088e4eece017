"""Tests of app/candidates through HTTP, on both databases."""
