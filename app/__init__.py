"""Keepwarm: looks after the days that follow a job interview."""
