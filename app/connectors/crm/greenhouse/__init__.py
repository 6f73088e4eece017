"""Greenhouse: an employer's ATS."""
