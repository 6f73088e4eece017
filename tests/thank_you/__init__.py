"""Tests of app/applications through HTTP, on both databases."""
