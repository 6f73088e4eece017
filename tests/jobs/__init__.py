"""Tests of app/jobs through HTTP, on both databases."""
