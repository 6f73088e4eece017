"""Tests of app/organisations through HTTP, on both databases."""
