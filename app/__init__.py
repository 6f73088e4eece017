"""Keepwarm: looks after the days that follow a job interview."""

__version__ = "0.1.0"
