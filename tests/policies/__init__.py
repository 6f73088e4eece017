"""Tests of app/policies through HTTP, on both databases."""
