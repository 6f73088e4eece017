"""Telling Keepwarm what happened: interviews, words, promises, moves; and taking back what was told wrongly."""
