"""Lever: an employer's ATS."""
