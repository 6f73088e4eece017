"""Workable: an employer's ATS."""
