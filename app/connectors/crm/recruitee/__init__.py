"""Recruitee: an employer's ATS."""
