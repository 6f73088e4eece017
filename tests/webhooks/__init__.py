"""Tests of outgoing events."""
