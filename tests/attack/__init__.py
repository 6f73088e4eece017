"""Attacks on a running service: a short form of each is a test, the long forms are commands."""
