"""Tests of the console and of the OpenAPI document."""
